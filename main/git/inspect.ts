import { stat } from "node:fs/promises";
import path from "node:path";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { parseConfig } from "./config-file.ts";
import type { ProjectPlace } from "./project.ts";
import { git, GitError, gitText, text } from "./runner.ts";

/** A person's repository as it is now. What of it a session can't have is for the caller to tell. */
export interface ProjectFacts extends ProjectPlace {
  /** The branch that is checked out, or null where HEAD is detached. */
  readonly branch: string | null;
  readonly commit: string;
  readonly bare: boolean;
  readonly shallow: boolean;
  /** A clone that fetches files only when they are asked for. */
  readonly partial: boolean;
  readonly sparse: boolean;
  /** Some files are kept in Git LFS: in a session they are what the repository holds, small pointer files. */
  readonly lfs: boolean;
  /** Paths of submodules: empty folders in a session. */
  readonly submodules: readonly string[];
  /** Tracked files differ from HEAD; a session starts from the commit and does not have these changes. */
  readonly dirty: boolean;
}

export type InspectCode =
  | "not_found"
  | "not_a_folder"
  | "not_a_repository"
  | "owned_by_another"
  | "no_commits"
  | "broken";

/**
 * What the repository around `folder` is, or why it can't be a project. A folder inside a repository stands for its
 * root. Reads only, and runs nothing that the repository names.
 */
export async function inspectProject(
  folder: string,
  signal?: AbortSignal,
): Promise<Result<ProjectFacts, InspectCode>> {
  const start = path.resolve(folder);
  const found = await stat(start).catch(() => null);
  if (!found)
    return fail({ code: "not_found", message: `There is no folder ${start}.`, hint: "Check the path." });
  if (!found.isDirectory())
    return fail({
      code: "not_a_folder",
      message: `${start} is a file, not a folder.`,
      hint: "Give the folder that it is in.",
    });
  try {
    const place = await findPlace(start, signal);
    return await factsOf(place, signal);
  } catch (error) {
    if (error instanceof GitError) return fail(explain(start, error));
    throw error;
  }
}

async function findPlace(cwd: string, signal?: AbortSignal): Promise<ProjectPlace & { bare: boolean }> {
  // One question a call: the answers are paths, and a path may hold a newline.
  const ask = (...question: string[]) =>
    gitText(["rev-parse", "--path-format=absolute", ...question], {
      repository: null,
      cwd,
      config: "person",
      ...(signal && { signal }),
    });
  const gitDir = await ask("--absolute-git-dir");
  const bare = (await ask("--is-bare-repository")) === "true";
  return {
    root: bare ? gitDir : await ask("--show-toplevel"),
    gitDir,
    commonDir: await ask("--git-common-dir"),
    objectFormat: (await ask("--show-object-format")) === "sha256" ? "sha256" : "sha1",
    bare,
  };
}

async function factsOf(
  place: ProjectPlace & { bare: boolean },
  signal?: AbortSignal,
): Promise<Result<ProjectFacts, InspectCode>> {
  const call = { repository: place.gitDir, config: "person", ...(signal && { signal }) } as const;
  const head = await git(["symbolic-ref", "-q", "HEAD"], { ...call, exits: [0, 1] });
  const ref = head.exit === 0 ? text(head) : null;
  if (ref !== null && (await git(["show-ref", "--verify", "-q", ref], { ...call, exits: [0, 1] })).exit === 1)
    return fail(noCommits(place.root));
  const commit = await gitText(["rev-parse", "--verify", "HEAD^{commit}"], call);
  await git(["cat-file", "-e", `${commit}^{tree}`], call);
  const config = parseConfig((await git(["config", "--list", "-z"], call)).stdout);
  const is = (key: string) => /^(true|yes|on|1)$/i.test(config.get(key) ?? "");
  return ok({
    ...place,
    branch: ref?.startsWith("refs/heads/") ? ref.slice("refs/heads/".length) : null,
    commit,
    shallow: (await gitText(["rev-parse", "--is-shallow-repository"], call)) === "true",
    partial:
      config.has("extensions.partialclone") ||
      [...config.keys()].some((key) => /^remote\..*\.promisor$/.test(key)),
    sparse: is("core.sparsecheckout"),
    lfs: await usesLfs(commit, call),
    submodules: await submodulesOf(commit, call),
    dirty: place.bare ? false : await isDirty(place, config, signal),
  });
}

async function usesLfs(commit: string, call: { repository: string }): Promise<boolean> {
  const args = ["grep", "-q", "-F", "filter=lfs", commit, "--", ".gitattributes", "*/.gitattributes"];
  return (await git(args, { ...call, exits: [0, 1] })).exit === 0;
}

async function submodulesOf(commit: string, call: { repository: string }): Promise<string[]> {
  const args = ["config", "--blob", `${commit}:.gitmodules`, "-z", "--get-regexp", "^submodule\\..*\\.path$"];
  // 128 is a .gitmodules that can't be read: no submodule then works anywhere.
  const output = await git(args, { ...call, exits: [0, 1, 128] });
  return [...parseConfig(output.stdout).values()].toSorted();
}

async function isDirty(
  place: ProjectPlace,
  config: ReadonlyMap<string, string>,
  signal?: AbortSignal,
): Promise<boolean> {
  const args = ["status", "--porcelain=v2", "-z", "--untracked-files=no", "--ignore-submodules=dirty"];
  const output = await git(args, {
    repository: place.gitDir,
    workTree: place.root,
    config: "person",
    settings: withoutFilters(config),
    maxBytes: 1,
    ...(signal && { signal }),
  });
  return output.stdout.length > 0;
}

/** A repository is looked at before anybody trusts it: the programs that it names for its files must not run. */
const withoutFilters = (config: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries(
    [...config.keys()].flatMap((key) => {
      const name = /^filter\.(.*)\.[^.]*$/s.exec(key)?.[1];
      if (name === undefined) return [];
      const own = `filter.${name}`;
      return [
        [`${own}.clean`, ""],
        [`${own}.smudge`, ""],
        [`${own}.process`, ""],
        [`${own}.required`, "false"],
      ];
    }),
  );

const noCommits = (root: string) =>
  ({
    code: "no_commits",
    message: `The repository ${root} has no commit on its current branch yet.`,
    hint: "Make a first commit (`git commit --allow-empty -m start` is enough): sessions start from a commit.",
  }) as const;

function explain(folder: string, error: GitError) {
  const details = error.stderr;
  if (details.includes("not a git repository") || details.includes("must be run in a work tree"))
    return {
      code: "not_a_repository",
      message: `${folder} is not in a git repository.`,
      hint: "Choose the folder of a repository, or run `git init` there and make a first commit.",
      details,
    } as const;
  if (details.includes("dubious ownership"))
    return {
      code: "owned_by_another",
      message: `${folder} belongs to another user of this machine, so git does not trust it.`,
      hint: `If you do, run: git config --global --add safe.directory '${folder}'`,
      details,
    } as const;
  return {
    code: "broken",
    message: `Git can't read the repository at ${folder}.`,
    hint: "Run `git fsck` there to see what is damaged.",
    details: details || error.message,
  } as const;
}
