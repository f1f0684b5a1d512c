import { intake } from "./intake.ts";
import { git, text } from "./runner.ts";
import type { SessionGit } from "./session-git.ts";

/** The last answer for each session, by the two commits that it depends on. Keyed by the host's repository. */
const answers = new Map<string, { readonly tip: string; readonly branch: string; readonly base: string }>();

/**
 * The commit that a session's changes are counted from: where the agent's history and the person's base branch meet now.
 * So what an agent brought in from that branch is not the session's. The pinned base where the branch did not move, is
 * gone, or has nothing in common with the agent's, and where the agent's repository can't be read.
 */
export async function diffBase(session: SessionGit, signal?: AbortSignal): Promise<string> {
  const branch = await baseBranchTip(session, signal);
  if (branch === null || branch === session.base.commit) return session.base.commit;
  const tip = await intake(session, signal);
  if (!tip.ok || tip.value === session.base.commit) return session.base.commit;
  const known = answers.get(session.hostDir);
  if (known?.tip === tip.value && known.branch === branch) return known.base;
  const call = { repository: session.hostDir, exits: [0, 1, 128], ...(signal && { signal }) };
  // 128: a commit that a shallow clone does not have.
  const base = text(await git(["merge-base", tip.value, branch], call)) || session.base.commit;
  answers.set(session.hostDir, { tip: tip.value, branch, base });
  return base;
}

/** Where the person's base branch is now; null where the session has none, or it is gone. */
async function baseBranchTip({ base, project }: SessionGit, signal?: AbortSignal): Promise<string | null> {
  if (base.branch === null) return null;
  const call = { repository: project.commonDir, exits: [0, 1, 128], ...(signal && { signal }) };
  const found = await git(["rev-parse", "-q", "--verify", `refs/heads/${base.branch}^{commit}`], call);
  return found.exit === 0 ? text(found) : null;
}
