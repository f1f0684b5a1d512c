/** Appends to the log in argv[2] until it is killed, several calls at a time, and prints the ids that were confirmed. */
import { writeSync } from "node:fs";
import { openLog } from "../log.ts";
import { created, noticed } from "./drafts.ts";

const log = await openLog({ dir: process.argv[2]! });
const session = `ses_${process.pid}`;
await log.append([created(session)]);

async function appendForever(): Promise<never> {
  for (;;) {
    const events = await log.append([noticed(session, "one"), noticed(session, "two")]);
    writeSync(1, events.map((event) => `${event.id}\n`).join(""));
  }
}
await Promise.all([appendForever(), appendForever(), appendForever()]);
