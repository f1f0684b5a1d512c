import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { browse } from "./browse.ts";

/** A home with these folders in it; a name with a dot in its middle is a file. */
async function home(...names: string[]) {
  const temp = await tempDir();
  for (const name of names) {
    const whole = path.join(temp.path, name);
    if (/\w\./.test(name)) writeFileSync(whole, "");
    else mkdirSync(whole, { recursive: true });
  }
  const listed = async (typed: string) => {
    const { folder, entries } = await browse(typed, temp.path);
    return [path.relative(temp.path, folder), ...entries.map((entry) => entry.name)];
  };
  return { root: temp.path, listed, [Symbol.asyncDispose]: () => temp[Symbol.asyncDispose]() };
}

test("lists folders: numbers by value, hidden ones last, no files", async () => {
  await using at = await home("b", ".a", "a10", "a9", "note.txt");
  expect(await at.listed(at.root)).toEqual(["", "a9", "a10", "b", ".a"]);
});

test("an unfinished path narrows to what begins so, in any case", async () => {
  await using at = await home("Projects/acme", "Projects/Acorn", "Projects/beta", "Pictures");
  expect(await at.listed(path.join(at.root, "Pro"))).toEqual(["", "Projects"]);
  expect(await at.listed("~/projects/")).toEqual(["", "Projects"]);
  expect(await at.listed("~/Projects/ac")).toEqual(["Projects", "acme", "Acorn"]);
});

test("a path that exists wins over names that begin with it", async () => {
  await using at = await home("app/inner", "apple", "app-old");
  expect(await at.listed("~/app")).toEqual(["app", "inner"]);
  expect(await at.listed("~/app/")).toEqual(["app", "inner"]);
});

test("~ and nothing are the home, and a relative path starts there", async () => {
  await using at = await home("one", "two/three");
  expect(await at.listed("~")).toEqual(["", "one", "two"]);
  expect(await at.listed("  ")).toEqual(["", "one", "two"]);
  expect(await at.listed("two")).toEqual(["two", "three"]);
  expect(await at.listed("~someone")).toEqual([""]);
});

test("marks repositories: a checkout, a worktree, a bare one", async () => {
  await using at = await home("checkout/.git", "worktree", "bare/objects", "bare/refs", "plain");
  writeFileSync(path.join(at.root, "worktree", ".git"), "gitdir: elsewhere\n");
  writeFileSync(path.join(at.root, "bare", "HEAD"), "ref: refs/heads/main\n");
  const { entries, parent, repository } = await browse("~", at.root);
  expect(entries).toEqual(
    ["bare", "checkout", "plain", "worktree"].map((name) => ({
      name,
      path: path.join(at.root, name),
      repository: name !== "plain",
    })),
  );
  expect({ parent, repository }).toEqual({ parent: path.dirname(at.root), repository: false });
  // What git keeps for itself is not offered.
  expect(await browse("~/checkout", at.root)).toMatchObject({ repository: true, entries: [] });
});

test("follows symlinks to folders, and is not held up by broken ones or rings", async () => {
  await using at = await home("real");
  symlinkSync("real", path.join(at.root, "link"));
  symlinkSync("nowhere", path.join(at.root, "broken"));
  symlinkSync("ring", path.join(at.root, "ring"));
  expect(await at.listed("~")).toEqual(["", "link", "real"]);
});

test("at most 500", async () => {
  await using at = await home(...Array.from({ length: 510 }, (_, index) => `f${index}`));
  const { entries } = await browse("~", at.root);
  expect([entries.length, entries[0]?.name, entries.at(-1)?.name]).toEqual([500, "f0", "f499"]);
});

test.each([
  ["a path below one that is not there", "~/gone/deeper/still", ["", "gone-fishing"]],
  ["a file", "~/note.txt", [""]],
  ["a path through a file", "~/note.txt/x", [""]],
  ["a zero byte", "~/gone\0x", [""]],
  ["a name that is too long", `~/${"x".repeat(5000)}`, [""]],
])("%s lists what there is and never throws", async (_, typed, expected) => {
  await using at = await home("gone-fishing", "note.txt");
  expect(await at.listed(typed)).toEqual(expected);
});

test("the root has no parent", async () => {
  expect((await browse("/", "/tmp")).parent).toBe(null);
});
