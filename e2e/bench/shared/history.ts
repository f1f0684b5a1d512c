/** A log with many sessions in it, as weeks of work leave it. */
import { createDataDir, dataDir } from "#main/kernel/data-dir.ts";
import { openLog } from "#main/storage/log.ts";
import type { EventDraft } from "#shared/session/events.ts";
import { newId } from "#shared/kernel/ids.ts";

/** Commands of each session's one turn. */
const ITEMS = 20;

/** A session that has completed one turn with some commands: what a day's work leaves. */
function sessionDrafts(index: number): EventDraft[] {
  const id = newId("ses");
  const turn = newId("trn");
  const facts = {
    stream: `session/${id}`,
    at: 1_700_000_000_000 + index,
    actor: "agent",
    cause: null,
  } as const;
  const roots = [
    { project: "/repository", base: "main", commit: "0".repeat(40), branch: `oriel/task-${index}` },
  ];
  const items = Array.from({ length: ITEMS }, (_, at): EventDraft[] => {
    const item = newId("itm");
    const content = { kind: "command", command: `npm test -- ${at}`, cwd: "", exitCode: 0 } as const;
    return [
      { ...facts, type: "item.started", body: { turn, item, content } },
      { ...facts, type: "item.completed", body: { turn, item, status: "completed", content } },
    ];
  });
  return [
    {
      ...facts,
      type: "session.created",
      body: {
        title: `Task ${index}`,
        task: `Task ${index}`,
        slug: `task-${index}`,
        agent: "oriel",
        provider: "openai",
        model: "gpt-5.3",
        approval: "on-request",
        sandbox: "workspace-write",
        parent: null,
        origin: "person",
        roots,
      },
    },
    { ...facts, type: "worktree.ready", body: { path: `/worktrees/${id}`, git: `/git/${id}` } },
    { ...facts, type: "turn.started", body: { turn, reason: "task", sandboxed: true } },
    ...items.flat(),
    { ...facts, type: "turn.completed", body: { turn, changes: { files: 1, added: 1, removed: 0 } } },
  ];
}

/** Writes a log with so many sessions into a new data directory. */
export async function fillHistory(root: string, sessions: number): Promise<void> {
  const dir = dataDir(root);
  createDataDir(dir);
  await using log = await openLog({ dir: dir.state });
  for (let index = 0; index < sessions; index += 1) await log.append(sessionDrafts(index));
}
