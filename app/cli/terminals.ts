import { FailureError } from "#shared/kernel/failure.ts";
import type { TerminalSummary } from "#shared/session/contract.ts";
import { connectOrStart } from "./connect.ts";
import { EXIT } from "./exit.ts";
import { openSource } from "./source.ts";
import type { VerbContext } from "./verbs.ts";

/**
 * Lists the terminals that are open, of all sessions or of one; with `--end` ends the one that is named, and what runs in
 * it. What is in no session any more is listed too: the daemon keeps a terminal until somebody ends it.
 */
export async function terminals(context: VerbContext): Promise<number> {
  const { line, dataDir, env, out } = context;
  const [word] = line.words;
  using connection = await connectOrStart(dataDir, env);
  const all = await connection.client.terminals.list({});
  if (line.flags.end) {
    const terminal = named(all, word);
    await connection.client.terminals.close({ terminal: terminal.id });
    out.write(
      line.flags.json ? `${JSON.stringify(terminal)}\n` : `Ended ${terminal.id}  ${terminal.title}\n`,
    );
    return EXIT.ok;
  }
  const session = word === undefined ? null : await sessionNamed(dataDir, word);
  const listed = all.filter((terminal) => session === null || terminal.session === session);
  out.write(
    line.flags.json ? `${JSON.stringify(listed)}\n` : listed.map(row).join("") || "No terminal is open.\n",
  );
  return EXIT.ok;
}

const row = ({ id, session, title, exitCode }: TerminalSummary): string =>
  `${id}  ${session}  ${exitCode === null ? "open     " : `exit ${String(exitCode).padEnd(4)}`}  ${title}\n`;

async function sessionNamed(dataDir: string, word: string): Promise<string> {
  await using source = await openSource(dataDir);
  return (await source.session(word)).id;
}

function named(all: readonly TerminalSummary[], word: string | undefined): TerminalSummary {
  const matches = word === undefined ? [] : all.filter(({ id }) => id.startsWith(word));
  const [only] = matches;
  if (only && matches.length === 1) return only;
  throw new FailureError({
    code: "bad_usage",
    message:
      word === undefined
        ? "`oriel terminals --end` needs a terminal's ID."
        : `${only ? "Several terminals begin" : "No terminal begins"} with ${word}.`,
    hint: "`oriel terminals` lists them.",
  });
}
