import type { FileRefusal, WorktreeFiles } from "#main/agent/agent.ts";
import { openWorktreeFiles } from "#main/policy/worktree-files.ts";
import type { Result } from "#shared/kernel/failure.ts";
import type { SessionRecord } from "./record.ts";

/** The files of a session's worktree. What leads out of it is refused, and the attempt is an event. */
export function filesFor(record: SessionRecord, worktree: string): WorktreeFiles {
  const files = openWorktreeFiles(worktree);
  const noting = async <Value>(
    path: string,
    work: Promise<Result<Value, FileRefusal>>,
  ): Promise<Result<Value, FileRefusal>> => {
    const result = await work;
    if (!result.ok && result.failure.code === "outside_worktree") {
      const text = `The agent tried to reach a file outside its worktree: ${path.slice(0, 200)}`;
      await record.append("notice", { level: "warning", code: "sandbox_blocked", text });
    }
    return result;
  };
  return {
    read: (path, maxBytes) => noting(path, files.read(path, maxBytes)),
    write: (path, bytes) => noting(path, files.write(path, bytes)),
    remove: (path) => noting(path, files.remove(path)),
    move: (from, to) => noting(`${from} → ${to}`, files.move(from, to)),
  };
}
