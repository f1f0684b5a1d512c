import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import type { PastTerminal } from "./past-terminal.ts";
import type { TerminalSpec } from "./protocol.ts";
import { openTerminal } from "./terminal.ts";
import { createTerminals } from "./terminals.ts";
import { stillWorld } from "./testing/still-world.ts";

let lastId = 0;
const shell = (script: string, rest: Partial<TerminalSpec> = {}): TerminalSpec => ({
  ...{
    id: `trm-${process.pid}-${lastId++}`,
    session: "s",
    argv: ["bash", "--norc", "-c", script],
    cwd: "/tmp",
  },
  ...{ env: { PATH: process.env["PATH"] ?? "" }, cols: 80, rows: 24 },
  ...rest,
});

/** More than is read of a pty at once, and less than it holds. */
const LAST_BYTES = 8000;

test("what a shell says last comes before its end, also where its pty is not read any more", async () => {
  await using dir = await tempDir();
  const script = `stty -echo; printf first; read -r; head -c ${LAST_BYTES} /dev/zero; exit 3`;
  const opened = await openTerminal(shell(script), stillWorld(dir.path, Infinity));
  if (!opened.ok) throw new Error(opened.failure.message);
  await using terminal = opened.value;
  let seen = 0;
  const first = Promise.withResolvers<void>();
  using _ = terminal.onOutput((bytes, offset) => {
    expect(offset).toBe(seen);
    seen += bytes.byteLength;
    first.resolve();
  });
  // The parser has too much from this piece on: the pty rests, and is never read again before the end.
  await first.promise;
  void terminal.write("\r");
  expect(await terminal.exited).toMatchObject({ exitCode: 3 });
  expect(seen).toBe("first".length + LAST_BYTES);
  expect(terminal.state().total).toBe(seen);
});

test("what a shell has left may go on printing: that is not waited for", async () => {
  await using dir = await tempDir();
  const opened = await openTerminal(shell("yes & printf first; read -r; exit 3"), stillWorld(dir.path));
  if (!opened.ok) throw new Error(opened.failure.message);
  const terminal = opened.value;
  void terminal.write("\r");
  expect(await terminal.exited).toMatchObject({ exitCode: 3 });
  await terminal.close();
});

test("ending all ends what is just being opened too, and nothing is opened from then on", async () => {
  await using dir = await tempDir();
  const past = Promise.withResolvers<Map<string, PastTerminal>>();
  await using terminals = createTerminals(
    stillWorld(dir.path),
    () => past.promise,
    () => {},
  );
  const opened = terminals.open(shell("read -r", { restore: "none" }));
  const ended = terminals.killAll();
  past.resolve(new Map());
  expect(await opened).toEqual({ ok: true, value: null });
  await ended;
  expect(await terminals.list()).toEqual([]);
  void terminals.open(shell("read -r"));
  expect(terminals.running()).toBe(0);
});
