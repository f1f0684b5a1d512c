import { execFile } from "node:child_process";
import { once } from "node:events";
import { access, readFile, writeFile } from "node:fs/promises";
import http from "node:http";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { fakeMachine, realSandbox, runInside } from "./testing.ts";

const sandbox = await realSandbox();
const run = promisify(execFile);

describe.skipIf(!sandbox)("in the sandbox", () => {
  test("exit codes, signals, standard input and long lines come through", async () => {
    await using machine = await fakeMachine();
    const quiet = { signal: null, stdout: "", stderr: "" };
    expect(await runInside(sandbox, machine, "exit 42")).toEqual({ ...quiet, exitCode: 42 });
    expect(await runInside(sandbox, machine, "kill -TERM $$")).toEqual({ ...quiet, exitCode: 143 });
    expect(await runInside(sandbox, machine, "cat; echo err >&2", { stdin: "in" })).toEqual({
      ...quiet,
      exitCode: 0,
      stdout: "in",
      stderr: "err\n",
    });
    // Above what Linux takes as one argument, and cut within no character.
    const task = "ß😀 ".repeat(40_000);
    const long = await runInside(sandbox, machine, `printf %s '${task}'; exit 7`);
    expect({ ...long, stdout: long.stdout === task }).toEqual({ ...quiet, exitCode: 7, stdout: true });
  });

  test("a person's startup files do not run before each command", async () => {
    await using machine = await fakeMachine();
    await writeFile(machine.inside("home/.bashrc"), "echo startup\n");
    const quiet = { exitCode: 0, signal: null, stdout: "hi\n", stderr: "" };
    expect(await runInside(sandbox, machine, "echo hi")).toEqual(quiet);
    expect(await runInside({ kind: "none", reason: "", hint: "" }, machine, "echo hi")).toEqual(quiet);
  });

  test("git commits to the private repository, beside a read-only project", async () => {
    await using machine = await fakeMachine();
    const { inside, policy } = machine;
    const git = (...args: string[]) => run("git", args, { cwd: inside("project") });
    const who = ["-c", "user.name=P", "-c", "user.email=p@example.com"];
    await git("init", "-q", "-b", "main");
    await writeFile(inside("project/a.txt"), "one\n");
    await git("add", ".");
    await git(...who, "commit", "-qm", "one");
    await git("clone", "-q", "--bare", "--shared", ".", inside("data/git/one"));
    await run("git", [
      "-C",
      inside("data/git/one"),
      "worktree",
      "add",
      "-q",
      "-b",
      "oriel/x",
      policy.worktree,
    ]);
    const work = await runInside(
      sandbox,
      machine,
      `echo two >>a.txt && git ${who.join(" ")} commit -qam two && echo wip >>a.txt && git ${who.join(" ")} stash -q && ` +
        "git stash drop -q && git branch other && git log --format=%s && git status --short",
    );
    expect(work).toEqual({ exitCode: 0, signal: null, stdout: "two\none\n", stderr: "" });
    expect((await git("status", "--short")).stdout).toBe("");
  });

  test("what a daemon started that is dead by now does not begin", async () => {
    await using machine = await fakeMachine();
    const line = "echo began; echo ${ORIEL_LIFELINE-unset}";
    expect(await runInside(sandbox, machine, line, { lifeline: "held" })).toMatchObject({
      exitCode: 0,
      stdout: "began\nunset\n",
    });
    expect(await runInside(sandbox, machine, line, { lifeline: "dropped" })).toMatchObject({
      exitCode: 125,
      stdout: "",
    });
  });

  test("node --test, npm test and make run", async () => {
    await using machine = await fakeMachine();
    const inTree = (name: string) => path.join(machine.policy.worktree, name);
    await writeFile(inTree("a.test.mjs"), 'import test from "node:test"; test("one", () => {});\n');
    await writeFile(inTree("package.json"), '{ "scripts": { "test": "node --test" } }\n');
    await writeFile(inTree("Makefile"), "out: a.test.mjs\n\tcp a.test.mjs out\n");
    const node = `${process.execPath} --test`;
    expect(await runInside(sandbox, machine, node)).toMatchObject({ exitCode: 0, stderr: "" });
    const hasMake = await has("make");
    if (hasMake)
      expect(await runInside(sandbox, machine, "make -s && cmp out a.test.mjs")).toMatchObject({
        exitCode: 0,
      });
    if (await has("npm"))
      expect(await runInside(sandbox, machine, "npm test")).toMatchObject({ exitCode: 0, stderr: "" });
  });

  test("python writes, compiles and starts processes", async ({ skip }) => {
    if (!(await has("python3"))) skip("no python3 here");
    await using machine = await fakeMachine();
    const script =
      "import tempfile, multiprocessing as m, lib; q = m.Queue(); p = m.Process(target=q.put, args=(lib.x,)); p.start(); " +
      "f = tempfile.NamedTemporaryFile(); print(q.get(), f.name[:5]); p.join()";
    await writeFile(path.join(machine.policy.worktree, "lib.py"), "x = 7\n");
    const ran = await runInside(sandbox, machine, `python3 -c '${script}'`);
    expect(ran).toMatchObject({ exitCode: 0, stdout: "7 /tmp/\n" });
  });

  test("the temp folder is one session's own, and lasts from command to command", async () => {
    await using machine = await fakeMachine();
    await runInside(sandbox, machine, "echo kept >/tmp/note; mkdir -p $XDG_CACHE_HOME");
    expect(await runInside(sandbox, machine, "cat /tmp/note")).toMatchObject({ stdout: "kept\n" });
    expect(await readFile(machine.inside("temp/note"), "utf8")).toBe("kept\n");
    await expect(access("/tmp/note")).rejects.toThrow("ENOENT");
  });

  test("full access reaches what the person reaches", async () => {
    await using machine = await fakeMachine();
    const wrote = await runInside(
      sandbox,
      machine,
      `echo x >${machine.inside("project/a.txt")} && echo $TMPDIR`,
      {
        policy: { mode: "full-access" },
      },
    );
    expect(wrote).toEqual({ exitCode: 0, signal: null, stdout: `${machine.inside("temp")}\n`, stderr: "" });
    expect(await readFile(machine.inside("project/a.txt"), "utf8")).toBe("x\n");
  });

  test.skipIf(sandbox?.socat === null)(
    "the first connection finds the proxy, by every command's own variables",
    async () => {
      await using machine = await fakeMachine();
      const asked: string[] = [];
      const proxy = http.createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`);
        response.end("from outside");
      });
      proxy.on("connect", (request, socket) => {
        asked.push(`CONNECT ${request.url}`);
        socket.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n");
      });
      proxy.listen(machine.inside("data/state/proxy.sock"));
      await once(proxy, "listening");
      const script = `
      import http from "node:http";
      import { text } from "node:stream/consumers";
      const plain = await new Promise((resolve) => http.get("http://allowed.example/a", (r) => resolve(text(r))));
      console.log(plain, await fetch("https://denied.example/").catch(() => "failed"));`;
      await writeFile(path.join(machine.policy.worktree, "get.mjs"), script);
      try {
        const got = await runInside(sandbox, machine, `${process.execPath} get.mjs; exit 5`, {
          policy: { proxySocket: machine.inside("data/state/proxy.sock") },
          stdin: "not for the bridge",
        });
        expect(got).toMatchObject({ exitCode: 5, stdout: "from outside failed\n" });
        expect(asked.toSorted()).toEqual(["CONNECT denied.example:443", "GET http://allowed.example/a"]);
      } finally {
        proxy.closeAllConnections();
        await new Promise((resolve) => proxy.close(resolve));
      }
    },
  );
});

const has = (program: string): Promise<boolean> =>
  run("sh", ["-c", `command -v ${program}`]).then(
    () => true,
    () => false,
  );
