import { z } from "zod";
import type { FileChange } from "#shared/session/items.ts";
import type { WorktreeFiles } from "../../agent.ts";
import { refusalText } from "../file-text.ts";
import { inWorktree } from "../paths.ts";
import { defineTool, type ToolContext, type ToolResult } from "../tool.ts";
import { parsePatch, type FilePatch } from "./parse.ts";
import { planPatch, type PatchPlan } from "./plan.ts";

export const applyPatch = defineTool({
  name: "apply_patch",
  description:
    "Add, change, move or delete files:\n*** Begin Patch\n*** Update File: a.ts\n*** Move to: b.ts (optional)\n@@ line above the change (optional)\n kept line\n-old line\n+new line\n*** Add File: c.ts\n+line\n*** Delete File: d.ts\n*** End Patch\nGive about 3 kept lines around a change. All or nothing.",
  schema: z.strictObject({ patch: z.string() }),
  prepare({ patch }, context) {
    const parsed = parsePatch(patch);
    if (!parsed.ok) return `not a patch: ${parsed.message}`;
    const files = parsed.files.map((file) => relative(file, context.turn.worktree));
    const content = { kind: "file_change" as const, changes: files.map(announced) };
    return { content, exclusive: true, run: (item) => run(item, patch, files, content, context) };
  },
});

type Content = { kind: "file_change"; changes: FileChange[] };

async function run(
  item: string,
  patch: string,
  files: readonly FilePatch[],
  content: Content,
  context: ToolContext,
): Promise<ToolResult> {
  const plan = await planPatch(files, context.ports.files);
  if (typeof plan === "string") return result("failed", content, `nothing was written:\n${plan}`);
  const refusal = await permission(item, patch, context);
  if (refusal) return result(refusal.status, content, refusal.text);
  const done: Content = { ...content, changes: [...plan.changes] };
  const error = await write(plan, context.ports.files);
  return error === null ? result("completed", done, summary(plan.changes)) : result("failed", content, error);
}

const result = (status: ToolResult["status"], content: Content, output: string): ToolResult => ({
  status,
  content,
  output,
  fingerprint: output,
});

/** Whether the policy lets this be written: null where it does. */
async function permission(
  item: string,
  patch: string,
  { turn, ports }: ToolContext,
): Promise<{ status: "denied" | "failed" | "interrupted"; text: string } | null> {
  if (turn.sandbox === "read-only" && turn.approval === "never") {
    return { status: "failed", text: "nothing was written: this session is read-only" };
  }
  if (turn.approval !== "untrusted" && turn.sandbox !== "read-only") return null;
  try {
    const reason =
      turn.sandbox === "read-only" ? "the session is read-only" : "the policy asks before each change";
    const answer = await ports.approve({ item, action: patch, reason });
    if (answer.approved) return null;
    return { status: "denied", text: `nothing was written: the person said no. ${answer.note ?? ""}`.trim() };
  } catch (error) {
    // An approval ends without an answer only by an abort.
    if (!turn.signal.aborted) throw error;
    return { status: "interrupted", text: "nothing was written: stopped by the person" };
  }
}

/** Writes all steps; says what was done and what was not where one fails, since disks fill and files change. */
async function write(plan: PatchPlan, files: WorktreeFiles): Promise<string | null> {
  const written: string[] = [];
  for (const step of plan.steps) {
    const done =
      step.kind === "write"
        ? await files.write(step.path, new TextEncoder().encode(step.text))
        : step.kind === "remove"
          ? await files.remove(step.path)
          : await files.move(step.path, step.to);
    if (!done.ok) {
      const before =
        written.length === 0 ? "nothing was written" : `written before it: ${written.join(", ")}`;
      return `${refusalText(step.path, done.failure)} (${before}; nothing after it)`;
    }
    written.push(`${step.kind} ${step.path}`);
  }
  return null;
}

const MARKS = { add: "A", update: "M", delete: "D", move: "R" } as const;
const summary = (changes: readonly FileChange[]): string =>
  [
    "done:",
    ...changes.map(
      (it) => `${MARKS[it.action]} ${it.path}${it.to ? ` -> ${it.to}` : ""} +${it.added} -${it.removed}`,
    ),
  ].join("\n");

function relative(file: FilePatch, worktree: string): FilePatch {
  const path = inWorktree(worktree, file.path);
  return file.action === "update"
    ? { ...file, path, to: file.to && inWorktree(worktree, file.to) }
    : { ...file, path };
}

/** What the patch says it will change, before the files were looked at. */
function announced(file: FilePatch): FileChange {
  if (file.action === "add") return { path: file.path, action: "add", added: file.lines.length, removed: 0 };
  if (file.action === "delete") return { path: file.path, action: "delete", added: 0, removed: 0 };
  const count = (kind: string): number =>
    file.hunks.flatMap((hunk) => hunk.lines).filter((line) => line.kind === kind).length;
  const size = { added: count("add"), removed: count("remove") };
  return file.to === null
    ? { path: file.path, action: "update", ...size }
    : { path: file.path, action: "move", to: file.to, ...size };
}
