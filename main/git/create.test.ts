import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { createSession } from "./create.ts";
import { inspectProject } from "./inspect.ts";
import { openSession, writablePaths } from "./session-git.ts";
import {
  commitAll,
  failureOf,
  fingerprint,
  gitIn,
  makeBench,
  makeRepository,
  valueOf,
} from "./testing/repositories.ts";

describe("createSession", () => {
  test("makes a worktree on its own branch, which the person's repository knows, and leaves the checkout alone", async () => {
    await using dir = await tempDir();
    const root = await makeRepository(path.join(dir.path, "project"));
    const project = valueOf(await inspectProject(root));
    const before = await fingerprint(root, [".git/refs"]);
    const dataDir = path.join(dir.path, "data");
    const session = valueOf(await createSession({ dataDir, project, session: "ses_1", slug: "add-tests" }));

    expect(session).toEqual({
      session: "ses_1",
      project: { root, gitDir: `${root}/.git`, commonDir: `${root}/.git`, objectFormat: "sha1" },
      base: { branch: "main", commit: project.commit },
      branch: "oriel/add-tests",
      worktree: `${dataDir}/worktrees/ses_1/add-tests`,
      agentDir: `${dataDir}/git/ses_1/agent`,
      hostDir: `${dataDir}/git/ses_1/host`,
      places: {
        worktree: `${dataDir}/worktrees/ses_1`,
        git: `${dataDir}/git/ses_1`,
        trash: `${dataDir}/trash/ses_1`,
      },
    });
    expect(writablePaths(session)).toEqual([session.worktree, session.agentDir]);
    expect(valueOf(await openSession(dataDir, "ses_1"))).toEqual(session);
    expect(await gitIn(session.worktree, "status", "--porcelain", "--branch")).toBe("## oriel/add-tests");
    expect(await readFile(path.join(session.worktree, "a.txt"), "utf8")).toBe("one\ntwo\nthree\n");
    expect(await gitIn(root, "for-each-ref", "--format=%(refname) %(objectname)")).toBe(
      [
        "refs/heads/main",
        "refs/heads/oriel/add-tests",
        "refs/oriel/base/ses_1",
        "refs/oriel/branch/ses_1/add-tests",
      ]
        .map((ref) => `${ref} ${project.commit}`)
        .join("\n"),
    );
    expect(await fingerprint(root, [".git/refs"])).toEqual(
      // The new branch gets a reflog, as any branch does.
      {
        ...before,
        ...(await only(root, [".git/logs/refs/heads/oriel", ".git/logs/refs/heads/oriel/add-tests"])),
      },
    );
  });

  test("gives each session a branch of its own, also when they start at once", async () => {
    await using bench = await makeBench();
    await gitIn(bench.project.root, "branch", "oriel/add-tests-2");
    const more = await Promise.all(["ses_a", "ses_b", "ses_c"].map((id) => bench.newSession(id)));
    expect(more.map(({ branch }) => branch).toSorted()).toEqual([
      "oriel/add-tests-3",
      "oriel/add-tests-4",
      "oriel/add-tests-5",
    ]);
  });

  test("asked again it gives the same session, and completes one that was cut short", async () => {
    await using bench = await makeBench();
    const { session, dataDir } = bench;
    await writeFile(path.join(session.worktree, "b.txt"), "work");
    expect(await bench.newSession("ses_one")).toEqual(session);
    expect(await readFile(path.join(session.worktree, "b.txt"), "utf8")).toBe("work");

    // Killed before its last step: the record is not there, and anything may be half there.
    await rm(path.join(dataDir, "git/ses_one/session.json"));
    await rm(path.join(session.agentDir, "HEAD"));
    expect(await bench.newSession("ses_one")).toEqual(session);
    expect(await gitIn(session.worktree, "status", "--porcelain", "--branch")).toBe("## oriel/add-tests");
    expect(await gitIn(bench.project.root, "branch", "--list", "oriel/*", "--format=%(refname:short)")).toBe(
      "oriel/add-tests",
    );
  });

  test("starts from a branch that is named, and says so when there is none", async () => {
    await using bench = await makeBench();
    const { project, dataDir } = bench;
    await gitIn(project.root, "checkout", "-q", "-b", "next");
    const commit = await commitAll(project.root, "more");
    await gitIn(project.root, "checkout", "-q", "main");
    const request = { dataDir, project, session: "ses_2", slug: "x" };
    expect(valueOf(await createSession({ ...request, base: "next" })).base).toEqual({
      branch: "next",
      commit,
    });
    expect(
      valueOf(await createSession({ ...request, session: "ses_4", base: "next", commit: project.commit }))
        .base,
    ).toEqual({
      branch: "next",
      commit: project.commit,
    });
    expect(
      failureOf(await createSession({ ...request, session: "ses_5", commit: "ab".repeat(20) })).code,
    ).toBe("base_missing");
    expect(failureOf(await createSession({ ...request, session: "ses_3", base: "gone" }))).toEqual({
      code: "base_missing",
      message: "The repository has no branch “gone”.",
      hint: "Name a branch that `git branch` lists.",
    });
  });

  test("says why where no branch oriel/… can be made", async () => {
    await using dir = await tempDir();
    const project = valueOf(await inspectProject(await makeRepository(path.join(dir.path, "project"))));
    await gitIn(project.root, "branch", "oriel");
    const failed = await createSession({
      dataDir: path.join(dir.path, "data"),
      project,
      session: "s",
      slug: "x",
    });
    expect(failureOf(failed).code).toBe("branch_blocked");
  });

  test("says so when the project was moved away", async () => {
    await using bench = await makeBench();
    await rm(bench.project.root, { recursive: true });
    const failed = await createSession({
      dataDir: bench.dataDir,
      project: bench.project,
      session: "s",
      slug: "x",
    });
    expect(failureOf(failed).code).toBe("project_missing");
  });

  test.for([
    ["spaces, unicode and quotes", 'my "project" ünïcode #1'],
    ["a newline", "two\nlines"],
    ["a colon and a leading hash", "#a:b"],
  ])("works with %s in every path", async ([, name = ""]) => {
    await using dir = await tempDir();
    const root = await makeRepository(path.join(dir.path, name), {
      "nöt a\nplain name.txt": "x\n",
      "b b/c": "y\n",
    });
    const project = valueOf(await inspectProject(root));
    const dataDir = path.join(dir.path, `data ${name}`);
    const session = valueOf(
      await createSession({ dataDir, project, session: "s", slug: "Größe: a/b ../ c.lock" }),
    );
    expect(session.branch).toBe("oriel/Größe-a-b-.-c");
    await gitIn(session.worktree, "commit", "-q", "--allow-empty", "-m", "works");
    expect(await gitIn(session.worktree, "log", "--format=%s %an")).toBe("works Ada\nstart Ada");
    expect(await gitIn(session.worktree, "status", "--porcelain")).toBe("");
  });

  test("a detached HEAD, a tag, a sha256 repository, a linked worktree of the person's", async () => {
    await using bench = await makeBench({ "a.txt": "a\n" }, ["--object-format=sha256"]);
    const { project, dataDir } = bench;
    expect(project.objectFormat).toBe("sha256");
    await gitIn(project.root, "tag", "v1");
    const linked = path.join(bench.path, "linked");
    await gitIn(project.root, "worktree", "add", "-q", "--detach", linked);
    const facts = valueOf(await inspectProject(path.join(linked)));
    expect(facts).toEqual({
      ...project,
      root: linked,
      gitDir: `${project.root}/.git/worktrees/linked`,
      branch: null,
    });
    const session = valueOf(await createSession({ dataDir, project: facts, session: "s", slug: "x" }));
    expect(session.base).toEqual({ branch: null, commit: project.commit });
    expect(await gitIn(session.worktree, "describe", "--tags")).toBe("v1");
    await commitAll(session.worktree, "in sha256");
  });

  test("takes over what the list says of the person's configuration, and nothing that names a program", async () => {
    await using dir = await tempDir();
    const root = await makeRepository(path.join(dir.path, "p"), {
      "a.txt": "a\n",
      "deep/b.txt": "b\n",
      "other/c.txt": "c\n",
    });
    await gitIn(root, "config", "core.eol", "crlf");
    await gitIn(root, "config", "core.autocrlf", "true");
    await gitIn(root, "config", "core.editor", "evil");
    await gitIn(root, "config", "filter.x.clean", "evil");
    await writeFile(path.join(root, ".git/info/exclude"), "local-only\n");
    await gitIn(root, "sparse-checkout", "set", "deep");
    const project = valueOf(await inspectProject(root));
    expect(project.sparse).toBe(true);
    const session = valueOf(
      await createSession({ dataDir: path.join(dir.path, "data"), project, session: "s", slug: "x" }),
    );
    expect(await readFile(path.join(session.worktree, "a.txt"), "utf8")).toBe("a\r\n");
    await mkdir(path.join(session.worktree, "local-only"));
    await writeFile(path.join(session.worktree, "local-only/x"), "x");
    expect(await gitIn(session.worktree, "ls-files", "--others", "--exclude-standard")).toBe("");
    expect(Object.keys(await fingerprint(session.worktree)).toSorted()).toEqual(
      [".git", "a.txt", "deep", "deep/b.txt", "local-only", "local-only/x"].toSorted(),
    );
    expect((await readFile(path.join(session.agentDir, "config"), "utf8")).includes("evil")).toBe(false);
  });

  test("a person without a name: commits are Oriel's", async () => {
    await using dir = await tempDir();
    const root = await makeRepository(path.join(dir.path, "p"));
    await gitIn(root, "config", "--unset", "user.name");
    await gitIn(root, "config", "user.email", "");
    const project = valueOf(await inspectProject(root));
    const session = valueOf(
      await createSession({ dataDir: path.join(dir.path, "data"), project, session: "s", slug: "x" }),
    );
    await commitAll(session.worktree, "mine");
    expect(await gitIn(session.worktree, "log", "-1", "--format=%ae")).toBe("oriel@localhost");
  });
});

const only = async (root: string, names: readonly string[]) => {
  const all = await fingerprint(root);
  return Object.fromEntries(names.map((name) => [name, all[name]]));
};
