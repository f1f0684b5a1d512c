import { rename, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { publish } from "./publish.ts";
import {
  commitAll,
  failureOf,
  gitIn,
  makeBench,
  makeRepository,
  valueOf,
  writeFiles,
} from "./testing/repositories.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { createSession } from "./create.ts";
import { inspectProject } from "./inspect.ts";

const MESSAGE = { message: "Add tests\n\nBy a session." };

describe("publish", () => {
  test("what the agent committed is the branch, and what it did not comes on top in the person's name", async () => {
    await using bench = await makeBench();
    const { session, project } = bench;
    await writeFiles(session.worktree, { "b.txt": "b\n" });
    const tip = await commitAll(session.worktree, "of the agent");
    const changes = { files: 1, added: 1, removed: 0 };
    const first = { branch: session.branch, commit: tip, changes, moved: true, nested: [], skipped: [] };
    expect(valueOf(await publish(session, MESSAGE))).toEqual(first);
    expect(valueOf(await publish(session, MESSAGE))).toEqual({ ...first, moved: false });

    await writeFiles(session.worktree, { "c.txt": "c\nc\n" });
    const second = valueOf(await publish(session, MESSAGE));
    expect(second.changes).toEqual({ files: 2, added: 3, removed: 0 });
    expect(valueOf(await publish(session, MESSAGE))).toEqual({ ...second, moved: false });
    expect(await gitIn(project.root, "log", "--format=%s by %an", "main..oriel/add-tests")).toBe(
      "Add tests by Ada\nof the agent by Ada",
    );
    expect(await gitIn(project.root, "show", "oriel/add-tests:c.txt")).toBe("c\nc");
    expect(await gitIn(session.worktree, "status", "--porcelain")).toBe("?? c.txt");

    // The agent commits the same itself: the branch is the agent's again.
    const own = await commitAll(session.worktree, "of the agent too");
    expect(valueOf(await publish(session, MESSAGE)).commit).toBe(own);
    await gitIn(project.root, "fsck", "--strict");
  });

  test("follows an agent that stashes, branches, rebases on what the person did, and amends", async () => {
    await using bench = await makeBench();
    const { session, project } = bench;
    const work = session.worktree;
    await writeFiles(work, { "b.txt": "b\n" });
    await gitIn(work, "stash", "-q", "-u");
    expect(valueOf(await publish(session, MESSAGE)).moved).toBe(false);
    await gitIn(work, "stash", "pop", "-q");
    await commitAll(work, "b");
    await publish(session, MESSAGE);

    await writeFiles(project.root, { "person.txt": "p\n" });
    const person = await commitAll(project.root, "of the person");
    await gitIn(work, "fetch", "-q");
    await gitIn(work, "rebase", "-q", "origin/main");
    const rebased = await gitIn(work, "rev-parse", "HEAD");
    expect(valueOf(await publish(session, MESSAGE))).toMatchObject({ commit: rebased, moved: true });
    expect(await gitIn(project.root, "rev-parse", "oriel/add-tests^")).toBe(person);

    await gitIn(work, "checkout", "-q", "-b", "try/again");
    await gitIn(work, "commit", "-q", "--amend", "-m", "amended");
    await gitIn(work, "gc", "-q");
    valueOf(await publish(session, MESSAGE));
    expect(await gitIn(project.root, "log", "-1", "--format=%s", "oriel/add-tests")).toBe("amended");
  });

  test("many objects come as one pack, checked like few", async () => {
    await using bench = await makeBench();
    const { session, project } = bench;
    const many = Array.from({ length: 150 }, (_, n) => [`many/${n}.txt`, `${n}\n`] as const);
    await writeFiles(session.worktree, Object.fromEntries(many));
    expect(valueOf(await publish(session, MESSAGE)).changes).toEqual({ files: 150, added: 150, removed: 0 });
    await gitIn(project.root, "fsck", "--strict");
  });

  test("a submodule that the agent committed is in the branch; a repository that just lies there is not", async () => {
    await using bench = await makeBench();
    const { session, project } = bench;
    const inner = await makeRepository(path.join(session.worktree, "in ner"));
    await gitIn(session.worktree, "-c", "advice.addEmbeddedRepo=false", "add", "in ner");
    await gitIn(session.worktree, "commit", "-q", "-m", "submodule");
    await makeRepository(path.join(session.worktree, "loose"));
    await writeFiles(session.worktree, { "b.txt": "b\n" });
    const published = valueOf(await publish(session, MESSAGE));
    expect(published.nested).toEqual(["in ner", "loose"]);
    const commit = await gitIn(inner, "rev-parse", "HEAD");
    expect(await gitIn(project.root, "ls-tree", "oriel/add-tests", "in ner", "loose")).toBe(
      `160000 commit ${commit}\tin ner`,
    );
  });

  test("leaves a branch alone that the person moved or checked out, and makes a deleted one again", async () => {
    await using bench = await makeBench();
    const { session, project } = bench;
    await writeFiles(session.worktree, { "b.txt": "b\n" });
    await gitIn(project.root, "checkout", "-q", session.branch);
    expect(failureOf(await publish(session, MESSAGE))).toMatchObject({
      code: "branch_checked_out",
      message: `oriel/add-tests is checked out in ${project.root}, so Oriel did not move it.`,
    });
    const theirs = await commitAll(project.root, "of the person");
    await gitIn(project.root, "checkout", "-q", "main");
    expect(failureOf(await publish(session, MESSAGE)).code).toBe("branch_diverged");
    expect(await gitIn(project.root, "rev-parse", session.branch)).toBe(theirs);
    await gitIn(project.root, "branch", "-D", session.branch);
    expect(valueOf(await publish(session, MESSAGE))).toMatchObject({ branch: session.branch, moved: true });
  });

  test("says so when the project was moved away, and goes on when it is back", async () => {
    await using bench = await makeBench();
    const { session, project } = bench;
    await writeFiles(session.worktree, { "b.txt": "b\n" });
    await rename(project.root, `${project.root}.away`);
    expect(failureOf(await publish(session, MESSAGE)).code).toBe("project_missing");
    await rename(`${project.root}.away`, project.root);
    expect(valueOf(await publish(session, MESSAGE)).moved).toBe(true);
  });

  test.for([
    ["a shallow clone", ["--depth=1"]],
    ["a partial clone that has the files", ["--filter=blob:none"]],
    ["a bare repository", ["--bare"]],
  ] as const)("works in %s", async ([, how]) => {
    await using dir = await tempDir();
    const origin = await makeRepository(path.join(dir.path, "origin"));
    await writeFiles(origin, { "b.txt": "b\n" });
    await commitAll(origin, "two");
    await gitIn(origin, "config", "uploadpack.allowFilter", "true");
    await gitIn(dir.path, "clone", "-q", ...how, `file://${origin}`, "clone");
    const project = valueOf(await inspectProject(path.join(dir.path, "clone")));
    const request = { dataDir: path.join(dir.path, "data"), project, session: "s", slug: "x" };
    const session = valueOf(await createSession(request));
    await writeFiles(session.worktree, { "c.txt": "c\n" });
    await commitAll(session.worktree, "of the agent");
    await writeFile(path.join(session.worktree, "d.txt"), "d\n");
    expect(valueOf(await publish(session, MESSAGE)).changes).toEqual({ files: 2, added: 2, removed: 0 });
    expect(await gitIn(project.root, "show", "oriel/x:d.txt")).toBe("d");
  });

  test("says why not where a partial clone lacks the files", async () => {
    await using dir = await tempDir();
    const origin = await makeRepository(path.join(dir.path, "origin"));
    await gitIn(origin, "config", "uploadpack.allowFilter", "true");
    await gitIn(dir.path, "clone", "-q", "--no-checkout", "--filter=blob:none", `file://${origin}`, "clone");
    const project = valueOf(await inspectProject(path.join(dir.path, "clone")));
    const request = { dataDir: path.join(dir.path, "data"), project, session: "s", slug: "x" };
    expect(failureOf(await createSession(request)).code).toBe("objects_missing");
    await gitIn(project.root, "checkout", "-q", "main");
    expect(valueOf(await createSession(request)).branch).toBe("oriel/x");
  });
});
