import { existsSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline/promises";
import { FailureError } from "#shared/kernel/failure.ts";
import { byteSize, plural } from "#shared/kernel/human.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { connectOrStart } from "./connect.ts";
import { EXIT } from "./exit.ts";
import { openSource } from "./source.ts";
import type { VerbContext } from "./verbs.ts";

interface Trashed {
  readonly id: string;
  readonly title: string;
  readonly bytes: number;
}

/**
 * Removes archived sessions' files for good: those that are named, or all, or all that nothing has happened to for some time.
 * Says first what that frees, and asks; without a terminal to answer on, `--yes` is the answer.
 */
export async function purge(context: VerbContext): Promise<number> {
  const { line, dataDir, env, out } = context;
  const trashed = await Promise.all((await chosen(context)).map((summary) => measured(dataDir, summary)));
  const show = (text: string): boolean => line.flags.json === true || out.write(text);
  const total = byteSize(trashed.reduce((sum, { bytes }) => sum + bytes, 0));
  for (const { id, title, bytes } of trashed) show(`${id}  ${byteSize(bytes).padStart(8)}  ${title}\n`);
  if (trashed.length > 0 && !(await confirmed(context, `${plural(trashed.length, "session")}, ${total}`))) {
    show("Nothing was removed.\n");
    return EXIT.ok;
  }
  if (trashed.length > 0) {
    using connection = await connectOrStart(dataDir, env);
    for (const { id } of trashed) await connection.client.sessions.purge({ session: id });
  }
  show(trashed.length > 0 ? `Removed for good: ${total}\n` : "There is nothing to remove.\n");
  if (line.flags.json) out.write(`${JSON.stringify(trashed)}\n`);
  return EXIT.ok;
}

async function chosen({ line, dataDir }: VerbContext): Promise<readonly SessionSummary[]> {
  await using source = await openSource(dataDir);
  if (line.words.length > 0) return await Promise.all(line.words.map((id) => archived(source.session(id))));
  const before = Date.now() - ageOf(line.flags["older-than"]);
  const sessions = await source.sessions();
  return sessions.filter(
    ({ trash, updatedAt }) => trash !== null && updatedAt <= before && existsSync(path.join(dataDir, trash)),
  );
}

async function archived(found: Promise<SessionSummary>): Promise<SessionSummary> {
  const summary = await found;
  if (summary.trash !== null) return summary;
  throw new FailureError({
    code: "bad_usage",
    message: `${summary.id} is not archived, and only what is archived is removed.`,
    hint: `oriel archive ${summary.id}`,
  });
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `12h`, `30d`, `8w` in ms; 0 where nothing is said. */
function ageOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const [, count, unit = ""] = /^(\d{1,5})([hdw])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (UNITS[unit] ?? 0);
  throw new FailureError({
    code: "bad_usage",
    message: `--older-than takes hours, days or weeks such as 12h, 30d or 8w, not "${text}".`,
  });
}

async function measured(dataDir: string, { id, title, trash }: SessionSummary): Promise<Trashed> {
  const folder = path.join(dataDir, trash ?? "");
  return { id, title, bytes: trash !== null && existsSync(folder) ? await sizeOf(folder) : 0 };
}

/**
 * What a folder takes on the disk, in bytes. Links are not followed, as Node's own recursive reading does. A folder that an
 * agent has locked counts as nothing: it is removed all the same.
 */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const place = path.join(folder, entry.name);
    const stats = await lstat(place);
    // Windows does not count blocks.
    bytes += stats.blocks * 512 || stats.size;
    if (entry.isDirectory()) bytes += await sizeOf(place);
  }
  return bytes;
}

async function confirmed({ line }: VerbContext, what: string): Promise<boolean> {
  if (line.flags.yes) return true;
  if (!process.stdin.isTTY)
    throw new FailureError({
      code: "bad_usage",
      message: "Nothing was removed: this asks first, and there is no terminal to answer on.",
      hint: "Say --yes.",
    });
  using asked = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asked.question(`Remove ${what}, for good? Their branches stay. [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}
