import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { ensureToken, readToken, sameToken } from "./token.ts";

test("the token is made once, for this user alone, and read again", async () => {
  await using dir = await tempDir();
  expect(readToken(dir.path)).toBeNull();
  const token = ensureToken(dir.path);
  expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect([ensureToken(dir.path), readToken(dir.path)]).toEqual([token, token]);
  expect(await readdir(dir.path)).toEqual(["token"]);
  expect((await stat(path.join(dir.path, "token"))).mode & 0o777).toBe(0o600);
});

test("tokens are the same only when equal", () => {
  expect([
    sameToken("abc", "abc"),
    sameToken("abc", "abd"),
    sameToken("abc", "ab"),
    sameToken("", "abc"),
  ]).toEqual([true, false, false, false]);
});
