/** Holds the log (`log`) or the data directory (`dir`) in argv[3] until it is killed; prints a line once it does. */
import { writeSync } from "node:fs";
import { acquireDataDirLock, openLog } from "../log.ts";

const [, , what, dir] = process.argv;
const held = what === "log" ? await openLog({ dir: dir! }) : acquireDataDirLock(dir!);
// Keeps the process, and with it what it holds.
setInterval(() => held, 60_000);
writeSync(1, "held\n");
