import { expect, test } from "vitest";
import { decodeFrame, decodeTyped, encodeOutput, encodeScreen, encodeTyped } from "./protocol.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test("a screen and output come out as they went in", () => {
  const header = {
    shell: "shell-1",
    offset: 2 ** 40,
    cols: 80,
    rows: 24,
    title: "bash – ünïcode",
    short: false,
  };
  const marks = [{ line: 3, state: "done" as const, exitCode: 1 }];
  const marked = { ...header, cwd: "/a b", marks, markKey: "k" };
  expect(decodeFrame(encodeScreen(header, "\x1b[1mhé"))).toEqual({
    kind: "screen",
    header: { ...header, cwd: null, marks: [], markKey: null },
    bytes: bytes("\x1b[1mhé"),
  });
  expect(decodeFrame(encodeScreen(marked, ""))).toEqual({ kind: "screen", header: marked, bytes: bytes("") });
  expect(decodeFrame(encodeOutput(2 ** 40 + 1, bytes("x")))).toEqual({
    kind: "output",
    offset: 2 ** 40 + 1,
    bytes: bytes("x"),
  });
});

test("a frame within a larger buffer is read from where it is", () => {
  const whole = new Uint8Array([9, 9, 9, ...encodeOutput(7, bytes("abc"))]);
  expect(decodeFrame(whole.subarray(3))).toEqual({ kind: "output", offset: 7, bytes: bytes("abc") });
});

test("what is no frame throws", () => {
  expect(() => decodeFrame(new Uint8Array())).toThrow(RangeError);
  expect(() => decodeFrame(new Uint8Array([7, 1, 2]))).toThrow("no frame begins with 7");
  expect(() => decodeFrame(new Uint8Array([0, 0, 0, 0, 1, 65]))).toThrow(SyntaxError);
});

test("what is typed comes out with its place, and less than a place is nothing", () => {
  const typed = { offset: 2 ** 40 + 3, bytes: bytes("ls – é\r") };
  expect(decodeTyped(encodeTyped(typed.offset, typed.bytes))).toEqual(typed);
  expect(decodeTyped(encodeTyped(0, bytes("")))).toEqual({ offset: 0, bytes: bytes("") });
  expect(decodeTyped(new Uint8Array(7))).toBeNull();
});
