import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import type { RunningCommand } from "../agent.ts";
import { call, say, shellCall, type Reply } from "../testing/model-server/script.ts";
import { scriptedSession, type ScriptedOptions } from "../testing/scripted-turn.ts";
import { listCommand } from "./list-files.ts";
import { linesOf } from "./read-file.ts";
import { imageType } from "./view-image.ts";
import { inWorktree, quote } from "./paths.ts";
import { searchCommand } from "./search.ts";
import { HEAD_BYTES, outputFrom, TAIL_BYTES } from "./output-text.ts";

const run = async (
  reply: Reply,
  files: Record<string, string | Uint8Array> = {},
  options: ScriptedOptions = {},
) => {
  await using it = await scriptedSession([reply, say("ok")], options);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(it.worktree, name)), { recursive: true });
    await writeFile(path.join(it.worktree, name), content);
  }
  await it.run();
  const done = it.session.log.find(
    (event) => event.type === "item.completed" && event.body.model?.[0]?.["call_id"],
  );
  if (done?.type !== "item.completed") throw new Error("no call was completed");
  return { status: done.body.status, content: done.body.content, output: done.body.model?.[0]?.["output"] };
};

const text = async (...given: Parameters<typeof run>): Promise<string> => {
  const { output } = await run(...given);
  return z
    .string()
    .parse(output)
    .replace(/duration_ms: \d+/, "duration_ms: N");
};

test("shell: output and exit code, in its folder", async () => {
  const reply = call("shell", {
    command: "pwd | grep -o 'sub$'; echo no >&2; exit 3",
    cwd: "sub",
    yield_ms: null,
    stdin: null,
    escalate: null,
  });
  expect(await text(reply, { "sub/a": "" })).toBe("exit_code: 3\nduration_ms: N\noutput:\nsub\nno\n");
});

test("shell: a failed command is a failed item that says how it ended", async () => {
  expect(await run(shellCall("kill -9 $$"))).toMatchObject({
    status: "failed",
    content: { exitCode: null, signal: "SIGKILL" },
    output: expect.stringMatching(/^exit_code: none \(SIGKILL\)\n/),
  });
});

test("shell: colours, control characters and broken UTF-8 are made readable", async () => {
  expect(await text(shellCall("printf '\\033[31mred\\033[0m\\0\\a \\xff\\xfe \\xc3\\xa9'"))).toBe(
    "exit_code: 0\nduration_ms: N\noutput:\nred\ufffd\ufffd \ufffd\ufffd é",
  );
});

test("shell: of a large output the head and the tail, and how much was left out", async () => {
  const output = await text(shellCall("printf 'é%.0s' $(seq 100000); echo; echo end"));
  const total = 200_000 + 1 + 4;
  // The tail begins in the middle of an é, whose half is left out as well.
  expect(output).toContain(
    `[… ${total - HEAD_BYTES - TAIL_BYTES + 1} bytes left out; ${total} bytes in total …]`,
  );
  expect(output.endsWith("é\nend\n")).toBe(true);
  expect(output).not.toContain("\ufffd");
  expect(output.length).toBeLessThan(HEAD_BYTES + TAIL_BYTES + 200);
});

test("shell: what may not run says why, to the model and to the person", async () => {
  const refusal = { code: "denied" as const, message: "The person said no.", hint: "Use make instead." };
  const commands = {
    daemonInstance: () => Promise.resolve("dmn"),
    start: () => Promise.resolve({ ok: false as const, failure: refusal }),
    find: () => Promise.resolve(null),
  };
  expect(await run(shellCall("npm publish"), {}, { session: { ports: { commands } } })).toMatchObject({
    status: "denied",
    output: "not run: the person said no. Use make instead.",
  });
});

test("shell_io: a command that yields can be waited for, written to and killed", async () => {
  const io = (input: string | null, kill: boolean, yield_ms: number) => (request: { body: unknown }) => {
    const handle = /running: (cmd_\w+)/.exec(JSON.stringify(request.body))?.[1] ?? "";
    return call("shell_io", { handle, input, kill, yield_ms });
  };
  await using it = await scriptedSession([
    call("shell", {
      command: "read a; echo got $a; exec sleep 1000",
      cwd: null,
      yield_ms: 0,
      stdin: true,
      escalate: null,
    }),
    io("tea\n", false, 10_000),
    io(null, true, 10_000),
    io(null, false, 0),
    say("ok"),
  ]);
  const turn = it.run();
  await it.clock.waitingFor(10_000);
  // Its answer is there, so that it is in what the wait returns.
  const command = await it.session.find(it.session.started[0]?.handle ?? "");
  await new Promise<void>((resolve) => {
    const look = (): void => void command?.read(0, 100).then(({ total }) => total > 0 && resolve());
    command?.watch(look);
    look();
  });
  it.clock.ring(10_000);
  await turn;
  const handle = it.session.started[0]?.handle ?? "";
  const outputs = it.session.log.flatMap((event) =>
    event.type === "item.completed" ? (event.body.model ?? []).map((entry) => entry["output"]) : [],
  );
  expect(
    outputs.filter((it) => typeof it === "string").map((it) => it.replace(/duration_ms: \d+/, "ms")),
  ).toEqual([
    `running: ${handle}\nms\noutput:\n`,
    `running: ${handle}\nms\noutput:\ngot tea\n`,
    "exit_code: none (SIGKILL)\nms\noutput:\n",
    // A command that ended and was read is found by the host until it is forgotten; here it always is.
    "exit_code: none (SIGKILL)\nms\noutput:\ngot tea\n",
  ]);
});

test("shell_io: an unknown handle", async () => {
  const reply = call("shell_io", { handle: "cmd_nope", input: null, kill: false, yield_ms: null });
  expect(await run(reply)).toMatchObject({
    status: "failed",
    output: expect.stringMatching(/^no running command/),
  });
});

test("list_files and search: by ripgrep, and without it by find and grep", async () => {
  const files = {
    "src/a b.ts": "const x = 'one';\n",
    "src/ü.ts": "two\n",
    "it's.md": "one two\n",
    "-dash": "one\n",
  };
  const list = (path: string | null, glob: string | null) => call("list_files", { path, glob });
  expect(await text(list(null, null), files)).toBe("./-dash\n./it's.md\n./src/a b.ts\n./src/ü.ts");
  expect(await text(list("src", "*.ts"), files)).toBe("src/a b.ts\nsrc/ü.ts");
  expect(await text(list("src", "*.py"), files)).toBe("[no files]");
  const look = (pattern: string, path: string | null, glob: string | null) =>
    call("search", { pattern, path, glob });
  expect(await text(look("'one'", null, "*.ts"), files)).toBe("./src/a b.ts:1:const x = 'one';");
  expect(await text(look("^one$", "-dash", null), files)).toBe("./-dash:1:one");
  expect(await text(look("three", null, null), files)).toBe("[no matches]");
  expect(await run(look("(", null, null), files)).toMatchObject({ status: "failed" });
  const without = (command: string): string => command.replaceAll("command -v rg", "command -v no-such-rg");
  expect(await text(shellCall(without(listCommand("src", "*.ts"))), files)).toMatch(
    /output:\nsrc\/a b.ts\nsrc\/ü.ts\n$/,
  );
  expect(await text(shellCall(without(searchCommand("'one'", ".", "*.ts"))), files)).toMatch(
    /output:\n.\/src\/a b.ts:1:const x = 'one';\n$/,
  );
});

test("search: nothing in a pattern or a path is run", async () => {
  const reply = call("search", {
    pattern: "$(touch ran)`touch ran`'; touch ran #",
    path: "; touch ran",
    glob: "'$(touch ran)'",
  });
  await using it = await scriptedSession([reply, shellCall("ls"), say("ok")]);
  await it.run();
  const last = it.session.log.findLast(
    (event) => event.type === "item.completed" && event.body.content.kind === "command",
  );
  expect(last?.type === "item.completed" && last.body.model?.[0]?.["output"]).toMatch(/output:\n$/);
});

test("list_files: the first 500 of many", async () => {
  const files = Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`f${1000 + at}`, ""]));
  const lines = (await text(call("list_files", { path: null, glob: null }), files)).split("\n");
  expect([lines.length, lines[0], lines.at(-1)]).toEqual([
    501,
    "./f1000",
    "[100 more lines: narrow it by path or glob]",
  ]);
});

test("read_file: lines, binary files, missing files and files outside", async () => {
  const read = (path: string, offset: number | null = null, limit: number | null = null) =>
    call("read_file", { path, offset, limit });
  expect(await text(read("a", 2, 1), { a: "one\r\n\ttwo\r\nthree\r\n" })).toBe(
    "\ttwo\n[lines 2-2 of 3; go on with offset 3]",
  );
  expect(await text(read("a"), { a: new Uint8Array([0, 1, 2]) })).toMatch(/^a: a binary file of 3 bytes/);
  expect(await run(read("nope"))).toMatchObject({ status: "failed", output: "nope: no such file." });
  expect(await run(read("/etc/passwd"))).toMatchObject({
    status: "failed",
    output: "/etc/passwd: lies outside the worktree.",
  });
  expect(linesOf("", 1, 10)).toBe("[the file is empty]");
  expect(linesOf("a\nb", 1, 10)).toBe("a\nb");
  expect(linesOf("a\n", 5, 10)).toBe("[the file has 1 lines]");
  expect(linesOf("x".repeat(100_000), 1, 10)).toMatch(/\[line 1 is longer than 32000 characters\]$/);
});

test("view_image: by its first bytes, as an image for the model and a word in the log", async () => {
  const png = Buffer.from("89504e470d0a1a0a0000", "hex");
  expect(await run(call("view_image", { path: "a.txt" }), { "a.txt": png })).toEqual({
    status: "completed",
    content: {
      kind: "tool_call",
      tool: "view_image",
      title: "view_image a.txt",
      arguments: '{"path":"a.txt"}',
      output: { blob: null, size: 19, head: "image/png, 10 bytes", tail: "" },
    },
    output: [
      { type: "input_image", image_url: `data:image/png;base64,${png.toString("base64")}`, detail: "auto" },
    ],
  });
  expect(await run(call("view_image", { path: "a.png" }), { "a.png": "text" })).toMatchObject({
    status: "failed",
  });
  expect(
    [Buffer.from("GIF89a"), Buffer.from("ffd8ffe0", "hex"), Buffer.from("RIFF0000WEBP")].map(imageType),
  ).toEqual(["image/gif", "image/jpeg", "image/webp"]);
});

test("ask_user: the answer is the result", async () => {
  const ask = ({ question }: { question: string }) => Promise.resolve(`yes to ${question}`);
  const reply = call("ask_user", { question: "Go on?", options: null });
  expect(await run(reply, {}, { session: { ports: { ask } } })).toEqual({
    status: "completed",
    content: { kind: "question", question: "Go on?", answer: "yes to Go on?" },
    output: "yes to Go on?",
  });
});

test("paths of a model, and words for a shell", () => {
  const of = (given: string): string => inWorktree("/home/ada/tree", given);
  expect(
    ["/home/ada/tree/a/b", "./a/", "", ".", "/home/ada/tree", "/home/ada/tree-2/a", "../x"].map(of),
  ).toEqual(["a/b", "a", "", "", "", "/home/ada/tree-2/a", "../x"]);
  expect(["a-b/c.ts", "it's", "", "$x"].map(quote)).toEqual(["a-b/c.ts", `'it'\\''s'`, "''", "'$x'"]);
});

test("output is read to its end, in however small pieces, and what was not kept is told", async () => {
  const all = Buffer.from("0123456789".repeat(10_000));
  const command = (kept: number): RunningCommand => ({
    handle: "cmd_1",
    sandbox: "none",
    async read(offset, maxBytes) {
      const from = Math.max(offset, kept);
      return { bytes: all.subarray(from, from + Math.min(maxBytes, 1000)), offset: from, total: all.length };
    },
    watch: () => () => undefined,
    exited: () => Promise.resolve(null),
    write: () => Promise.resolve(),
    kill: () => Promise.resolve(),
    finish: () => Promise.reject(new Error("not finished")),
  });
  const whole = await outputFrom(command(0), 0);
  const leftOut = all.length - HEAD_BYTES - TAIL_BYTES;
  const head = all.toString("utf8", 0, HEAD_BYTES);
  const tail = all.toString("utf8", all.length - TAIL_BYTES);
  expect(whole).toEqual({
    text: `${head}\n[… ${leftOut} bytes left out; ${all.length} bytes in total …]\n${tail}`,
    end: all.length,
  });
  const late = await outputFrom(command(99_990), 99_000);
  expect(late).toEqual({ text: "[… 990 bytes were not kept …]\n0123456789", end: all.length });
});

test("shell and shell_io: what is too long for a system is refused before it is started", async () => {
  const long = "x".repeat(1_000_001);
  expect(await run(shellCall(`echo ${long}`))).toMatchObject({
    status: "failed",
    output: expect.stringMatching(/^not run: the command has 1000006 bytes/),
  });
  const io = call("shell_io", { handle: "cmd_a", input: long, kill: false, yield_ms: null });
  expect(await run(io)).toMatchObject({
    output: expect.stringMatching(/^not run: the input has 1000001 bytes/),
  });
});
