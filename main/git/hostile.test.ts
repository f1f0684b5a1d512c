/** An agent that may write its worktree and its private repository, and means ill. The host runs nothing of it. */
import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { archive, restore } from "./archive.ts";
import { checkpoint } from "./checkpoint.ts";
import { diffSession } from "./diff.ts";
import { merge } from "./merge.ts";
import { publish } from "./publish.ts";
import type { Bench } from "./testing/repositories.ts";
import {
  commitAll,
  fingerprint,
  gitIn,
  makeBench,
  makeCanary,
  makeRepository,
  writeFiles,
} from "./testing/repositories.ts";

type Outcome = Record<"diff" | "checkpoint" | "publish" | "merge" | "archive" | "restore", string>;

/** Does all that the host ever does with a session, twice where state is kept; returns `ok` or the failure's code of each. */
async function everything({ session, dataDir }: Bench): Promise<Outcome> {
  const code = (result: { ok: true } | { ok: false; failure: { code: string } }) =>
    result.ok ? "ok" : result.failure.code;
  await diffSession(session);
  await checkpoint(session, "first");
  await publish(session, { message: "work" });
  return {
    diff: code(await diffSession(session)),
    checkpoint: code(await checkpoint(session, "second")),
    publish: code(await publish(session, { message: "work" })),
    merge: code(await merge(session, { into: "main", how: "merge", message: "take it" })),
    archive: code(await archive(dataDir, session.session)),
    restore: code(await restore(dataDir, session.session)),
  };
}

const FINE: Outcome = {
  diff: "ok",
  checkpoint: "ok",
  publish: "ok",
  merge: "ok",
  archive: "ok",
  restore: "ok",
};
const UNPUBLISHED = { merge: "not_published" };
const DAMAGED = { ...FINE, ...UNPUBLISHED, publish: "private_repository_damaged" };

interface Attack {
  readonly name: string;
  readonly prepare: (bench: Bench, canary: string) => Promise<void>;
  readonly outcome: Outcome;
}

const EVIL_KEYS = [
  "core.fsmonitor",
  "core.pager",
  "core.editor",
  "core.sshCommand",
  "core.askPass",
  "core.alternateRefsCommand",
  "diff.external",
  "diff.evil.textconv",
  "diff.evil.command",
  "filter.evil.clean",
  "filter.evil.smudge",
  "filter.evil.process",
  "merge.evil.driver",
  "gpg.program",
  "uploadpack.packObjectsHook",
  "submodule.nested.update",
];

async function arm(gitDir: string, canary: string): Promise<void> {
  for (const key of EVIL_KEYS)
    await gitIn(gitDir, "config", "--file", path.join(gitDir, "config"), key, canary);
  await gitIn(gitDir, "config", "--file", path.join(gitDir, "config"), "commit.gpgSign", "true");
  await mkdir(path.join(gitDir, "hooks"), { recursive: true });
  for (const hook of [
    "pre-commit",
    "post-commit",
    "post-checkout",
    "reference-transaction",
    "post-index-change",
    "pre-auto-gc",
    "update",
    "pre-receive",
    "post-merge",
  ]) {
    await writeFile(path.join(gitDir, "hooks", hook), `#!/bin/sh\nexec '${canary}'\n`);
    await chmod(path.join(gitDir, "hooks", hook), 0o755);
  }
}

const attacks: Attack[] = [
  {
    name: "hooks, configuration and attributes that name programs",
    prepare: async ({ session }, canary) => {
      await writeFiles(session.worktree, {
        ".gitattributes": "* filter=evil diff=evil merge=evil\n",
        "a.txt": "x\n",
      });
      await commitAll(session.worktree, "attributes");
      await writeFiles(session.worktree, { "b.txt": "y\n" });
      await arm(session.agentDir, canary);
    },
    outcome: FINE,
  },
  {
    name: "a nested repository with such a configuration",
    prepare: async ({ session }, canary) => {
      const nested = await makeRepository(path.join(session.worktree, "nested"));
      await writeFiles(nested, { "dirty.txt": "x\n", "a.txt": "changed\n" });
      await arm(path.join(nested, ".git"), canary);
      await writeFiles(session.worktree, { "b.txt": "y\n" });
    },
    outcome: FINE,
  },
  {
    name: "a submodule that is committed, with such a configuration",
    prepare: async ({ session }, canary) => {
      const nested = await makeRepository(path.join(session.worktree, "nested"));
      await writeFiles(session.worktree, {
        ".gitmodules": '[submodule "nested"]\n\tpath = nested\n\turl = ./x\n\tignore = none\n',
      });
      await commitAll(session.worktree, "submodule");
      await writeFiles(nested, { "a.txt": "changed\n" });
      await arm(path.join(nested, ".git"), canary);
    },
    outcome: FINE,
  },
  {
    name: "a gitfile that leads to a repository of the agent's, which leads on by commondir",
    prepare: async ({ session }, canary) => {
      const own = await makeRepository(path.join(session.worktree, "../../own"));
      await arm(path.join(own, ".git"), canary);
      await writeFile(path.join(session.worktree, ".git"), `gitdir: ${own}/.git\n`);
      await writeFile(path.join(session.agentDir, "commondir"), `${own}/.git\n`);
      await writeFiles(session.worktree, { "b.txt": "y\n" });
    },
    outcome: FINE,
  },
  {
    name: "a folder .git instead of the gitfile, and a worktree that the configuration puts elsewhere",
    prepare: async ({ session, project }, canary) => {
      await gitIn(session.agentDir, "config", "core.worktree", project.root);
      await rm(path.join(session.worktree, ".git"));
      await gitIn(session.worktree, "init", "-q");
      await arm(path.join(session.worktree, ".git"), canary);
      await writeFiles(session.worktree, { "b.txt": "y\n" });
    },
    outcome: FINE,
  },
  {
    name: "HEAD as a link to the person's, refs as a link",
    prepare: async ({ session, project }) => {
      await rm(path.join(session.agentDir, "HEAD"));
      await symlink(`${project.gitDir}/HEAD`, path.join(session.agentDir, "HEAD"));
    },
    outcome: DAMAGED,
  },
  {
    name: "refs as a link to the person's",
    prepare: async ({ session, project }) => {
      await rm(path.join(session.agentDir, "refs"), { recursive: true });
      await symlink(`${project.gitDir}/refs`, path.join(session.agentDir, "refs"));
      await rm(path.join(session.agentDir, "packed-refs"));
    },
    outcome: { ...FINE, ...UNPUBLISHED, publish: "branch_missing" },
  },
  {
    name: "HEAD as a path that climbs out",
    prepare: ({ session }) =>
      writeFile(path.join(session.agentDir, "HEAD"), "ref: refs/heads/../../../../secret\n"),
    outcome: DAMAGED,
  },
  {
    name: "HEAD at an object that is not there",
    prepare: ({ session }) => writeFile(path.join(session.agentDir, "HEAD"), `${"ab".repeat(20)}\n`),
    outcome: DAMAGED,
  },
  {
    name: "HEAD at a file instead of a commit",
    prepare: async ({ session }) => {
      const blob = await gitIn(session.worktree, "hash-object", "-w", "a.txt");
      await writeFile(path.join(session.agentDir, "HEAD"), `${blob}\n`);
    },
    outcome: DAMAGED,
  },
  {
    name: "the branch deleted",
    prepare: async ({ session }) => {
      await gitIn(session.worktree, "update-ref", "-d", `refs/heads/${session.branch}`);
    },
    outcome: { ...FINE, ...UNPUBLISHED, publish: "branch_missing" },
  },
  {
    name: "objects that are borrowed from elsewhere",
    prepare: async ({ session, path: folder }) => {
      const secret = await makeRepository(path.join(folder, "secret"), { "key.txt": "secret\n" });
      const commit = await gitIn(secret, "rev-parse", "HEAD");
      await writeFile(path.join(session.agentDir, "objects/info/alternates"), `${secret}/.git/objects\n`);
      await writeFile(path.join(session.agentDir, "HEAD"), `${commit}\n`);
    },
    outcome: DAMAGED,
  },
  {
    name: "objects as a link",
    prepare: async ({ session, path: folder }) => {
      await writeFiles(session.worktree, { "b.txt": "y\n" });
      await commitAll(session.worktree, "work");
      await rename(path.join(session.agentDir, "objects"), path.join(folder, "elsewhere"));
      await symlink(path.join(folder, "elsewhere"), path.join(session.agentDir, "objects"));
    },
    outcome: DAMAGED,
  },
  {
    name: "an object with the content of another",
    prepare: async ({ session }) => {
      await writeFiles(session.worktree, { "b.txt": "y\n" });
      const commit = await commitAll(session.worktree, "work");
      await writeFiles(session.worktree, { "b.txt": "z\n" });
      const other = await commitAll(session.worktree, "work");
      const at = (id: string) => path.join(session.agentDir, "objects", id.slice(0, 2), id.slice(2));
      await rm(at(other));
      await writeFile(at(other), await readFile(at(commit)));
    },
    outcome: DAMAGED,
  },
  {
    name: "a commit that holds a file .git/config",
    prepare: async ({ session }) => {
      const blob = await gitIn(session.worktree, "hash-object", "-w", "a.txt");
      const inner = await pipe(session.agentDir, `100644 blob ${blob}\tconfig\n`);
      const tree = await pipe(session.agentDir, `040000 tree ${inner}\t.git\n`);
      const commit = await gitIn(session.worktree, "commit-tree", "-p", "HEAD", "-m", "evil", tree);
      await gitIn(session.worktree, "update-ref", "HEAD", commit);
    },
    outcome: DAMAGED,
  },
  {
    name: "the worktree deleted",
    prepare: ({ session }) => rm(session.worktree, { recursive: true }),
    outcome: {
      ...FINE,
      ...UNPUBLISHED,
      diff: "worktree_missing",
      checkpoint: "worktree_missing",
      publish: "worktree_missing",
    },
  },
];

test("a repository of the agent's in the place of a submodule that the project has", async () => {
  await using bench = await makeBench();
  const { project } = bench;
  await gitIn(project.root, "update-index", "--add", "--cacheinfo", `160000,${project.commit},nested`);
  await gitIn(project.root, "commit", "-q", "-m", "a submodule");
  const canary = await makeCanary(bench.path);
  const session = await bench.newSession("ses_two");
  const nested = await makeRepository(path.join(session.worktree, "nested"), { "inner.txt": "x\n" });
  await writeFiles(nested, { "inner.txt": "changed\n" });
  await arm(path.join(nested, ".git"), canary.script);
  expect(await everything({ ...bench, session })).toEqual(FINE);
  expect(await canary.sang()).toBe(false);
});

/** A tree that git itself would refuse to add. */
async function pipe(gitDir: string, entries: string): Promise<string> {
  const file = path.join(gitDir, "entries");
  await writeFile(file, entries);
  return gitIn(gitDir, "-c", `alias.tree=!git mktree < '${file}'`, "tree");
}

test.for(attacks)("$name", async ({ prepare, outcome }) => {
  await using bench = await makeBench();
  const canary = await makeCanary(bench.path);
  await prepare(bench, canary.script);
  // The agent's own git may have run it while it was made ready.
  await rm(path.join(bench.path, "canary-sang"), { force: true });
  const before = await fingerprint(bench.project.root, CHANGING);
  expect(await everything(bench)).toEqual(outcome);
  expect(await canary.sang()).toBe(false);
  const after = await fingerprint(bench.project.root, CHANGING);
  if (outcome.merge === "ok") {
    expect(after[".git/config"]).toEqual(before[".git/config"]);
    expect(after[".git/hooks"]).toEqual(before[".git/hooks"]);
  } else expect(after).toEqual(before);
});

/** What Oriel may write in the person's repository: objects, and its refs. */
const CHANGING = [".git/objects", ".git/refs", ".git/logs"];
