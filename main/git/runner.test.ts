import { execFileSync } from "node:child_process";
import { rm } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test, vi } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { configText, parseConfig } from "./config-file.ts";
import { diffSession } from "./diff.ts";
import { git, GitError, gitText } from "./runner.ts";
import { makeBench, makeRepository, valueOf } from "./testing/repositories.ts";

describe("git", () => {
  test("an exit that was not declared throws with the arguments and what git said", async () => {
    await using dir = await tempDir();
    const root = await makeRepository(path.join(dir.path, "p"));
    const call = { repository: path.join(root, ".git") };
    const error = await git(["rev-parse", "--verify", "nowhere"], call).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(GitError);
    expect(error).toMatchObject({
      args: ["rev-parse", "--verify", "nowhere"],
      exit: 128,
      message: "git rev-parse --verify nowhere: exit 128\nfatal: Needed a single revision",
    });
    expect((await git(["rev-parse", "-q", "--verify", "nowhere"], { ...call, exits: [1] })).exit).toBe(1);
  });

  test("cuts an output that is too long, and says so", async () => {
    await using dir = await tempDir();
    const root = await makeRepository(path.join(dir.path, "p"), { "a.txt": "0123456789".repeat(100_000) });
    const output = await git(["cat-file", "blob", "HEAD:a.txt"], {
      repository: path.join(root, ".git"),
      maxBytes: 15,
    });
    expect([output.stdout.toString(), output.truncated]).toEqual(["012345678901234", true]);
  });

  test("does not take the environment's word for where the repository is, nor its settings", async () => {
    await using dir = await tempDir();
    const root = await makeRepository(path.join(dir.path, "p"));
    vi.stubEnv("GIT_DIR", "/nowhere");
    vi.stubEnv("GIT_INDEX_FILE", "/nowhere");
    vi.stubEnv("GIT_CONFIG_PARAMETERS", "'core.hooksPath=/evil'");
    try {
      const call = { repository: path.join(root, ".git"), workTree: root };
      expect(await gitText(["ls-files"], call)).toBe("a.txt");
      expect(await gitText(["config", "core.hooksPath"], call)).toBe("/dev/null");
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("a folder that is gone is told from a git that is gone", async () => {
    await using dir = await tempDir();
    const gone = path.join(dir.path, "gone");
    await expect(git(["status"], { repository: null, cwd: gone })).rejects.toBeInstanceOf(GitError);
    vi.stubEnv("PATH", dir.path);
    try {
      await expect(git(["status"], { repository: null, cwd: dir.path })).rejects.toMatchObject({
        failure: { code: "git_missing" },
      });
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test("a git that waits for ever ends with the signal, or with its time", async () => {
    await using bench = await makeBench();
    const { session } = bench;
    const pipe = path.join(session.worktree, ".gitignore");
    execFileSync("mkfifo", [pipe]);
    const stop = new AbortController();
    const waiting = diffSession(session, stop.signal);
    stop.abort(new Error("stopped"));
    await expect(waiting).rejects.toThrow("stopped");
    const call = { repository: session.hostDir, workTree: session.worktree, timeoutMs: 50 };
    await expect(git(["ls-files", "--others", "--exclude-standard"], call)).rejects.toThrow(
      "did not end in time",
    );
    await rm(pipe);
    expect(valueOf(await diffSession(session)).files).toEqual([]);
  });
});

test("a configuration file says what it was given, whatever is in it", async () => {
  await using dir = await tempDir();
  const root = await makeRepository(path.join(dir.path, "p"));
  const entries = [
    ["core.worktree", 'a "b"\n\\c\t#; d '],
    ['remote.we.ird "one\\.url', "x"],
  ] as const;
  const file = path.join(dir.path, "config");
  execFileSync("tee", [file], { input: configText(entries) });
  const listed = await git(["config", "--file", file, "--list", "-z"], {
    repository: path.join(root, ".git"),
  });
  expect([...parseConfig(listed.stdout)]).toEqual(entries);
});
