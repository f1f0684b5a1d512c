import { expect, test } from "vitest";
import { encodeOutput, encodeScreen } from "#shared/terminal/protocol.ts";
import { readMessage } from "./channel.ts";

const header = {
  shell: "shell-1",
  offset: 7,
  cols: 80,
  rows: 24,
  title: "bash",
  cwd: null,
  marks: [],
  markKey: null,
  short: false,
};

test("a host's frames are read as it wrote them", () => {
  const text = new TextEncoder().encode("$ ");
  expect(readMessage(encodeScreen(header, "$ ").buffer)).toEqual({ kind: "screen", header, bytes: text });
  expect(readMessage(encodeOutput(2 ** 40, text).buffer)).toEqual({
    kind: "output",
    offset: 2 ** 40,
    bytes: text,
  });
  expect(readMessage('{"type":"exit","exitCode":0}')).toEqual({
    kind: "news",
    news: { type: "exit", exitCode: 0 },
  });
});

test("anything else is unreadable, and nothing is thrown", () => {
  const screen = encodeScreen(header, "$ ");
  const wrongSize = new Uint8Array(screen);
  wrongSize[1] = 0xff;
  const bad = [
    new ArrayBuffer(0),
    new Uint8Array([9, 1, 2]).buffer,
    new Uint8Array([1, 0, 0]).buffer,
    screen.buffer.slice(0, 9),
    wrongSize.buffer,
    "{",
    '{"type":"clipboard","text":"x"}',
    new Blob([]),
    null,
  ];
  expect(bad.map(readMessage)).toEqual(bad.map(() => ({ kind: "unreadable" })));
});
