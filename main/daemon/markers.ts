/** What each command and terminal carries in its environment, so that what is left of it is found; and what Oriel itself does. */
import { createHash } from "node:crypto";

/** Names the daemon that started a command: the next one ends what a killed one left running. */
export const COMMANDS_OF = "ORIEL_DAEMON";
/** Names the data directory of a terminal. */
export const TERMINALS_OF = "ORIEL_TERMINALS_OF";

/**
 * A host, its window or a daemon has this word in its environment, and none of the marks: one that was started in a terminal
 * or by a command is no part of what ends with that (proc-linux.ts), nor is what runs in it. No shell and no command has it.
 */
export const KEEPS = "ORIEL_KEEPS";

/** What a shell or a command is started with: what was asked for, and where it belongs. */
export function markedEnv(
  { [KEEPS]: _, ...asked }: Readonly<Record<string, string>>,
  marks: Readonly<Record<string, string>>,
): Record<string, string> {
  return { ...asked, ...marks };
}

/** Of the daemons in this runtime folder; with `tag`, of those of one version. */
export function placeMark(folder: string, tag = ""): string {
  const place = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  return tag === "" ? place : `${place}-${tag}`;
}
