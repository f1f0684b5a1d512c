import { readBaseFile } from "#main/git/base-file.ts";
import { copyIgnored } from "#main/git/copy-ignored.ts";
import { createSession } from "#main/git/create.ts";
import { inspectProject } from "#main/git/inspect.ts";
import type { ProjectFacts } from "#main/git/inspect.ts";
import type { SessionGit } from "#main/git/session-git.ts";
import type { DataDir } from "#main/kernel/data-dir.ts";
import { ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import type { EventBody } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";

type Notice = EventBody<"notice">;

/** Names the ignored files that a session needs, in gitignore's syntax. Read from the base, so that no agent adds to it. */
const INCLUDE_FILE = ".worktreeinclude";
const INCLUDE_BYTES = 64 * 1024;
/** So many names are said; of more, how many there are. */
const NAMES_SAID = 12;

/**
 * Makes a session's worktree from the commit that its log names, and brings the ignored files along. Gives what the
 * person should know of it as notices. Repeating it after a kill completes what was begun.
 */
export async function makeWorktree(
  dir: DataDir,
  summary: SessionSummary,
): Promise<Result<{ ready: EventBody<"worktree.ready">; notices: readonly Notice[] }>> {
  const project = await inspectProject(summary.project);
  if (!project.ok) return project;
  const made = await createSession({
    dataDir: dir.root,
    project: project.value,
    session: summary.id,
    slug: summary.slug,
    base: summary.base,
    commit: summary.baseCommit,
  });
  if (!made.ok) return made;
  const { worktree, places, branch, base } = made.value;
  const notices = [...aboutProject(project.value), ...(await bringIgnored(made.value))];
  return ok({ ready: { path: worktree, git: places.git, branch, commit: base.commit }, notices });
}

/** Pure: what of the person's folder a session does not have. */
function aboutProject({ lfs, submodules, dirty }: ProjectFacts): readonly Notice[] {
  const notices: Notice[] = [];
  if (lfs) {
    notices.push({
      level: "warning",
      code: "lfs_pointers",
      text: "Some files of this project are in Git LFS. In the worktree they are small pointer files, not their content.",
    });
  }
  if (submodules.length > 0) {
    notices.push({
      level: "warning",
      code: "submodules_empty",
      text: `Submodules are empty folders in the worktree: ${listed(submodules)}`,
    });
  }
  if (dirty) {
    notices.push({
      level: "info",
      code: "checkout_dirty",
      text: "Your checkout has changes that are not committed. The session starts from the commit, without them.",
    });
  }
  return notices;
}

async function bringIgnored(session: SessionGit): Promise<readonly Notice[]> {
  const patterns = await readBaseFile(session, INCLUDE_FILE, INCLUDE_BYTES);
  if (patterns === null) return [];
  const { copied, failed } = await copyIgnored(session, patterns);
  const notices: Notice[] = [];
  if (copied.length > 0) {
    const text = `Copied from your checkout, by ${INCLUDE_FILE}: ${listed(copied)}`;
    notices.push({ level: "info", code: "ignored_copied", text });
  }
  if (failed.length > 0) {
    notices.push({
      level: "warning",
      code: "ignored_not_copied",
      text: `Could not be copied from your checkout: ${listed(failed.map(({ path }) => path))}`,
      details: failed
        .slice(0, NAMES_SAID)
        .map(({ path, why }) => `${path}: ${why}`)
        .join("\n"),
    });
  }
  return notices;
}

/** Pure: names in one line, the first of them where there are many. */
function listed(names: readonly string[]): string {
  const rest = names.length - NAMES_SAID;
  return names.slice(0, NAMES_SAID).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
