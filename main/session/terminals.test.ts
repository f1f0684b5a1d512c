import { expect, test } from "vitest";
import { shellEnv, shellOf } from "./terminals.ts";

test("a terminal gets the person's environment, without model keys and without the terminal that Oriel runs in", () => {
  expect(
    shellEnv({
      PATH: "/bin",
      HOME: "/home/p",
      AWS_PROFILE: "work",
      GIT_EDITOR: "vim",
      OPENAI_API_KEY: "sk-1",
      MY_ANTHROPIC_API_KEY: "sk-2",
      OPENROUTER_API_TOKEN: "sk-3",
      TERM: "dumb",
      TMUX: "/tmp/tmux",
      COLUMNS: "10",
      GIT_DIR: "/elsewhere/.git",
      ORIEL_DATA_DIR: "/data",
      ORIEL_KEEPS: "1",
      OLDPWD: "/elsewhere",
      UNSET: undefined,
      LANG: "de_DE.UTF-8",
    }),
  ).toEqual({
    PATH: "/bin",
    HOME: "/home/p",
    AWS_PROFILE: "work",
    GIT_EDITOR: "vim",
    LANG: "de_DE.UTF-8",
    TERM: "xterm-256color",
    COLORTERM: "truecolor",
    TERM_PROGRAM: "Oriel",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "core.fsmonitor",
    GIT_CONFIG_VALUE_0: "false",
  });
});

test("a terminal understands more than ASCII, also where nobody set a locale", () => {
  const lang = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform) => shellEnv(env, platform)["LANG"];
  expect([lang({}, "linux"), lang({}, "darwin"), lang({}, "win32"), lang({ LC_ALL: "C" }, "linux")]).toEqual([
    "C.UTF-8",
    "en_US.UTF-8",
    undefined,
    undefined,
  ]);
});

test("the shell is the person's, or bash", () => {
  expect(shellOf({ SHELL: "/usr/bin/zsh" }, "linux")).toEqual(["/usr/bin/zsh"]);
  expect(shellOf({ SHELL: "/bin/zsh" }, "darwin")).toEqual(["/bin/zsh", "-l"]);
  expect(shellOf({ SHELL: "evil" }, "linux")).toEqual(["/bin/bash"]);
  expect(shellOf({}, "linux")).toEqual(["/bin/bash"]);
});
