/** What each command and terminal carries in its environment, so that what is left of it is found. */
import { createHash } from "node:crypto";

/** Names the daemon that started a command: the next one ends what a killed one left running. */
export const COMMANDS_OF = "ORIEL_DAEMON";
/** Names the data directory of a terminal. */
export const TERMINALS_OF = "ORIEL_TERMINALS_OF";

/** Of the daemons in this runtime folder; with `tag`, of those of one version. */
export function placeMark(folder: string, tag = ""): string {
  const place = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  return tag === "" ? place : `${place}-${tag}`;
}
