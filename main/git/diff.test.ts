import { execFileSync } from "node:child_process";
import { chmod, mkdir, rename, rm, symlink, unlink, writeFile, readdir } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { checkpoint } from "./checkpoint.ts";
import { diffSession, patchSession } from "./diff.ts";
import {
  commitAll,
  failureOf,
  gitIn,
  makeBench,
  makeRepository,
  valueOf,
  writeFiles,
} from "./testing/repositories.ts";

const LINES = Array.from({ length: 30 }, (_, line) => `line ${line}\n`).join("");

describe("diffSession", () => {
  test("what changed since the base: tracked, untracked, committed and not; nothing ignored", async () => {
    await using bench = await makeBench({
      "a.txt": "one\ntwo\n",
      "big/old.txt": LINES,
      "bin.dat": "x",
      "gone.txt": "1\n2\n",
      "kind.txt": "file\n",
      "run.sh": "echo\n",
      ".gitignore": "ignored\n",
    });
    const { session } = bench;
    const at = (name: string) => path.join(session.worktree, name);
    await writeFiles(session.worktree, {
      "a.txt": "one\nTWO\nthree\n",
      "bin.dat": "a\0b",
      "ünï code\n.txt": "new\n",
      ignored: "no\n",
    });
    await commitAll(session.worktree, "of the agent");
    await unlink(at("gone.txt"));
    await unlink(at("kind.txt"));
    await symlink("/etc/passwd", at("kind.txt"));
    await chmod(at("run.sh"), 0o755);
    await rename(at("big/old.txt"), at("big/new.txt"));
    await writeFiles(session.worktree, { "untracked/deep/file.txt": "x\ny\n" });

    const file = (path: string, status: string, added: number, removed: number, more: object = {}) => ({
      path,
      status,
      added,
      removed,
      binary: false,
      ...more,
    });
    const expected = {
      base: session.base.commit,
      files: [
        file("a.txt", "modified", 2, 1),
        file("big/new.txt", "renamed", 0, 0, { oldPath: "big/old.txt" }),
        file("bin.dat", "modified", 0, 0, { binary: true }),
        file("gone.txt", "deleted", 0, 2),
        file("kind.txt", "type_changed", 1, 1),
        file("run.sh", "modified", 0, 0),
        file("untracked/deep/file.txt", "added", 2, 0),
        file("ünï code\n.txt", "added", 1, 0),
      ],
      total: { files: 8, added: 6, removed: 4 },
      nested: [],
      skipped: [],
    };
    expect(valueOf(await diffSession(session))).toEqual(expected);
    expect(valueOf(await diffSession(session))).toEqual(expected);
    // The agent's own index is not touched.
    expect(await gitIn(session.worktree, "diff", "--cached", "--name-only")).toBe("");
  });

  test("follows what comes and goes between two looks", async () => {
    await using bench = await makeBench({ "dir/a.txt": "a\n", "b.txt": "b\n" });
    const { session } = bench;
    const at = (name: string) => path.join(session.worktree, name);
    const files = async () =>
      valueOf(await diffSession(session)).files.map(({ path, status }) => `${status} ${path}`);
    expect(await files()).toEqual([]);
    await rm(at("dir"), { recursive: true });
    await symlink("/etc", at("dir"));
    await rm(at("b.txt"));
    await writeFiles(session.worktree, { "b.txt/inner": "1\n" });
    expect(await files()).toEqual(["deleted b.txt", "added b.txt/inner", "added dir", "deleted dir/a.txt"]);
    await rm(at("dir"));
    await rm(at("b.txt"), { recursive: true });
    await writeFiles(session.worktree, { "dir/a.txt": "a\n", "b.txt": "b\n" });
    expect(await files()).toEqual([]);
  });

  test("pipes, nested repositories, forbidden names and bytes that are no text do not stop it", async () => {
    await using bench = await makeBench({ "a.txt": "a\n", "b.txt": "b\n" });
    const { session } = bench;
    const at = (name: string) => path.join(session.worktree, name);
    await makeRepository(at("vendor/nested"));
    await mkdir(at("fresh"));
    await gitIn(at("fresh"), "init", "-q");
    await unlink(at("a.txt"));
    execFileSync("mkfifo", [at("a.txt"), at("pipe")]);
    await writeFiles(session.worktree, { "git~1": "x", "b.txt": "c\n" });
    await writeFile(Buffer.concat([Buffer.from(`${session.worktree}/latin-`), Buffer.from([0xe4])]), "x\n");
    const diff = valueOf(await diffSession(session));
    expect(diff.files.map(({ path, status }) => `${status} ${path}`)).toEqual([
      "deleted a.txt",
      "modified b.txt",
      "added latin-\uFFFD",
    ]);
    expect(diff.nested).toEqual(["fresh", "vendor/nested"]);
    expect(diff.skipped).toEqual(["git~1"]);
  });

  test("a file that git can't take in is named, and the rest is there", async () => {
    await using bench = await makeBench();
    const { session } = bench;
    await writeFiles(session.worktree, {
      ".gitattributes": "*.u16 working-tree-encoding=UTF-16\n",
      "bad.u16": "odd",
      "good.txt": "x\n",
    });
    const diff = valueOf(await diffSession(session));
    expect(diff.files.map(({ path }) => path)).toEqual([".gitattributes", "good.txt"]);
    expect(diff.skipped).toEqual(["bad.u16"]);
  });

  test("says so when the worktree is gone", async () => {
    await using bench = await makeBench();
    await rm(bench.session.worktree, { recursive: true });
    expect(failureOf(await diffSession(bench.session)).code).toBe("worktree_missing");
    await symlink("/etc", bench.session.worktree);
    expect(failureOf(await diffSession(bench.session)).code).toBe("worktree_missing");
  });

  test("a lock that a killed host left does not stop it", async () => {
    await using bench = await makeBench();
    await writeFile(path.join(bench.session.hostDir, "index.lock"), "");
    await writeFiles(bench.session.worktree, { "x.txt": "x\n" });
    expect(valueOf(await diffSession(bench.session)).total).toEqual({ files: 1, added: 1, removed: 0 });
  });

  test("a git of a killed host that goes on does not touch its index", async () => {
    await using bench = await makeBench();
    const { session } = bench;
    await writeFiles(session.worktree, { "x.txt": "x\n" });
    const look = async () => valueOf(await diffSession(session)).total;
    const sum = { files: 1, added: 1, removed: 0 };
    expect(await look()).toEqual(sum);
    const [own = ""] = (await readdir(session.hostDir)).filter((name) => name.startsWith("index"));
    const ofKilled = path.join(session.hostDir, "index-00000000");
    await rename(path.join(session.hostDir, own), ofKilled);
    await writeFile(`${ofKilled}.lock`, "half of an index");
    expect(await look()).toEqual(sum);
    // It ends: its lock becomes its index, wherever it was.
    await writeFile(ofKilled, "half of an index");
    await writeFiles(session.worktree, { "y.txt": "y\n" });
    expect(await look()).toEqual({ files: 2, added: 2, removed: 0 });
    expect((await readdir(session.hostDir)).filter((name) => name.startsWith("index"))).toEqual([own]);
  });
});

describe("patchSession", () => {
  test("gives the text of the files that are asked for, cut where it is too long", async () => {
    await using bench = await makeBench({ "a.txt": "a\n", "*.txt": "star\n" });
    const { session } = bench;
    await writeFiles(session.worktree, { "a.txt": "b\n", "*.txt": "moon\n" });
    const whole = valueOf(await patchSession(session, { paths: ["*.txt"], maxBytes: 10_000 }));
    expect(whole.text.split("\n").slice(2)).toEqual([
      "--- a/*.txt",
      "+++ b/*.txt",
      "@@ -1 +1 @@",
      "-star",
      "+moon",
      "",
    ]);
    expect(whole.truncated).toBe(false);
    const cut = valueOf(await patchSession(session, { paths: ["*.txt"], maxBytes: 30 }));
    expect(cut).toEqual({ text: "diff --git a/*.txt b/*.txt\n", truncated: true });
  });
});

describe("checkpoint", () => {
  test("keeps tracked and untracked files under a ref of the host, and names their tree", async () => {
    await using bench = await makeBench();
    const { session } = bench;
    await writeFiles(session.worktree, { "new.txt": "x\n" });
    const first = valueOf(await checkpoint(session, "turn_1"));
    expect(first.ref).toBe("refs/oriel/checkpoints/ses_one/turn_1");
    expect(await gitIn(session.hostDir, "rev-parse", first.ref, `${first.ref}^{tree}`, `${first.ref}^`)).toBe(
      [first.commit, first.tree, session.base.commit].join("\n"),
    );
    expect(await gitIn(session.hostDir, "show", `${first.commit}:new.txt`)).toBe("x");
    const second = valueOf(await checkpoint(session, "turn_2", first.commit));
    expect(second).toMatchObject({ tree: first.tree, changed: { files: [] } });
    expect(await gitIn(session.worktree, "status", "--porcelain")).toBe("?? new.txt");
  });

  test("names the net of what differs from the one before, and of many files the first", async () => {
    await using bench = await makeBench();
    const { session } = bench;
    const added = (path: string, lines: number) =>
      ({ path, status: "added", added: lines, removed: 0, binary: false }) as const;
    await writeFiles(session.worktree, { "a.txt": "ONE\n", "new.txt": "x\n" });
    const first = valueOf(await checkpoint(session, "turn_1"));
    expect(first.changed).toEqual({
      files: [
        { path: "a.txt", status: "modified", added: 1, removed: 3, binary: false },
        added("new.txt", 1),
      ],
      total: { files: 2, added: 2, removed: 3 },
    });
    const many = Array.from({ length: 150 }, (_, n) => `many/${1000 + n}`);
    await writeFiles(session.worktree, Object.fromEntries(many.map((name) => [name, `${name}\n`])));
    await writeFiles(session.worktree, { "new.txt": "x\n" });
    await unlink(path.join(session.worktree, "a.txt"));
    const second = valueOf(await checkpoint(session, "turn_2", first.commit));
    expect(second.changed).toEqual({
      files: [
        { path: "a.txt", status: "deleted", added: 0, removed: 1, binary: false },
        ...many.slice(0, 99).map((name) => added(name, 1)),
      ],
      total: { files: 151, added: 150, removed: 1 },
    });
  });
});
