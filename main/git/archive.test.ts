import { chmod, mkdir, readdir, rename, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { archive, purge, restore } from "./archive.ts";
import { diffSession } from "./diff.ts";
import { publish } from "./publish.ts";
import { openSession } from "./session-git.ts";
import {
  failureOf,
  fingerprint,
  gitIn,
  makeBench,
  makeRepository,
  valueOf,
  writeFiles,
} from "./testing/repositories.ts";

async function benchWithEverything() {
  const bench = await makeBench({ "a.txt": "a\n", ".gitignore": "ignored\n" });
  const { worktree } = bench.session;
  await writeFiles(worktree, { "untracked.txt": "u\n", ignored: "i\n", "run.sh": "#!/bin/sh\n" });
  await chmod(path.join(worktree, "run.sh"), 0o755);
  await symlink("/nowhere", path.join(worktree, "link"));
  await mkdir(path.join(worktree, "empty"));
  await makeRepository(path.join(worktree, "nested"));
  await writeFiles(worktree, { "nested/uncommitted.txt": "n\n" });
  return bench;
}

describe("archive and restore", () => {
  test("bring back every byte", async () => {
    await using bench = await benchWithEverything();
    const { session, dataDir, project } = bench;
    valueOf(await publish(session, { message: "work" }));
    const before = await fingerprint(dataDir);
    expect(valueOf(await archive(dataDir, session.session))).toEqual({ trash: "trash/ses_one" });
    expect(failureOf(await openSession(dataDir, session.session)).code).toBe("session_missing");
    expect(await readdir(path.join(dataDir, "worktrees"))).toEqual([]);
    expect(await gitIn(project.root, "rev-parse", "refs/oriel/archived/ses_one")).toBe(
      await gitIn(project.root, "rev-parse", session.branch),
    );
    expect(valueOf(await restore(dataDir, session.session))).toEqual(session);
    const after = await fingerprint(dataDir);
    delete after["trash"];
    expect(after).toEqual(before);
    expect(valueOf(await diffSession(session)).nested).toEqual(["nested"]);
  });

  test("cut short between the two renames, either call ends it", async () => {
    await using bench = await benchWithEverything();
    const { session, dataDir } = bench;
    const before = await fingerprint(session.worktree);
    const half = async () => {
      await mkdir(session.places.trash, { recursive: true });
      await rename(session.places.worktree, path.join(session.places.trash, "worktree"));
    };
    await half();
    valueOf(await restore(dataDir, session.session));
    expect(await fingerprint(session.worktree)).toEqual(before);
    await half();
    valueOf(await archive(dataDir, session.session));
    valueOf(await archive(dataDir, session.session));
    // And the other way: the worktree is back already, its repository not yet.
    await rename(path.join(session.places.trash, "worktree"), session.places.worktree);
    valueOf(await restore(dataDir, session.session));
    expect(await fingerprint(session.worktree)).toEqual(before);
  });

  test("never moves onto something that is there", async () => {
    await using bench = await makeBench();
    const { session, dataDir } = bench;
    valueOf(await archive(dataDir, session.session));
    await writeFiles(session.places.worktree, { "something.txt": "x" });
    expect(failureOf(await restore(dataDir, session.session)).code).toBe("place_taken");
  });

  test("says so when there is no such session", async () => {
    await using bench = await makeBench();
    expect(failureOf(await archive(bench.dataDir, "ses_none")).code).toBe("session_missing");
    expect(failureOf(await restore(bench.dataDir, "ses_none")).code).toBe("session_missing");
    expect(failureOf(await purge(bench.dataDir, "ses_none")).code).toBe("session_missing");
    expect(failureOf(await purge(bench.dataDir, bench.session.session)).code).toBe("still_there");
  });
});

describe("purge", () => {
  test("removes an archived session, its refs, and a branch on which nothing was published", async () => {
    await using bench = await benchWithEverything();
    const { session, dataDir, project } = bench;
    await writeFile(path.join(bench.path, "outside.txt"), "stays");
    await symlink(bench.path, path.join(session.worktree, "out"));
    await chmod(path.join(session.worktree, "empty"), 0o500);
    valueOf(await archive(dataDir, session.session));
    valueOf(await purge(dataDir, session.session));
    expect(await readdir(path.join(dataDir, "trash"))).toEqual([]);
    expect(await gitIn(project.root, "for-each-ref", "--format=%(refname)")).toBe("refs/heads/main");
    expect(await readdir(bench.path)).toEqual(["data", "outside.txt", "project"]);
  });

  test("keeps a branch that holds work", async () => {
    await using bench = await benchWithEverything();
    const { session, dataDir, project } = bench;
    valueOf(await publish(session, { message: "work" }));
    valueOf(await archive(dataDir, session.session));
    valueOf(await purge(dataDir, session.session));
    expect(await gitIn(project.root, "for-each-ref", "--format=%(refname)")).toBe(
      "refs/heads/main\nrefs/heads/oriel/add-tests",
    );
  });
});
