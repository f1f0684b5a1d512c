/** The end of all that runs, when a person asks for it. */
import type { DaemonClient } from "#main/daemon/client.ts";
import { endLeftovers, findLeftovers } from "#main/daemon/leftovers.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import type { Failure } from "#shared/kernel/failure.ts";
import type { RunningCounts } from "#shared/session/contract.ts";
import { isWorking } from "#shared/session/summary.ts";
import { closing } from "./asking.ts";
import type { DaemonLink } from "./daemon-link.ts";
import type { SessionService } from "./service.ts";

export interface StopAllServices {
  readonly stateDir: string;
  readonly link: Pick<DaemonLink, "existing" | "keeper" | "startNoMore">;
  readonly sessions: Pick<SessionService, "list" | "stop" | "settleAll">;
}

/** What runs now. Starts nothing. */
export async function countRunning({ link, sessions }: StopAllServices): Promise<RunningCounts> {
  const daemon = await link.existing();
  const [terminals, commands] = daemon
    ? await Promise.all([daemon.listTerminals(), daemon.list()])
    : [[], []];
  return {
    turns: sessions.list().filter(isWorking).length,
    shells: terminals.filter(isRunning).length,
    commands: commands.filter(isRunning).length,
  };
}

/**
 * See the contract's `host.stopAll`; with `forGood` nothing is started after it. Everything is ended also where that can't be
 * written: `problem` says why. Throws FailureError where a daemon does not answer: then nobody knows what runs.
 */
export async function stopAll(
  services: StopAllServices,
  { forGood }: { forGood: boolean },
): Promise<RunningCounts & { stayed: number[]; problem: Failure | null }> {
  const { link, sessions, stateDir } = services;
  const counts = await countRunning(services);
  let problem: Failure | null = null;
  /** Whatever `work` can't do, what runs is to end. */
  const regardless = async (work: () => Promise<Failure | null>): Promise<void> => {
    const failure = await work().catch((error: unknown) => failureOf(error) ?? surprise(error));
    problem ??= failure && unwritten(failure);
  };
  const working = sessions.list().filter(isWorking);
  const stop = async (session: string): Promise<Failure | null> => {
    const stopped = await sessions.stop({ session });
    return stopped.ok ? null : stopped.failure;
  };
  await Promise.all(working.map(({ id }) => regardless(() => stop(id))));
  const keeper = await link.keeper();
  if (forGood) link.startNoMore();
  // Until there is none: an older one that was still ending, or one that a window has started meanwhile, ends too.
  for (let daemon = keeper; daemon; daemon = await link.existing())
    await endDaemon(daemon, () => regardless(sessions.settleAll));
  // What no daemon knows: of a shell that was never saved, or whose saved screen was lost.
  const left = await findLeftovers({ stateDir });
  return { ...counts, stayed: left.length > 0 ? await endLeftovers({ stateDir }, left) : [], problem };
}

async function endDaemon(daemon: DaemonClient, settle: () => Promise<void>): Promise<void> {
  try {
    // Before it ends, so that it can still say how they ended: that is written to their sessions.
    const commands = (await daemon.list()).filter(isRunning);
    await Promise.all(commands.map(({ id }) => daemon.kill(id)));
    await settle();
    await daemon.shutdown();
    await daemon.closed;
  } catch (error) {
    // It is what was wanted. What it left is found without it.
    if (failureOf(error)?.code !== "daemon_gone") throw error;
    await closing(daemon);
  }
}

/** The next host settles it, as what a dead one left. */
const unwritten = ({ code, message, hint, details }: Failure): Failure => ({
  code,
  message: `All that ran was ended, but not all of it could be written down. ${message}`,
  kept: "What is missing is settled when Oriel starts again, as far as it can be known then.",
  ...(hint !== undefined && { hint }),
  ...(details !== undefined && { details }),
});

const surprise = (error: unknown): Failure => ({
  code: "internal",
  message: "Oriel made a mistake.",
  details: String(error),
});

const isRunning = ({ exit }: { readonly exit: object | null }): boolean => exit === null;
