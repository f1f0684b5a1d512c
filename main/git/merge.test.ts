import { readFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { merge } from "./merge.ts";
import type { MergeRequest } from "./merge.ts";
import { publish } from "./publish.ts";
import type { Bench } from "./testing/repositories.ts";
import { commitAll, failureOf, gitIn, makeBench, valueOf, writeFiles } from "./testing/repositories.ts";

const INTO: MergeRequest = { into: "main", how: "squash", message: "Take it\n" };

async function publishedBench(files: Record<string, string>): Promise<Bench> {
  const bench = await makeBench();
  await writeFiles(bench.session.worktree, files);
  valueOf(await publish(bench.session, { message: "work" }));
  return bench;
}

const parentsOf = async (folder: string, commit: string) =>
  (await gitIn(folder, "log", "-1", "--format=%P", commit)).split(" ");

describe("merge", () => {
  test("squash: one commit on the branch, and the clean checkout goes along", async () => {
    await using bench = await publishedBench({ "b.txt": "b\n", "a.txt": "changed\n" });
    const { session, project } = bench;
    await writeFiles(project.root, { "untracked.txt": "mine\n", "c.txt": "c\n" });
    await gitIn(project.root, "add", "c.txt");
    await gitIn(project.root, "commit", "-q", "-m", "of the person");
    const before = await gitIn(project.root, "rev-parse", "main");
    const merged = valueOf(await merge(session, INTO));
    expect(merged).toEqual({
      into: "main",
      commit: merged.commit,
      how: "squash",
      checkout: "advanced",
      leftAlone: [],
    });
    expect(await gitIn(project.root, "rev-parse", "HEAD")).toBe(merged.commit);
    expect(await parentsOf(project.root, merged.commit)).toEqual([before]);
    expect(await gitIn(project.root, "status", "--porcelain")).toBe("?? untracked.txt");
    expect(await readFile(path.join(project.root, "a.txt"), "utf8")).toBe("changed\n");
    expect(failureOf(await merge(session, INTO)).code).toBe("nothing_to_merge");
    await gitIn(project.root, "fsck", "--strict");
  });

  test("merge: a commit with two parents; a branch that is not checked out just moves", async () => {
    await using bench = await publishedBench({ "b.txt": "b\n" });
    const { session, project } = bench;
    await gitIn(project.root, "checkout", "-q", "-b", "other");
    const merged = valueOf(await merge(session, { ...INTO, how: "merge" }));
    expect(merged.checkout).toBe("not_checked_out");
    const branch = await gitIn(project.root, "rev-parse", session.branch);
    expect(await parentsOf(project.root, "main")).toEqual([project.commit, branch]);
    expect(await gitIn(project.root, "status", "--porcelain", "--branch")).toBe("## other");
    expect(failureOf(await merge(session, { ...INTO, how: "merge" })).code).toBe("nothing_to_merge");
  });

  test("a dirty checkout is left alone and told, in whatever worktree it is; the hint brings it along", async () => {
    await using bench = await publishedBench({ "b.txt": "b\n" });
    const { session, project } = bench;
    const linked = path.join(bench.path, "linked");
    await gitIn(project.root, "checkout", "-q", "-b", "other");
    await gitIn(project.root, "worktree", "add", "-q", linked, "main");
    await writeFiles(linked, { "a.txt": "mine\n" });
    const merged = valueOf(await merge(session, INTO));
    expect(merged.checkout).toBe("dirty");
    expect(merged.leftAlone.map(({ folder }) => folder)).toEqual([linked]);
    expect(await readFile(path.join(linked, "a.txt"), "utf8")).toBe("mine\n");
    const command = merged.leftAlone[0]?.hint.split(": git ")[1]?.split(" ") ?? [];
    await gitIn(linked, ...command);
    expect(await gitIn(linked, "status", "--porcelain")).toBe(" M a.txt");
    expect(await readFile(path.join(linked, "b.txt"), "utf8")).toBe("b\n");
  });

  test("an untracked file of the person's is never overwritten", async () => {
    await using bench = await publishedBench({ "b.txt": "b\n", "deep/c.txt": "c\n" });
    const { session, project } = bench;
    await writeFiles(project.root, { "b.txt": "the person's\n" });
    expect(valueOf(await merge(session, INTO)).checkout).toBe("dirty");
    expect(await readFile(path.join(project.root, "b.txt"), "utf8")).toBe("the person's\n");
  });

  test("a merge that the person has half done counts as dirty", async () => {
    await using bench = await publishedBench({ "b.txt": "b\n" });
    const { session, project } = bench;
    await gitIn(project.root, "checkout", "-q", "-b", "other");
    await gitIn(project.root, "commit", "-q", "--allow-empty", "-m", "x");
    await gitIn(project.root, "checkout", "-q", "main");
    await gitIn(project.root, "commit", "-q", "--allow-empty", "-m", "y");
    await gitIn(project.root, "merge", "-q", "--no-commit", "other");
    expect(valueOf(await merge(session, INTO)).checkout).toBe("dirty");
  });

  test("a conflict names its files and changes nothing", async () => {
    await using bench = await publishedBench({ "a.txt": "theirs\n", "new.txt": "1\n" });
    const { session, project } = bench;
    await writeFiles(project.root, { "a.txt": "mine\n", "new.txt": "2\n" });
    const before = await commitAll(project.root, "of the person");
    expect(failureOf(await merge(session, INTO))).toEqual({
      code: "conflict",
      message: "oriel/add-tests and main both changed 2 files in ways that don't fit together.",
      kept: "Both branches are as they were, and so is your checkout.",
      hint: "Ask the agent to bring in main and resolve it: git fetch && git rebase origin/main",
      details: expect.stringContaining("CONFLICT (content): Merge conflict in a.txt"),
      files: ["a.txt", "new.txt"],
    });
    expect(await gitIn(project.root, "rev-parse", "HEAD")).toBe(before);
    expect(await gitIn(project.root, "status", "--porcelain")).toBe("");
  });

  test("says why not: nothing published, no such branch, another history", async () => {
    await using bench = await makeBench();
    const { session } = bench;
    expect(failureOf(await merge(session, INTO)).code).toBe("not_published");
    await gitIn(session.worktree, "checkout", "-q", "--orphan", "fresh");
    await commitAll(session.worktree, "another history");
    valueOf(await publish(session, { message: "work" }));
    expect(failureOf(await merge(session, { ...INTO, into: "gone" })).code).toBe("base_gone");
    expect(failureOf(await merge(session, INTO)).code).toBe("unrelated_histories");
  });

  test("two sessions merged at once both arrive", async () => {
    await using bench = await publishedBench({ "b.txt": "b\n" });
    const { session, project } = bench;
    const other = await bench.newSession("ses_two");
    await writeFiles(other.worktree, { "c.txt": "c\n" });
    valueOf(await publish(other, { message: "work" }));
    const merged = await Promise.all([merge(session, INTO), merge(other, INTO)]);
    expect(merged.map((result) => valueOf(result).checkout)).toEqual(["advanced", "advanced"]);
    expect(await gitIn(project.root, "ls-files")).toBe("a.txt\nb.txt\nc.txt");
    expect(await gitIn(project.root, "status", "--porcelain")).toBe("");
  });
});
