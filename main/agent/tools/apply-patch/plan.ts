import path from "node:path";
import type { FileChange } from "#shared/session/items.ts";
import type { WorktreeFiles } from "../../agent.ts";
import { decodeText, refusalText } from "../file-text.ts";
import { applyHunks } from "./edit.ts";
import type { FilePatch } from "./parse.ts";

const MAX_BYTES = 10 * 1024 * 1024;

export interface PatchPlan {
  readonly changes: readonly FileChange[];
  readonly steps: readonly WriteStep[];
}

export type WriteStep =
  | { readonly kind: "write"; readonly path: string; readonly text: string }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "move"; readonly path: string; readonly to: string };

/** What the files will be after the steps so far: null for one that will not exist. */
type Future = Map<string, string | null>;
type Checked = { readonly change: FileChange; readonly steps: WriteStep[] };

/** Verifies the whole patch against the files, writing nothing; all its errors at once, in words for the model. */
export async function planPatch(
  files: readonly FilePatch[],
  worktree: WorktreeFiles,
): Promise<PatchPlan | string> {
  const future: Future = new Map();
  const changes: FileChange[] = [];
  const steps: WriteStep[] = [];
  const errors: string[] = [];
  for (const file of files) {
    const checked = await checkFile(file, worktree, future);
    if (typeof checked === "string") {
      errors.push(checked);
      continue;
    }
    changes.push(checked.change);
    steps.push(...checked.steps);
  }
  return errors.length > 0 ? errors.join("\n") : { changes, steps };
}

async function checkFile(
  file: FilePatch,
  worktree: WorktreeFiles,
  future: Future,
): Promise<Checked | string> {
  const before = await current(file.path, worktree, future);
  if (file.action === "add") return checkAdd(file, before, future);
  if ("refused" in before) return before.refused;
  if (before.text === null) return `${file.path}: there is no such file`;
  if (file.action === "delete") {
    future.set(file.path, null);
    const change = { path: file.path, action: "delete" as const, added: 0, removed: countLines(before.text) };
    return { change, steps: [{ kind: "remove", path: file.path }] };
  }
  return checkUpdate(file, before.text, worktree, future);
}

function checkAdd(file: FilePatch & { action: "add" }, before: Current, future: Future): Checked | string {
  if ("refused" in before) return before.exists ? alreadyThere(file.path) : before.refused;
  if (before.text !== null) return alreadyThere(file.path);
  const text = file.lines.map((line) => `${line}\n`).join("");
  future.set(file.path, text);
  const change = { path: file.path, action: "add" as const, added: file.lines.length, removed: 0 };
  return { change, steps: [{ kind: "write", path: file.path, text }] };
}

const alreadyThere = (file: string): string => `${file}: already exists; change it with \`*** Update File\``;

async function checkUpdate(
  file: FilePatch & { action: "update" },
  before: string,
  worktree: WorktreeFiles,
  future: Future,
): Promise<Checked | string> {
  const edited = applyHunks(before, file.hunks);
  if (!edited.ok) return `${file.path}: ${edited.message}`;
  const { added, removed, text } = edited;
  const target = file.to !== null && path.normalize(file.to) !== path.normalize(file.path) ? file.to : null;
  const steps: WriteStep[] = [];
  if (target !== null) {
    const there = await current(target, worktree, future);
    if ("refused" in there) return there.exists ? alreadyThere(target) : there.refused;
    if (there.text !== null) return `${target}: already exists; the move would overwrite it`;
    steps.push({ kind: "move", path: file.path, to: target });
    future.set(file.path, null);
  }
  future.set(target ?? file.path, text);
  if (text !== before) steps.push({ kind: "write", path: target ?? file.path, text });
  const change: FileChange =
    target === null
      ? { path: file.path, action: "update", added, removed }
      : { path: file.path, action: "move", to: target, added, removed };
  return { change, steps };
}

type Current = { readonly text: string | null } | { readonly refused: string; readonly exists: boolean };

/** A file as the patch so far leaves it; `text` is null where there is none. */
async function current(file: string, worktree: WorktreeFiles, future: Future): Promise<Current> {
  const planned = future.get(file);
  if (planned !== undefined) return { text: planned };
  const read = await worktree.read(file, MAX_BYTES);
  if (!read.ok && read.failure.code === "not_found") return { text: null };
  if (!read.ok)
    return { refused: refusalText(file, read.failure), exists: read.failure.code !== "outside_worktree" };
  const text = decodeText(read.value);
  return text === null
    ? { refused: `${file}: not a UTF-8 text file; change it with shell`, exists: true }
    : { text };
}

const countLines = (text: string): number => (text === "" ? 0 : text.replace(/\n$/, "").split("\n").length);
