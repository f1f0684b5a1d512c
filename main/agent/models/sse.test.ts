import { expect, test } from "vitest";
import { collect } from "../testing/collect.ts";
import { EventTooLarge, serverSentEvents, type ServerSentEvent } from "./sse.ts";

async function parse(...pieces: (string | Uint8Array)[]): Promise<ServerSentEvent[]> {
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
  }
  return collect(serverSentEvents(body(), () => undefined));
}

const TEXT = "event: a\ndata: one\n\n: keep-alive\n\ndata: two\ndata:  three\n\ndata:ü\n\n";
const EVENTS = [
  { event: "a", data: "one" },
  { event: null, data: "two\n three" },
  { event: null, data: "ü" },
];

test("events, comments and lines, however the bytes are cut", async () => {
  const bytes = new TextEncoder().encode(TEXT);
  expect(await parse(TEXT)).toEqual(EVENTS);
  expect(await parse(...Array.from(bytes, (byte) => new Uint8Array([byte])))).toEqual(EVENTS);
});

test("all three line ends", async () => {
  expect(await parse(TEXT.replaceAll("\n", "\r\n"))).toEqual(EVENTS);
  expect(await parse(TEXT.replaceAll("\n", "\r"))).toEqual(EVENTS);
  expect(await parse("data: a\r", "\n\r", "\ndata: b\r\n\r\n")).toEqual([
    { event: null, data: "a" },
    { event: null, data: "b" },
  ]);
});

test("a last event without its blank line counts", async () => {
  expect(await parse("data: a\n\ndata: b")).toEqual([
    { event: null, data: "a" },
    { event: null, data: "b" },
  ]);
});

test("a line without end does not fill the memory", async () => {
  const piece = "x".repeat(8 * 1024 * 1024);
  await expect(parse(piece, piece, piece, piece, piece)).rejects.toThrow(EventTooLarge);
});
