/**
 * An ended command on disk, for a host that comes when its daemon has ended: what became of it and the output that was
 * kept. One file a command (whole-file.ts).
 */
import { createHash } from "node:crypto";
import path from "node:path";
import { z } from "zod";
import { FailureError } from "#shared/kernel/failure.ts";
import type { Command } from "./command.ts";
import { keptOutput } from "./output-keep.ts";
import type { Past } from "./past-files.ts";
import { commandState, exitOf } from "./protocol.ts";
import { readWhole, removeWhole, writeWhole } from "./whole-file.ts";

const savedResult = z.object({ v: z.literal(1), state: commandState.extend({ exit: exitOf }) });
type SavedResult = z.infer<typeof savedResult>;

const resultFile = (folder: string, id: string): string =>
  path.join(folder, `${createHash("sha256").update(id).digest("hex").slice(0, 32)}.result`);

/** Writes what `command`, which has ended, left. Rejects where the disk does. */
export async function saveResult(folder: string, command: Command): Promise<void> {
  const { exit, ...state } = command.state();
  if (exit === null) throw new Error(`command ${state.id} has not ended`);
  const saved: SavedResult = { v: 1, state: { ...state, exit } };
  await writeWhole(resultFile(folder, state.id), saved, command.kept());
}

export const removeResult = (folder: string, id: string): void => removeWhole(resultFile(folder, id));

export interface PastCommand extends Command, Past {}

/** What `file` has; null where that is no result. */
export function pastCommand(file: string): PastCommand | null {
  const content = readWhole(file);
  const { data } = savedResult.safeParse(content?.head);
  if (!content || !data) return null;
  const { state } = data;
  return {
    id: state.id,
    savedAt: state.exit.at,
    exited: Promise.resolve(state.exit),
    state: () => state,
    // Read when it is asked for: results wait in any number.
    read: (offset, maxBytes) =>
      keptOutput(readWhole(file)?.body ?? NOTHING, state.total).read(offset, maxBytes),
    kept: () => readWhole(file)?.body ?? NOTHING,
    onOutput: () => ({ [Symbol.dispose]() {} }),
    write() {
      throw new FailureError({ code: "input_closed", message: "The command no longer takes input." });
    },
    closeInput() {},
    kill: () => Promise.resolve(),
  };
}

const NOTHING = Buffer.alloc(0);
