import { spawnSync } from "node:child_process";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import xterm from "@xterm/headless";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { type DaemonClient, type ScreenState, connectDaemon } from "./client.ts";
import { startDaemon } from "./daemon.ts";
import { daemonFolder } from "./endpoint.ts";
import { startProxy } from "./proxy/proxy.ts";
import { withMarks, writeShellFiles } from "./shell-integration.ts";
import { type TestDaemon, testDaemon } from "./testing/test-daemon.ts";

let daemon: TestDaemon;
let client: DaemonClient;
beforeAll(async () => {
  daemon = await testDaemon();
  client = await daemon.client();
});
afterAll(() => daemon[Symbol.asyncDispose]());

/** A person's shell, with their own files, in their home; and what it shows. */
async function openShell(home: string, argv: readonly string[] = ["bash"]) {
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
  /** For who writes of a line only what is new in it. */
  const stands = async (part: string): Promise<void> => {
    for (;;) {
      const more = new Promise<void>((resolve) => {
        const once = (): void => (waiting.delete(once), resolve());
        waiting.add(once);
      });
      if ((await screen()).text.includes(part)) return;
      await more;
    }
  };
  const type = (line: string) => client.writeTerminal(id, `${line}\r`);
  const screen = async (): Promise<ScreenState> => {
    const first = Promise.withResolvers<ScreenState>();
    const detach = await client.attachTerminal(id, { onScreen: first.resolve, onOutput() {} });
    return first.promise.finally(detach);
  };
  return {
    id,
    seen,
    stands,
    type,
    screen,
    text: () => text,
    [Symbol.asyncDispose]: () => client.killTerminal(id),
  };
}

/** Each marked line of the screen, with its mark. */
async function marked({ text, cols, rows, marks }: ScreenState) {
  const terminal = new xterm.Terminal({ cols, rows, scrollback: 1000, allowProposedApi: true });
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const lineAt = (line: number) => terminal.buffer.normal.getLine(line)?.translateToString(true);
  const lines = marks.map(({ line, state, exitCode }) => [lineAt(line), state, exitCode] as const);
  terminal.dispose();
  return lines;
}

describe("bash", () => {
  test("reads the person's own file and marks prompts, commands and their exit, and its folder", async () => {
    await using home = await tempDir();
    await writeFile(path.join(home.path, ".bashrc"), "PS1='mine> '\nPROMPT_COMMAND='asked=$?'\n");
    const odd = path.join(home.path, "100% of # ümläut?");
    await mkdir(odd);
    await using bash = await openShell(home.path);
    await bash.seen("mine> ");
    await bash.type("(exit 3)");
    await bash.type("");
    await bash.type("echo asked=$asked; false; echo ok");
    await bash.type(`cd '${odd}'`);
    await bash.type("printf 'sta%s' rted; sleep 1000");
    await bash.seen("started");
    const screen = await bash.screen();
    expect(await marked(screen)).toEqual([
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
    await using bash = await openShell(home.path, ["bash", "-l"]);
    await bash.seen("login> ");
    await bash.type('echo "<$ORIEL_LOGIN_SHELL$ORIEL_MARK_KEY>"');
    await bash.seen("<>\r\n");
    const [first] = await marked(await bash.screen());
    expect(first?.[0]).toBe('login> echo "<$ORIEL_LOGIN_SHELL$ORIEL_MARK_KEY>"');
  });

  test("has its keys as before when a program died that had asked for others", async () => {
    await using home = await tempDir();
    await writeFile(path.join(home.path, ".bashrc"), "PS1='> '\n");
    await using bash = await openShell(home.path);
    await bash.seen("> ");
    await bash.type(`bash -c 'printf "\\e[>1u\\e[>31uas%s" ked; read; kill -9 $$'`);
    await bash.seen("asked");
    expect((await bash.screen()).text).toContain("\x1b[>1u\x1b[>31u");
    await bash.type("");
    await bash.seen("Killed");
    await bash.type("printf 'en%s' d; sleep 1000");
    await bash.seen("end");
    expect((await bash.screen()).text).not.toContain("\x1b[>");
  });

  test("takes no mark from a file that is printed", async () => {
    await using home = await tempDir();
    await writeFile(path.join(home.path, ".bashrc"), "PS1='> '\n");
    await using bash = await openShell(home.path);
    await bash.seen("> ");
    await bash.type("printf '\\e]133;D;0\\a\\e]133;A\\a\\e]133;C;k=guess\\a'; (exit 9)");
    await bash.type("printf 'en%s' d; sleep 1000");
    await bash.seen("end");
    expect((await marked(await bash.screen())).map(([, state, code]) => [state, code])).toEqual([
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
    await using zsh = await openShell(home.path, ["zsh"]);
    await zsh.seen("mine> ");
    await zsh.type("(exit 3)");
    await zsh.type("");
    await zsh.type('echo asked=$asked $FROM_ENV "<$ZDOTDIR$ORIEL_ZDOTDIR$ORIEL_MARK_KEY>"');
    await zsh.seen("yes <>");
    await zsh.type(`cd '${odd}'`);
    await zsh.type("printf 'sta%s' rted; sleep 1000");
    await zsh.seen("started");
    const screen = await zsh.screen();
    expect(
      (await marked(screen)).map(([line, ...rest]) => [line?.split(" ").slice(0, 2).join(" "), ...rest]),
    ).toEqual([
      ["mine> (exit", "done", 3],
      ["mine> echo", "done", 0],
      ["mine> cd", "done", 0],
      ["mine> printf", "running", null],
    ]);
    expect(screen.cwd).toBe(odd);
    expect(screen.text).toContain("asked=3 yes <>");
  },
);

/** What fish reads: `config`, after what counts the prompts in `$at`. */
async function configureFish(home: string, config: readonly string[]): Promise<void> {
  const count = "function count_prompts --on-event fish_prompt; set -g at (math 0$at + 1); end";
  // It would otherwise make completions of all manual pages, behind its first prompt.
  await mkdir(path.join(home, ".local/share/fish/generated_completions"), { recursive: true });
  await mkdir(path.join(home, ".config/fish"), { recursive: true });
  await writeFile(path.join(home, ".config/fish/config.fish"), [count, ...config, ""].join("\n"));
}

describe.skipIf(!installed("fish"))("fish", () => {
  test("reads the person's own file and marks prompts, commands and their exit, and its folder", async () => {
    await using home = await tempDir();
    await configureFish(home.path, [
      "status is-login; and set -gx FROM_CONFIG yes",
      'function fish_prompt; set -g asked $status $pipestatus; echo "mine $at> "; end',
    ]);
    const odd = path.join(home.path, "100% of # ümläut?");
    await mkdir(odd);
    await using fish = await openShell(home.path, ["fish", "-l"]);
    await fish.stands("mine 1> ");
    await fish.type('true | sh -c "exit 3"');
    await fish.stands("mine 2> ");
    await fish.type("");
    await fish.stands("mine 3> ");
    await fish.type("echo asked=$asked; sh -c 'echo \"$FROM_CONFIG <$XDG_DATA_DIRS$ORIEL_MARK_KEY>\"'");
    await fish.stands("mine 4> ");
    await fish.type(`cd '${odd}'`);
    await fish.stands("mine 5> ");
    await fish.type("printf 'sta%s' rted; sleep 1000");
    await fish.stands("started");
    const screen = await fish.screen();
    expect((await marked(screen)).map(([line, ...rest]) => [line?.slice(0, 12), ...rest])).toEqual([
      ["mine 1> true", "done", 3],
      ["mine 3> echo", "done", 0],
      ["mine 4> cd '", "done", 0],
      ["mine 5> prin", "running", null],
    ]);
    expect(screen.cwd).toBe(odd);
    expect(screen.text).toMatch(/asked=3 asked=0 asked=3\r\nyes <>\r\n/);
  });

  test("has one mark for a prompt, however often and wherever it draws it", async () => {
    await using home = await tempDir();
    await configureFish(home.path, [
      // As fish 4 does by itself, and any output may.
      "function fish_prompt; printf '\\e]133;A;click_events=1\\a%s of %s\\nmine> ' $at $COLUMNS; end",
    ]);
    await using fish = await openShell(home.path, ["fish"]);
    await fish.stands("1 of 80");
    await fish.type("printf 'no end of %s' line");
    await fish.stands("2 of 80");
    await client.writeTerminal(fish.id, "not run\x03");
    await client.resizeTerminal(fish.id, 60, 24);
    await fish.stands("2 of 60");
    await fish.type("read --prompt-str 'ans''wer? ' answer");
    await fish.stands("answer? ");
    await fish.type("yes");
    await fish.stands("3 of 60");
    await fish.type("fish_vi_key_bindings; functions fish_prompt | string match -q '*oriel*'");
    await fish.stands("4 of 60");
    await fish.type("function fish_prompt; echo -n $at'! '; end; false");
    await fish.stands("5! ");
    await fish.type("functions -c fish_prompt inner; function fish_prompt; echo -n 'around '; inner; end");
    await fish.stands("6! ");
    await fish.type("printf 'sta%s' rted; sleep 1000");
    await fish.stands("started");
    expect(
      (await marked(await fish.screen())).map(([line, ...rest]) => [line?.slice(0, 17), ...rest]),
    ).toEqual([
      ["1 of 80", "done", 0],
      ["2 of 60", "done", 0],
      ["3 of 60", "done", 1],
      ["[I] 4 of 60", "done", 1],
      ["[I] 5! functions ", "done", 0],
      ["[I] around 6! pri", "running", null],
    ]);
  });
});

const FILES = { bash: "/b", zsh: "/z", fish: "/it's/f" };

test.each([
  ["another program", ["vim"]],
  ["a script", ["bash", "-c", "true"]],
  ["a person's own choice of files", ["bash", "--norc"]],
  ["another shell", ["nu", "-l"]],
])("%s is started as it is", (_, argv) => {
  const env = { PATH: "/bin" };
  expect(withMarks({ argv, env }, FILES)).toEqual({ argv, env, markKey: null });
});

test("zsh reads its files by way of ours, and knows where the person's are", async () => {
  const shell = withMarks({ argv: ["/bin/zsh", "-l"], env: { ZDOTDIR: "/own" } }, FILES);
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

test("fish reads ours last, wherever that is", () => {
  const shell = withMarks({ argv: ["/bin/fish", "-l"], env: {} }, FILES);
  expect(shell).toEqual({
    argv: ["/bin/fish", "-l", "--init-command", "source '/it\\'s/f'"],
    env: { ORIEL_MARK_KEY: shell.markKey },
    markKey: shell.markKey,
  });
});

describe("the files of shells", () => {
  test("are written once: where they are right, a disk that takes nothing is no matter", async () => {
    await using dir = await tempDir();
    const files = writeShellFiles(dir.path);
    const full = [
      files.bash,
      files.fish,
      ...(await readdir(files.zsh)).map((name) => path.join(files.zsh, name)),
    ];
    for (const file of full) await mkdir(`${file}.new`);
    expect(writeShellFiles(dir.path)).toEqual(files);
    await writeFile(files.bash, "older");
    expect(() => writeShellFiles(dir.path)).toThrow("EISDIR");
    expect(await readFile(files.bash, "utf8")).toBe("older");
    await rm(`${files.bash}.new`, { recursive: true });
    writeShellFiles(dir.path);
    expect(await readFile(files.bash, "utf8")).toContain("133;");
  });

  test("that can't be written keep no daemon and no shell from starting", async () => {
    await using dir = await tempDir("oriel-daemon-");
    const folder = path.join(daemonFolder(dir.path), "shells");
    await mkdir(path.dirname(folder), { mode: 0o700 });
    await writeFile(folder, "");
    const lines: string[] = [];
    await using running = await startDaemon({
      ...{ stateDir: dir.path, version: "test", startProxy, log: (line) => void lines.push(line) },
    });
    await using only = await connectDaemon({ stateDir: dir.path });
    if (!running || !only) throw new Error("no daemon");
    const id = `unmarked-${process.pid}`;
    const env = { PATH: process.env["PATH"] ?? "", HOME: dir.path, PS1: "plain$ " };
    await only.openTerminal({
      id,
      session: "s",
      argv: ["bash", "-i"],
      cwd: dir.path,
      env,
      cols: 80,
      rows: 24,
    });
    const shown = Promise.withResolvers<void>();
    let text = "";
    const show = (more: string): void => {
      text += more;
      if (/\$ |# /.test(text)) shown.resolve();
    };
    await only.attachTerminal(id, {
      onScreen: (screen) => show(screen.text),
      onOutput: (bytes) => show(Buffer.from(bytes).toString()),
    });
    await shown.promise;
    expect(text).not.toContain("133;");
    expect(lines.filter((line) => line.startsWith("shells make no marks"))).toHaveLength(1);
    await only.killTerminal(id);
  });
});
