import { FailureError } from "#shared/kernel/failure.ts";
import { runningWords } from "#shared/session/words.ts";
import { connectOrStart } from "./connect.ts";
import { EXIT } from "./exit.ts";
import type { VerbContext } from "./verbs.ts";

/**
 * Ends all that runs on this data directory, then the host. Where no host runs one is started for it: what a host that died
 * left open then gets its end in the log too. Exit 1 where a process could not be ended.
 */
export async function stopAll({ line, dataDir, env, out }: VerbContext): Promise<number> {
  if (line.words.length > 0)
    throw new FailureError({
      code: "bad_usage",
      message: "`oriel stop --all` stops every session, so it takes none.",
      hint: `For one alone: oriel stop ${line.words.join(" ")}`,
    });
  using connection = await connectOrStart(dataDir, env);
  const ended = await connection.client.host.stopAll({ quit: true });
  if (line.flags.json) out.write(`${JSON.stringify(ended)}\n`);
  else out.write(`Ended: ${runningWords(ended)}.\n`);
  if (ended.stayed.length === 0) return EXIT.ok;
  process.stderr.write(`oriel: could not end ${ended.stayed.join(", ")}: they may be another user's.\n`);
  return EXIT.turnFailed;
}
