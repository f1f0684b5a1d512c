import { expect, test } from "vitest";
import { inputKind } from "./answers.ts";

test("keys, pastes and mouse reports are typed", () => {
  const typed = [
    "a",
    "é👩‍💻",
    "\x1b",
    "\x1b[A",
    "\x1b[1;5C",
    "\x1b[3~",
    "\x1bOP",
    "\x1b[I",
    "\x1b[O",
    "\x1b[<0;12;4M",
    "\x1b[M #!",
    "\x1b[200~rm -rf x\x1b[201~",
    // Alt and a key, for keys that begin a string.
    "\x1bP",
    "\x1b]",
    "\x1b[",
  ];
  expect(typed.filter((data) => inputKind(data) !== "typed")).toEqual([]);
});

test("answers that say nothing of the program's choosing are let through", () => {
  const harmless = ["\x1b[?1;2c", "\x1b[>0;276;0c", "\x1b[0n", "\x1b[12;80R"];
  expect(harmless.map(inputKind)).toEqual(harmless.map(() => "harmless-answer"));
});

test("answers that a printed file could fill or provoke are not", () => {
  const hostile = [
    "\x1b]11;rgb:0000/0000/0000\x1b\\",
    "\x1b]l rm -rf ~\x1b\\",
    "\x1bP1$r0m\x1b\\",
    "\x1bP>|xterm.js(6)\x1b\\",
    "\x1b[?2026;2$y",
    "\x1b[4;1$y",
    "\x1b[8;24;80t",
    "\x1b[?997;1n",
    "\x1b_Gi=1;OK\x1b\\",
  ];
  expect(hostile.map(inputKind)).toEqual(hostile.map(() => "hostile-answer"));
});
