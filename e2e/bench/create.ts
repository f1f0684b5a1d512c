/**
 * `create`: a session (pinned base, private repository, worktree, the host's index) against `git worktree add`, in a
 * repository of 30,000 files. `create-diff`: a session's second diff after a few edits against `git status` in the
 * same worktree, at 50,000 files. An argument `create` or `diff` runs one of them. Interleaved pairs; prints one JSON
 * line a measure; `ratio` is ours / theirs.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createSession } from "#main/git/create.ts";
import { diffSession } from "#main/git/diff.ts";
import { inspectProject } from "#main/git/inspect.ts";
import type { ProjectFacts } from "#main/git/inspect.ts";
import type { SessionGit } from "#main/git/session-git.ts";
import type { Result } from "#shared/kernel/failure.ts";

const CREATE_RUNS = 3;
const DIFF_RUNS = 7;
const FILES_A_FOLDER = 100;
const EDITED = 10;

const git = (cwd: string, ...args: string[]): void => {
  execFileSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@localhost", ...args], {
    cwd,
    stdio: "pipe",
  });
};

const valueOf = <Value>(result: Result<Value>): Value => {
  if (result.ok) return result.value;
  throw new Error(result.failure.message);
};

const ms = async (work: () => Promise<unknown> | void): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const fileName = (n: number): string =>
  path.join(`area-${n % 17}`, `folder-${Math.floor(n / FILES_A_FOLDER)}`, `file-${n}.ts`);

/** About 2 kB each, no two alike, as compressible as source code is. */
const content = (n: number): string =>
  Array.from(
    { length: 40 },
    (_, line) => `export const value${line} = "${n}-${(n * 2_654_435_761 + line) % 97_003}";\n`,
  ).join("");

async function makeProject(root: string, files: number): Promise<ProjectFacts> {
  for (let n = 0; n < files; n++) {
    const file = path.join(root, fileName(n));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content(n));
  }
  git(root, "init", "-q", "-b", "main");
  git(root, "config", "gc.auto", "0");
  git(root, "add", "-A");
  git(root, "commit", "-q", "-m", "start");
  git(root, "gc", "-q");
  return valueOf(await inspectProject(root));
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const rounded = (value: number): number => Number(value.toPrecision(4));

/** Ours and theirs by turns, each first every other time. The first pair only warms up. */
async function compare(
  name: string,
  runs: number,
  ours: (run: number) => Promise<number>,
  theirs: (run: number) => Promise<number>,
): Promise<void> {
  const pairs: { ours: number; theirs: number }[] = [];
  for (let run = 0; run <= runs; run++) {
    if (run % 2 === 0) pairs.push({ ours: await ours(run), theirs: await theirs(run) });
    else {
      const first = await theirs(run);
      pairs.push({ ours: await ours(run), theirs: first });
    }
  }
  const counted = pairs.slice(1);
  const mine = median(counted.map((pair) => pair.ours));
  const other = median(counted.map((pair) => pair.theirs));
  const line = {
    name,
    ours: rounded(mine),
    theirs: rounded(other),
    unit: "ms",
    ratio: rounded(mine / other),
    runs,
  };
  console.log(JSON.stringify(line));
}

async function benchCreate(folder: string): Promise<void> {
  const project = await makeProject(path.join(folder, "project"), 30_000);
  const dataDir = path.join(folder, "data");
  await compare(
    "create",
    CREATE_RUNS,
    async (run) => {
      const session = `s${run}`;
      const taken = await ms(async () =>
        valueOf(await createSession({ dataDir, project, session, slug: session })),
      );
      await rm(dataDir, { recursive: true });
      return taken;
    },
    async (run) => {
      const worktree = path.join(folder, `worktree-${run}`);
      const taken = await ms(() =>
        git(project.root, "worktree", "add", "-q", "-b", `their-${run}`, worktree),
      );
      await rm(worktree, { recursive: true });
      return taken;
    },
  );
}

async function benchDiff(folder: string): Promise<void> {
  const project = await makeProject(path.join(folder, "project"), 50_000);
  const dataDir = path.join(folder, "data");
  const session: SessionGit = valueOf(await createSession({ dataDir, project, session: "s", slug: "s" }));
  for (let n = 0; n < EDITED; n++)
    writeFileSync(path.join(session.worktree, fileName(n * 999)), `edited ${n}\n`);
  writeFileSync(path.join(session.worktree, "untracked.ts"), "new\n");
  // Both know the worktree from here on; each pair then looks again after one more edit.
  valueOf(await diffSession(session));
  git(session.worktree, "status");
  const edit = (run: number) =>
    writeFileSync(path.join(session.worktree, fileName(run)), `again ${run} ${performance.now()}\n`);
  await compare(
    "create-diff",
    DIFF_RUNS,
    async (run) => {
      edit(run);
      return ms(async () => valueOf(await diffSession(session)));
    },
    async (run) => {
      edit(run);
      return ms(() => git(session.worktree, "status", "--porcelain=v2", "-uall"));
    },
  );
}

const BENCHES = { create: benchCreate, diff: benchDiff };
const [only] = process.argv.slice(2);

for (const [name, bench] of Object.entries(BENCHES)) {
  if (only !== undefined && only !== name) continue;
  const folder = await mkdtemp(path.join(tmpdir(), "oriel-bench-create-"));
  try {
    await bench(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
