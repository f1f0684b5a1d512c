import { expect, test } from "vitest";
import { createBatch } from "./batch.ts";
import { followTerminal } from "./follow.ts";
import type { Outbox } from "./outbox.ts";
import type { Terminal } from "./terminal.ts";

/** A terminal whose screen is all that was printed; `flush` passes on what was, as the next turn of the event loop does. */
function printer() {
  let text = "";
  let listener: Parameters<Terminal["onOutput"]>[0] = () => {};
  const batch = createBatch((bytes) => {
    listener(bytes, text.length);
    text += Buffer.from(bytes).toString();
  });
  const facts = { cols: 80, rows: 24, title: "", cwd: null, marks: [], markKey: null, short: false };
  const terminal: Parameters<typeof followTerminal>[0] = {
    screen() {
      batch.flush();
      return Promise.resolve({ ...facts, text, offset: text.length, unfinished: new Uint8Array(0) });
    },
    onOutput(to) {
      listener = to;
      return { [Symbol.dispose]() {} };
    },
    onCleared: () => ({ [Symbol.dispose]() {} }),
  };
  return { terminal, print: (more: string) => batch.add(Buffer.from(more)), flush: batch.flush };
}

/** What a viewer is shown, who reads when it is told to. */
function viewer() {
  const shown: string[] = [];
  const at = { isBehind: false, read: (): void => {} };
  const outbox: Outbox = {
    isFull: () => at.isBehind,
    send() {},
    event: (_, event, text) => {
      if (event.kind === "screen")
        shown.push(`screen to ${event.offset}: ${Buffer.from(text ?? []).toString()}`);
    },
    output() {},
    live(_, offset, bytes) {
      if (!at.isBehind) shown.push(`from ${offset}: ${Buffer.from(bytes).toString()}`);
      return !at.isBehind;
    },
    onceRead(callback) {
      at.read = callback;
      return { [Symbol.dispose]() {} };
    },
  };
  return { shown, at, outbox };
}

test("who fell behind is shown each byte once, also what was read just before its new screen", async () => {
  const { terminal, print, flush } = printer();
  const { shown, at, outbox } = viewer();
  using _ = followTerminal(terminal, 1, outbox, false);
  await new Promise(setImmediate);
  print("one ");
  flush();
  at.isBehind = true;
  print("two ");
  flush();
  print("three ");
  at.isBehind = false;
  at.read();
  print("four ");
  flush();
  await new Promise(setImmediate);
  expect(shown).toEqual(["screen to 0: ", "from 0: one ", "screen to 14: one two three ", "from 14: four "]);
});
