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
      OLDPWD: "/elsewhere",
      UNSET: undefined,
    }),
  ).toEqual({
    PATH: "/bin",
    HOME: "/home/p",
    AWS_PROFILE: "work",
    GIT_EDITOR: "vim",
    TERM: "xterm-256color",
    COLORTERM: "truecolor",
    TERM_PROGRAM: "Oriel",
  });
});

test("the shell is the person's, or bash", () => {
  expect(shellOf({ SHELL: "/usr/bin/zsh" }, "linux")).toEqual(["/usr/bin/zsh"]);
  expect(shellOf({ SHELL: "/bin/zsh" }, "darwin")).toEqual(["/bin/zsh", "-l"]);
  expect(shellOf({ SHELL: "evil" }, "linux")).toEqual(["/bin/bash"]);
  expect(shellOf({}, "linux")).toEqual(["/bin/bash"]);
});
