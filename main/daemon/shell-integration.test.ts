import { spawnSync } from "node:child_process";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import type { CommandMark, DaemonClient, ScreenState } from "./client.ts";
import { withMarks } from "./shell-integration.ts";
import { type TestDaemon, testDaemon } from "./testing/test-daemon.ts";

let daemon: TestDaemon;
let client: DaemonClient;
beforeAll(async () => {
  daemon = await testDaemon();
  client = await daemon.client();
});
afterAll(() => daemon[Symbol.asyncDispose]());

/** A person's bash, with their own .bashrc, in their home; and what it shows. */
async function openBash(home: string, argv: readonly string[] = ["bash"]) {
  const id = `t-${path.basename(home)}`;
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, TERM: "xterm-256color", LANG: "C.UTF-8" };
  await client.openTerminal({ id, session: "s", argv, cwd: home, env, cols: 80, rows: 24 });
  let text = "";
  const waiting = new Set<() => void>();
  const show = (shown: string): void => {
    text += shown;
    for (const check of waiting) check();
  };
  await client.attachTerminal(id, {
    onScreen: (screen) => show(screen.text),
    onOutput: (bytes) => show(Buffer.from(bytes).toString()),
  });
  const seen = (part: string): Promise<void> =>
    new Promise((resolve) => {
      const check = () => text.includes(part) && (waiting.delete(check), resolve());
      waiting.add(check);
      check();
    });
  const type = (line: string) => client.writeTerminal(id, `${line}\r`);
  const screen = async (): Promise<ScreenState> => {
    const first = Promise.withResolvers<ScreenState>();
    const detach = await client.attachTerminal(id, { onScreen: first.resolve, onOutput() {} });
    return first.promise.finally(detach);
  };
  return { id, seen, type, screen, text: () => text, [Symbol.asyncDispose]: () => client.killTerminal(id) };
}

/** Each marked line of the screen, with its mark. */
function marked({ text, marks }: ScreenState): [string, CommandMark["state"], number | null][] {
  const lines = text.split("\r\n");
  return marks.map(({ line, state, exitCode }) => [lines[line] ?? "", state, exitCode]);
}

describe("bash", () => {
  test("reads the person's own file and marks prompts, commands and their exit, and its folder", async () => {
    await using home = await tempDir();
    await writeFile(path.join(home.path, ".bashrc"), "PS1='mine> '\nPROMPT_COMMAND='asked=$?'\n");
    const odd = path.join(home.path, "100% of # ümläut?");
    await mkdir(odd);
    await using bash = await openBash(home.path);
    await bash.seen("mine> ");
    await bash.type("(exit 3)");
    await bash.type("");
    await bash.type("echo asked=$asked; false; echo ok");
    await bash.type(`cd '${odd}'`);
    await bash.type("printf 'sta%s' rted; sleep 1000");
    await bash.seen("started");
    const screen = await bash.screen();
    expect(marked(screen)).toEqual([
      ["mine> (exit 3)", "done", 3],
      ["mine> echo asked=$asked; false; echo ok", "done", 0],
      [`mine> cd '${odd}'`.slice(0, 80), "done", 0],
      ["mine> printf 'sta%s' rted; sleep 1000", "running", null],
    ]);
    expect(screen.cwd).toBe(odd);
    const [state] = (await client.listTerminals()).filter(({ id }) => id === bash.id);
    expect(state?.command).toEqual({ state: "running", exitCode: null });
    expect(state?.argv).toEqual(["bash"]);
    expect((await readdir(home.path)).toSorted()).toEqual([".bashrc", path.basename(odd)].toSorted());
  });

  test("as a login shell reads the login files", async () => {
    await using home = await tempDir();
    await writeFile(path.join(home.path, ".bash_profile"), "PS1='login> '\n");
    await writeFile(path.join(home.path, ".bashrc"), "PS1='not this> '\n");
    await using bash = await openBash(home.path, ["bash", "-l"]);
    await bash.seen("login> ");
    await bash.type('echo "<$ORIEL_LOGIN_SHELL$ORIEL_MARK_KEY>"');
    await bash.seen("<>\r\n");
    const [first] = marked(await bash.screen());
    expect(first?.[0]).toBe('login> echo "<$ORIEL_LOGIN_SHELL$ORIEL_MARK_KEY>"');
  });

  test("takes no mark from a file that is printed", async () => {
    await using home = await tempDir();
    await writeFile(path.join(home.path, ".bashrc"), "PS1='> '\n");
    await using bash = await openBash(home.path);
    await bash.seen("> ");
    await bash.type("printf '\\e]133;D;0\\a\\e]133;A\\a\\e]133;C;k=guess\\a'; (exit 9)");
    await bash.type("printf 'en%s' d; sleep 1000");
    await bash.seen("end");
    expect(marked(await bash.screen()).map(([, state, code]) => [state, code])).toEqual([
      ["done", 9],
      ["running", null],
    ]);
  });
});

const installed = (shell: string): boolean => {
  const found = spawnSync(shell, ["-c", "true"]).status === 0;
  if (!found)
    process.stderr.write(`SKIPPED: ${shell} is not installed here, so Oriel's marks in it were not tried\n`);
  return found;
};

test.skipIf(!installed("zsh"))(
  "zsh reads the person's own files and marks prompts, commands and their exit, and its folder",
  async () => {
    await using home = await tempDir();
    await writeFile(path.join(home.path, ".zshenv"), "export FROM_ENV=yes\n");
    await writeFile(
      path.join(home.path, ".zshrc"),
      "PS1='mine> '\nunsetopt PROMPT_SP\nprecmd() { asked=$? }\n",
    );
    const odd = path.join(home.path, "100% of # ümläut?");
    await mkdir(odd);
    await using zsh = await openBash(home.path, ["zsh"]);
    await zsh.seen("mine> ");
    await zsh.type("(exit 3)");
    await zsh.type("");
    await zsh.type('echo asked=$asked $FROM_ENV "<$ZDOTDIR$ORIEL_ZDOTDIR$ORIEL_MARK_KEY>"');
    await zsh.seen("yes <>");
    await zsh.type(`cd '${odd}'`);
    await zsh.type("printf 'sta%s' rted; sleep 1000");
    await zsh.seen("started");
    const screen = await zsh.screen();
    expect(marked(screen).map(([line, ...rest]) => [line.split(" ").slice(0, 2).join(" "), ...rest])).toEqual(
      [
        ["mine> (exit", "done", 3],
        ["mine> echo", "done", 0],
        ["mine> cd", "done", 0],
        ["mine> printf", "running", null],
      ],
    );
    expect(screen.cwd).toBe(odd);
    expect(screen.text).toContain("asked=3 yes <>");
  },
);

test.skipIf(!installed("fish"))("fish starts as it is, and gets the answers that it asks for", async () => {
  await using home = await tempDir();
  await using fish = await openBash(home.path, ["fish"]);
  await fish.type("function fish_prompt; echo 'fi''sh> '; end");
  await fish.seen("fish> ");
  await fish.type("printf 'wo%s' rks");
  await fish.seen("works");
  expect((await fish.screen()).markKey).toBeNull();
});

test.each([
  ["another program", ["vim"]],
  ["a script", ["bash", "-c", "true"]],
  ["a person's own choice of files", ["bash", "--norc"]],
  ["another shell", ["fish", "-l"]],
])("%s is started as it is", (_, argv) => {
  const env = { PATH: "/bin" };
  expect(withMarks({ argv, env }, { bash: "/b", zsh: "/z" })).toEqual({ argv, env, markKey: null });
});

test("zsh reads its files by way of ours, and knows where the person's are", async () => {
  const shell = withMarks({ argv: ["/bin/zsh", "-l"], env: { ZDOTDIR: "/own" } }, { bash: "/b", zsh: "/z" });
  expect(shell).toEqual({
    argv: ["/bin/zsh", "-l"],
    env: { ZDOTDIR: "/z", ORIEL_ZDOTDIR: "/own", ORIEL_MARK_KEY: shell.markKey },
    markKey: shell.markKey,
  });
  const folder = path.join(daemon.stateDir, "daemon", "shells");
  const [tag = ""] = await readdir(folder);
  expect((await readdir(path.join(folder, tag, "zsh"))).toSorted()).toEqual([
    ".zlogin",
    ".zprofile",
    ".zshenv",
    ".zshrc",
  ]);
  expect(await readFile(path.join(folder, tag, "bashrc"), "utf8")).toContain("__oriel_before");
});
