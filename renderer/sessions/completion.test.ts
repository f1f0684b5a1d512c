import { expect, test } from "vitest";
import {
  chosen,
  completed,
  EMPTY_COMPLETION,
  exists,
  withListed,
  withMove,
  withTyped,
} from "./completion.ts";
import type { Browsed } from "./completion.ts";

const folder = (path: string, repository = false) => ({ name: path.split("/").at(-1)!, path, repository });
const browsed = (at: string, entries: Browsed["entries"], repository = false): Browsed => ({
  folder: at,
  parent: "/",
  repository,
  entries,
});
const typed = (text: string, listed: Browsed) => withListed(withTyped(EMPTY_COMPLETION, text), text, listed);

test.each([
  ["/w/acme", "/w/acme", true],
  ["/w/acme/", "/w/acme", true],
  [" /w//acme ", "/w/acme", true],
  ["/w/acm", "/w", false],
  ["/w/acme/acme", "/w/acme", false],
  ["/w/beta/../acme", "/w/acme", true],
  ["/w/beta/../acm", "/w", false],
  ["~", "/home/ann", true],
  ["~/acme", "/home/ann/acme", true],
  ["~/acme/acme", "/home/ann/acme", false],
  ["code/acme", "/home/ann/code/acme", true],
  ["C:\\code\\acme", "C:\\code\\acme", true],
  ["C:\\code\\ac", "C:\\code", false],
])("%j with %j listed exists: %j", (text, at, there) => {
  expect(exists(typed(text, browsed(at, [])))).toBe(there);
});

const three = browsed("/w", [folder("/w/acme", true), folder("/w/acme-api", true), folder("/w/acorn")]);

test("a typed path that exists wins over any match", () => {
  const state = typed("/w/acme", browsed("/w/acme", [folder("/w/acme/packages")], true));
  expect(chosen(state)).toEqual({ kind: "add", path: "/w/acme" });
});

test("Enter takes the marked row, the only match, or what was typed", () => {
  const state = typed("/w/ac", three);
  expect(chosen(withMove(state, 1))).toEqual({ kind: "add", path: "/w/acme" });
  expect(chosen(withMove(state, -1))).toEqual({ kind: "enter", path: "/w/acorn" });
  expect(chosen(state)).toEqual({ kind: "add", path: "/w/ac" });
  expect(chosen(typed("/w/aco", browsed("/w", [folder("/w/acorn")])))).toEqual({
    kind: "enter",
    path: "/w/acorn",
  });
  expect(chosen(typed("/w/zzz", browsed("/w", [])))).toEqual({ kind: "add", path: "/w/zzz" });
});

test("Enter waits for the host where it has not spoken about what is typed now", () => {
  expect(chosen(withTyped(typed("/w/ac", three), "/w/acm"))).toBeNull();
  expect(chosen(EMPTY_COMPLETION)).toBeNull();
});

test("an answer about another path changes nothing", () => {
  const state = withTyped(typed("/w/ac", three), "/w/aco");
  expect(withListed(state, "/w/ac", three)).toBe(state);
});

test("the mark leaves the list at both ends", () => {
  const state = typed("/w/ac", three);
  const marks = [1, 2, 3, 4].map(
    (times) => Array.from({ length: times }).reduce<typeof state>((now) => withMove(now, 1), state).active,
  );
  expect(marks).toEqual([0, 1, 2, null]);
  expect(withMove(withMove(state, 1), -1).active).toBeNull();
  expect(withMove(state, -1).active).toBe(2);
  expect(withMove(EMPTY_COMPLETION, 1)).toBe(EMPTY_COMPLETION);
});

test.each([
  ["what is marked", withMove(typed("/w/ac", three), 1), "/w/acme/"],
  ["the only one", typed("/w/aco", browsed("/w", [folder("/w/acorn")])), "/w/acorn/"],
  ["what all have in common", typed("/w/acm", browsed("/w", three.entries.slice(0, 2))), "/w/acme"],
  ["nothing where they part", typed("/w/ac", three), null],
  ["nothing where there is nothing", typed("/w/zzz", browsed("/w", [])), null],
  ["nothing in a folder of many", typed("/w/", three), null],
  ["nothing about what is not typed any more", withTyped(typed("/w/ac", three), "/w/a"), null],
])("Tab completes %s", (_what, state, path) => {
  expect(completed(state)).toBe(path);
});
