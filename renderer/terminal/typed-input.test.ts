import { expect, test } from "vitest";
import { createTypedInput } from "./typed-input.ts";

const text = (pieces: readonly { readonly offset: number; readonly bytes: Uint8Array }[]) =>
  pieces.map(({ offset, bytes }) => [offset, new TextDecoder().decode(bytes)]);

test("what the shell did not get is given again, in order and from its place", () => {
  const input = createTypedInput();
  expect(input.add("é")).toBe(true);
  expect(input.add("ls")).toBe(true);
  input.begin("shell-1", 0);
  expect(text(input.take())).toEqual([
    [0, "é"],
    [2, "ls"],
  ]);
  expect(input.take()).toEqual([]);
  input.arrived(2);
  input.add("\r");
  expect(input.waiting).toBe(3);
  input.begin("shell-1", 2);
  expect(text(input.take())).toEqual([
    [2, "ls"],
    [4, "\r"],
  ]);
  input.arrived(5);
  expect(input.waiting).toBe(0);
});

test("what was typed for one shell is not typed into another, and what comes then goes on counting", () => {
  const input = createTypedInput();
  input.seen("shell-1");
  input.begin("shell-1", 0);
  input.add("rm -rf");
  input.begin("shell-2", 0);
  // Not seen yet.
  input.add(" x\r");
  expect(input.take()).toEqual([]);
  input.seen("shell-2");
  input.add("ls");
  expect(text(input.take())).toEqual([[9, "ls"]]);
});

test("what is typed at the sight of a new shell is for it, also where the connection is lost before it takes anything", () => {
  const input = createTypedInput();
  input.add("first");
  input.seen("shell-1");
  input.begin("shell-1", 0);
  expect(text(input.take())).toEqual([[0, "first"]]);
  input.arrived(5);
  input.add("old");
  input.seen("shell-2");
  input.add("new");
  input.begin("shell-2", 0);
  expect(text(input.take())).toEqual([[8, "new"]]);
  input.begin("shell-2", 0);
  expect(text(input.take())).toEqual([[8, "new"]]);
  input.begin("shell-3", 0);
  expect(input.take()).toEqual([]);
});

test("what no longer fits is refused whole, and all behind it, until the shell has what was kept", () => {
  const input = createTypedInput(4);
  expect(["abc", "de", "f"].map((each) => input.add(each))).toEqual([true, false, false]);
  input.begin("shell", 0);
  expect(text(input.take())).toEqual([[0, "abc"]]);
  expect(input.add("g")).toBe(false);
  input.arrived(3);
  expect(input.add("h")).toBe(true);
  expect(text(input.take())).toEqual([[3, "h"]]);
});

test("what never fits is refused alone: what is kept goes on, and so does what comes then", () => {
  const input = createTypedInput(4);
  expect(["abcde", "f", "ghijk", "l"].map((each) => input.add(each))).toEqual([false, true, false, true]);
  expect(input.full).toBe(false);
  input.begin("shell", 0);
  expect(text(input.take())).toEqual([
    [0, "f"],
    [1, "l"],
  ]);
});

test("a long paste goes in pieces that begin and end with whole characters", () => {
  const input = createTypedInput();
  const pasted = `a${"😀".repeat(30_000)}é`;
  input.add(pasted);
  input.begin("shell", 0);
  const pieces = text(input.take());
  expect(pieces.length).toBeGreaterThan(3);
  expect(pieces.map(([, part]) => part).join("")).toBe(pasted);
});

test("what was typed for a shell that is gone is not waited for", () => {
  const input = createTypedInput();
  input.seen("shell-1");
  input.begin("shell-2", 0);
  input.add("too late");
  expect(input.take()).toEqual([]);
  expect(input.waiting).toBe(0);
});
