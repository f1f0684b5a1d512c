import { git, text } from "./runner.ts";
import type { SessionGit } from "./session-git.ts";

/**
 * A file as it is in the session's base commit, which the agent can't change; null where there is none there. A
 * symlink is none: it would be followed to wherever the repository says. Cut at `maxBytes`.
 */
export async function readBaseFile(
  session: SessionGit,
  path: string,
  maxBytes: number,
): Promise<string | null> {
  const call = { repository: session.hostDir };
  const entry = text(await git(["--literal-pathspecs", "ls-tree", session.base.commit, "--", path], call));
  const [mode, type, id] = entry.split(/\s/);
  if (type !== "blob" || id === undefined || mode === "120000") return null;
  return (await git(["cat-file", "blob", id], { ...call, maxBytes })).stdout.toString("utf8");
}
