import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { gitIn, makeRepository, valueOf, writeFiles } from "#main/git/testing/repositories.ts";
import { inspectProject } from "#main/git/inspect.ts";
import { createDataDir, dataDir } from "#main/kernel/data-dir.ts";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { createRecord } from "./record.ts";
import type { SessionRecord } from "./record.ts";
import { makeWorktree } from "./prepare.ts";
import { createWorktrees } from "./worktrees.ts";
import type { Event } from "#shared/session/events.ts";

/** A data directory, and a session of the project in `folder` that is in the log and has no worktree yet. */
async function scene(root: string, folder: string) {
  const dir = dataDir(path.join(root, "data"));
  createDataDir(dir);
  const worktrees = createWorktrees(dir);
  const pins = await worktrees.pin(valueOf(await inspectProject(folder)), [{ id: "ses_one", slug: "x" }]);
  const [pinned] = valueOf(pins);
  if (!pinned) throw new Error("nothing was pinned");
  return { dir, worktrees, record: await recordOf(folder, pinned) };
}

/** A record whose log is a list in memory. */
async function recordOf(
  project: string,
  { base, branch }: { base: { branch: string | null; commit: string }; branch: string },
): Promise<SessionRecord & { readonly events: readonly Event[] }> {
  const events: Event[] = [];
  const log = {
    append: async (drafts: Parameters<Parameters<typeof createRecord>[0]["log"]["append"]>[0]) => {
      const added = drafts.map((draft, index) => ({
        ...draft,
        id: events.length + index + 1,
        seq: events.length + index + 1,
        v: 1,
      }));
      events.push(...added);
      return added;
    },
  };
  const record = createRecord({ log, now: () => 0, id: "ses_one" });
  await record.append("session.created", {
    title: "X",
    task: "x",
    slug: "x",
    agent: "oriel",
    provider: "offline",
    model: "m",
    approval: "never",
    sandbox: "workspace-write",
    parent: null,
    origin: "person",
    roots: [{ project, base: base.branch, commit: base.commit, branch }],
  });
  return Object.assign(record, { events });
}

const noticesOf = (events: readonly Event[]) =>
  events.flatMap((event) =>
    event.type === "notice" ? [`${event.body.level} ${event.body.code}: ${event.body.text}`] : [],
  );

test("a worktree starts from the logged commit, with the ignored files that the base names", async () => {
  await using temp = await tempDir();
  const names = Array.from({ length: 14 }, (_, index) => `conf/${String(index).padStart(2, "0")}.local`);
  const files = {
    ".gitignore": ".env\n*.local\nother\n",
    ".worktreeinclude": ".env\n*.local\n",
    "a.txt": "a\n",
  };
  const folder = await makeRepository(path.join(temp.path, "project"), files);
  const { dir, record, worktrees } = await scene(temp.path, folder);
  const ignored = Object.fromEntries([".env", ...names].map((name) => [name, `of ${name}\n`]));
  await writeFiles(folder, { ...ignored, other: "no\n" });
  // After the session was asked for: neither what is committed nor what is written now counts.
  await writeFiles(folder, { ".worktreeinclude": "other\n", "later.txt": "l\n" });
  await gitIn(folder, "add", "later.txt");
  await gitIn(folder, "commit", "-qm", "later");

  expect(await worktrees.prepare(record)).toBe(true);
  const { worktree } = record.summary;
  if (worktree === null) throw new Error("no worktree");
  expect(await gitIn(worktree, "ls-files", "--others", "--directory")).toBe([".env", "conf/"].join("\n"));
  expect(await readFile(path.join(worktree, ".env"), "utf8")).toBe("of .env\n");
  expect(noticesOf(record.events)).toEqual([
    "info checkout_dirty: Your checkout has changes that are not committed. The session starts from the commit, without them.",
    `info ignored_copied: Copied from your checkout, by .worktreeinclude: .env, ${names.slice(0, 11).join(", ")} and 3 more`,
  ]);
  expect(record.summary).toMatchObject({ branch: "oriel/x", base: "main" });
  // Asked again after a kill before `worktree.ready`, it brings nothing twice.
  const again = valueOf(await makeWorktree(dir, record.summary));
  expect(again).toMatchObject({
    ready: { path: worktree, commit: record.summary.baseCommit },
    notices: [{ code: "checkout_dirty" }],
  });
});

test("says what a worktree can't have: LFS content, submodules", async () => {
  await using temp = await tempDir();
  const library = await makeRepository(path.join(temp.path, "library"));
  const files = { ".gitattributes": "*.psd filter=lfs\n", "a.txt": "a\n" };
  const folder = await makeRepository(path.join(temp.path, "project"), files);
  await mkdir(path.join(folder, "libs"));
  await gitIn(folder, "submodule", "add", "-q", library, "libs/one");
  await gitIn(folder, "commit", "-qm", "a submodule");
  await writeFile(path.join(folder, "untracked.txt"), "does not count as changed\n");
  const { record, worktrees } = await scene(temp.path, folder);
  expect(await worktrees.prepare(record)).toBe(true);
  expect(noticesOf(record.events)).toEqual([
    "warning lfs_pointers: Some files of this project are in Git LFS. In the worktree they are small pointer files, not their content.",
    "warning submodules_empty: Submodules are empty folders in the worktree: libs/one",
  ]);
});
