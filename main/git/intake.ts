import { lstat, readFile } from "node:fs/promises";
import path from "node:path";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { damaged, readAgentHead } from "./agent-refs.ts";
import type { AgentHeadCode } from "./agent-refs.ts";
import { git, GitError, gitText, text } from "./runner.ts";
import { HOST_REFS } from "./session-git.ts";
import type { SessionGit } from "./session-git.ts";
import { scratchPack, transfer } from "./transfer.ts";

/**
 * Brings the agent's current commit into the host's repository, every object verified. The one place where a git of
 * the host reads what the agent wrote as objects; its refs, configuration, hooks and indexes are not read at all.
 */
export async function intake(
  session: SessionGit,
  signal?: AbortSignal,
): Promise<Result<string, AgentHeadCode>> {
  const head = await readAgentHead(session);
  if (!head.ok) return head;
  const tip = head.value.commit;
  const call = { repository: session.hostDir, ...(signal && { signal }) };
  const known = await git(["rev-parse", "-q", "--verify", HOST_REFS.tip], { ...call, exits: [0, 1] });
  if (text(known) === tip || tip === session.base.commit) return ok(tip);
  const odd = await oddObjects(session);
  if (odd !== null) return fail(damaged(odd));
  try {
    await transfer({
      from: { gitDir: session.hostDir, alsoRead: [path.join(session.agentDir, "objects")] },
      to: session.hostDir,
      tip,
      have: known.exit === 0 ? [session.base.commit, text(known)] : [session.base.commit],
      scratch: scratchPack(session.hostDir),
      ...(signal && { signal }),
    });
    if ((await gitText(["cat-file", "-t", tip], call)) !== "commit")
      return fail(damaged("its HEAD is not a commit"));
  } catch (error) {
    if (error instanceof GitError) return fail(damaged(error.stderr || error.message));
    throw error;
  }
  await git(["update-ref", HOST_REFS.tip, tip], call);
  return ok(tip);
}

/** Why the agent's object directory is not the one it was given, or null. */
async function oddObjects({ agentDir, hostDir }: SessionGit): Promise<string | null> {
  for (const folder of ["objects", "objects/pack", "objects/info"]) {
    const found = await lstat(path.join(agentDir, folder)).catch(() => null);
    if (!found?.isDirectory()) return `${folder} is missing, or is not a folder`;
  }
  // The host's own repository was given the same list.
  const file = "objects/info/alternates";
  const given = await readFile(path.join(hostDir, file), "utf8");
  const found = await lstat(path.join(agentDir, file)).catch(() => null);
  if (!found?.isFile() || found.size !== Buffer.byteLength(given)) return `${file} was changed`;
  return (await readFile(path.join(agentDir, file), "utf8")) === given ? null : `${file} was changed`;
}
