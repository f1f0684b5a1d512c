import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmod,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { openWorktreeFiles } from "./worktree-files.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const MEGABYTE = 1024 * 1024;

/** A worktree beside a folder that is nobody's business. */
async function setUp() {
  const root = await tempDir("oriel-files-");
  const inside = (...names: string[]) => path.join(root.path, ...names);
  await mkdir(inside("tree/src"), { recursive: true });
  await mkdir(inside("outside"));
  await writeFile(inside("tree/src/a.txt"), "a");
  await writeFile(inside("outside/secret.txt"), "secret");
  const files = openWorktreeFiles(inside("tree"));
  const read = async (file: string, limit = MEGABYTE) => {
    const result = await files.read(file, limit);
    return result.ok ? new TextDecoder().decode(result.value) : result.failure.code;
  };
  const code = async (result: Promise<Awaited<ReturnType<typeof files.write>>>) => {
    const settled = await result;
    return settled.ok ? "ok" : settled.failure.code;
  };
  return { inside, files, read, code, [Symbol.asyncDispose]: root[Symbol.asyncDispose] };
}

describe("reading", () => {
  test("finds files by relative and absolute paths and through symlinks that stay inside", async () => {
    await using tree = await setUp();
    await symlink("src", tree.inside("tree/link"));
    await symlink(tree.inside("tree/src/a.txt"), tree.inside("tree/direct"));
    await symlink("../src/a.txt", tree.inside("tree/src/up"));
    await writeFile(tree.inside("tree/ö ü.txt"), "ü");
    const names = [
      "src/a.txt",
      "./src/../src/a.txt",
      tree.inside("tree/src/a.txt"),
      "link/a.txt",
      "direct",
      "src/up",
    ];
    expect(await Promise.all(names.map((file) => tree.read(file)))).toEqual(names.map(() => "a"));
    expect(await tree.read("ö ü.txt")).toBe("ü");
  });

  test("refuses what leads out, is no file, is too large or is not there", async () => {
    await using tree = await setUp();
    await symlink(tree.inside("outside"), tree.inside("tree/out"));
    await symlink("../../outside/secret.txt", tree.inside("tree/src/out"));
    await symlink("loop", tree.inside("tree/loop"));
    await symlink("/dev/zero", tree.inside("tree/zero"));
    await promisify(execFile)("mkfifo", [tree.inside("tree/pipe")]);
    await truncate(tree.inside("tree/src/a.txt"), 11);
    const refused = {
      "../outside/secret.txt": "outside_worktree",
      "src/../../outside/secret.txt": "outside_worktree",
      [tree.inside("outside/secret.txt")]: "outside_worktree",
      [`${tree.inside("tree")}2/a`]: "outside_worktree",
      "/etc/passwd": "outside_worktree",
      "out/secret.txt": "outside_worktree",
      "out/missing.txt": "not_found",
      "src/out": "outside_worktree",
      zero: "outside_worktree",
      "a\0b": "outside_worktree",
      loop: "outside_worktree",
      pipe: "not_a_file",
      src: "not_a_file",
      "": "not_a_file",
      ".": "not_a_file",
      "src/a.txt/b": "not_a_file",
      missing: "not_found",
      "missing/a": "not_found",
      "src/a.txt": "too_large",
    };
    const found = await Promise.all(
      Object.keys(refused).map(async (file) => [file, await tree.read(file, 10)]),
    );
    expect(Object.fromEntries(found)).toEqual(refused);
  });
});

describe("writing", () => {
  test("makes folders, replaces whole files, keeps their mode and follows symlinks inside", async () => {
    await using tree = await setUp();
    await chmod(tree.inside("tree/src/a.txt"), 0o755);
    await symlink("src/a.txt", tree.inside("tree/link"));
    expect(await tree.code(tree.files.write("new/deep/b.txt", bytes("b")))).toBe("ok");
    expect(await tree.code(tree.files.write("link", bytes("aa")))).toBe("ok");
    expect(await tree.read("new/deep/b.txt")).toBe("b");
    expect(await tree.read("src/a.txt")).toBe("aa");
    expect((await stat(tree.inside("tree/src/a.txt"))).mode & 0o777).toBe(0o755);
    expect(await readlink(tree.inside("tree/link"))).toBe("src/a.txt");
    expect(await readdir(tree.inside("tree/src"))).toEqual(["a.txt"]);
  });

  test("does not write through a hard link from outside", async () => {
    await using tree = await setUp();
    await link(tree.inside("outside/secret.txt"), tree.inside("tree/linked"));
    expect(await tree.code(tree.files.write("linked", bytes("mine")))).toBe("ok");
    expect(await readFile(tree.inside("outside/secret.txt"), "utf8")).toBe("secret");
  });

  test("refuses git's own, what leads out, what is no file, and leaves nothing behind", async () => {
    await using tree = await setUp();
    await writeFile(tree.inside("tree/.git"), "gitdir: elsewhere");
    await symlink(tree.inside("outside"), tree.inside("tree/out"));
    await symlink(".git", tree.inside("tree/alias"));
    await symlink(tree.inside("outside/new.txt"), tree.inside("tree/dangling"));
    await writeFile(tree.inside("tree/locked"), "");
    await chmod(tree.inside("tree/locked"), 0o444);
    await promisify(execFile)("mkfifo", [tree.inside("tree/pipe")]);
    const before = await readdir(tree.inside(), { recursive: true });
    const refused = {
      ".git": "not_writable",
      ".GIT/config": "not_writable",
      ".git/hooks/x": "not_a_file",
      "src/../.git": "not_writable",
      alias: "not_writable",
      locked: "not_writable",
      "out/new.txt": "outside_worktree",
      "out/deep/new.txt": "outside_worktree",
      dangling: "outside_worktree",
      "../new.txt": "outside_worktree",
      src: "not_a_file",
      pipe: "not_a_file",
      "src/a.txt/b": "not_a_file",
      "": "not_a_file",
      ["n".repeat(300)]: "not_writable",
    };
    const found = new Map<string, string>();
    for (const file of Object.keys(refused))
      found.set(file, await tree.code(tree.files.write(file, bytes("x"))));
    expect(Object.fromEntries(found)).toEqual(refused);
    expect(await tree.code(tree.files.write("huge", new Uint8Array(64 * MEGABYTE + 1)))).toBe("too_large");
    expect(await readdir(tree.inside(), { recursive: true })).toEqual(before);
    expect(await readFile(tree.inside("tree/.git"), "utf8")).toBe("gitdir: elsewhere");
  });

  test("works where the worktree itself is reached by a symlink", async () => {
    await using tree = await setUp();
    await symlink(tree.inside("tree"), tree.inside("alias"));
    const files = openWorktreeFiles(tree.inside("alias"));
    expect(await files.write(tree.inside("alias/x.txt"), bytes("x"))).toEqual({ ok: true, value: undefined });
    expect(await tree.read("x.txt")).toBe("x");
  });
});

describe("removing and moving", () => {
  test("touch the names themselves, not what symlinks lead to", async () => {
    await using tree = await setUp();
    await symlink(tree.inside("outside/secret.txt"), tree.inside("tree/out"));
    expect(await tree.code(tree.files.remove("out"))).toBe("ok");
    expect(await readFile(tree.inside("outside/secret.txt"), "utf8")).toBe("secret");
    expect(await tree.code(tree.files.move("src/a.txt", "lib/b.txt"))).toBe("ok");
    expect(await tree.read("lib/b.txt")).toBe("a");
    expect(await tree.code(tree.files.remove("lib/b.txt"))).toBe("ok");
    await expect(lstat(tree.inside("tree/lib/b.txt"))).rejects.toThrow("ENOENT");
  });

  test("refuse what they must", async () => {
    await using tree = await setUp();
    await writeFile(tree.inside("tree/.git"), "gitdir: elsewhere");
    await writeFile(tree.inside("tree/b.txt"), "b");
    const { files, code } = tree;
    expect(await code(files.remove("src"))).toBe("not_a_file");
    expect(await code(files.remove("none"))).toBe("not_found");
    expect(await code(files.remove(".git"))).toBe("not_writable");
    expect(await code(files.remove("../outside/secret.txt"))).toBe("outside_worktree");
    expect(await code(files.move("src/a.txt", "b.txt"))).toBe("exists");
    expect(await code(files.move("src/a.txt", ".Git"))).toBe("not_writable");
    expect(await code(files.move(".git", "git"))).toBe("not_writable");
    expect(await code(files.move("src/a.txt", "../a.txt"))).toBe("outside_worktree");
    expect(await code(files.move("none", "c.txt"))).toBe("not_found");
    expect(await code(files.move("src", "lib"))).toBe("not_a_file");
    expect(await tree.read("b.txt")).toBe("b");
  });
});

test("no descriptor is left open", async () => {
  await using tree = await setUp();
  const open = async () => (await readdir("/proc/self/fd").catch(() => [])).length;
  const work = async () => {
    await tree.read("src/a.txt");
    await tree.read("src/missing");
    await tree.code(tree.files.write("d/e/f", bytes("x")));
    await tree.code(tree.files.write("src/a.txt/x", bytes("x")));
    await tree.code(tree.files.move("d/e/f", "d/e/g"));
    await tree.code(tree.files.move("d/e/g", ".git"));
    await tree.code(tree.files.remove("d/e/g"));
  };
  await work();
  const before = await open();
  for (let round = 0; round < 20; round += 1) await work();
  expect(await open()).toBeLessThanOrEqual(before);
});

test("a folder that turns into a symlink and back never lets anything out", async () => {
  await using tree = await setUp();
  await mkdir(tree.inside("tree/flip"));
  await writeFile(tree.inside("tree/flip/secret.txt"), "mine");
  await symlink(tree.inside("outside"), tree.inside("tree/sly"));
  // Exchanges the folder and the symlink as fast as it can, for as long as its input is open. Writing may make the
  // folder anew in between: then it goes out of the way.
  const script = `
    const { renameSync, rmSync } = require("node:fs");
    let on = true;
    process.stdin.on("end", () => { on = false; }).resume();
    console.log("started");
    const put = (from, to) => {
      for (let tries = 0; tries < 1_000; tries++) {
        try { return renameSync(from, to); } catch {}
        try { rmSync(to, { recursive: true, force: true }); } catch {}
      }
    };
    (function flip() {
      for (let i = 0; i < 200; i++) {
        put("flip", "held"); put("sly", "flip");
        put("flip", "sly"); put("held", "flip");
      }
      if (on) setImmediate(flip);
    })();`;
  const racer = spawn(process.execPath, ["-e", script], {
    cwd: tree.inside("tree"),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(racer, "exit");
  try {
    await once(racer.stdout, "data");
    const seen = new Set<string>();
    for (let round = 0; round < 400; round += 1) {
      const results = await Promise.all([
        tree.read("flip/secret.txt"),
        tree.code(tree.files.write("flip/secret.txt", bytes("mine"))),
        tree.code(tree.files.write(`flip/${round}.txt`, bytes("mine"))),
        tree.code(tree.files.move("src/a.txt", "flip/secret.txt")),
      ]);
      for (const result of results) seen.add(result);
    }
    // Whether the race was ever met is up to the machine; that it was never won is not.
    expect(seen).not.toContain("secret");
    expect(await readdir(tree.inside("outside"))).toEqual(["secret.txt"]);
    expect(await readFile(tree.inside("outside/secret.txt"), "utf8")).toBe("secret");
    racer.stdin.end();
    expect(await ended).toEqual([0, null]);
  } finally {
    racer.stdin.end();
    await ended;
  }
});
