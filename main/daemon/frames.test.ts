import { describe, expect, test } from "vitest";
import { FailureError } from "#shared/kernel/failure.ts";
import { encodeFrame, frameDecoder } from "./frames.ts";

const frames = [
  { kind: 1, text: "" },
  { kind: 2, text: "hello" },
  { kind: 255, text: "ünïcode".repeat(50) },
];
const stream = Buffer.concat(frames.map(({ kind, text }) => encodeFrame(kind, Buffer.from(text))));

function decodeInPieces(bytes: Buffer, size: number): { kind: number; text: string }[] {
  const seen: { kind: number; text: string }[] = [];
  const decode = frameDecoder(1000, (kind, payload) => seen.push({ kind, text: payload.toString() }));
  for (let at = 0; at < bytes.length; at += size) decode(bytes.subarray(at, at + size));
  return seen;
}

describe("frames", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 64, 10_000])(
    "in pieces of %i bytes come out whole and in order",
    (size) => {
      expect(decodeInPieces(stream, size)).toEqual(frames);
    },
  );

  test("copy what they are made of", () => {
    const bytes = Buffer.from("abc");
    const frame = encodeFrame(7, bytes, Buffer.from("def"));
    bytes.fill(0);
    expect(frame).toEqual(Buffer.from([0, 0, 0, 6, 7, ...Buffer.from("abcdef")]));
  });

  test("over the limit are refused by their header alone", () => {
    const decode = frameDecoder(1000, () => {});
    const header = Buffer.from([0, 0, 0x03, 0xe9, 1]);
    expect(() => decode(header)).toThrow(FailureError);
  });
});
