import { setTimeout as delay } from "node:timers/promises";
import { DEMO_TASKS } from "#shared/agent/demo-tasks.ts";
import { FailureError } from "#shared/kernel/failure.ts";
import { VERSION } from "#shared/kernel/version.ts";
import { newSession } from "#shared/session/contract.ts";
import { openBrowser } from "./browser.ts";
import { connectNewest } from "./connect.ts";
import type { Client, Connection } from "./connect.ts";
import { electronAvailable, openElectron } from "./electron.ts";
import { EXIT } from "./exit.ts";
import { follow } from "./follow.ts";
import type { OlderHost } from "./give-way.ts";
import { plainProgress, terminalProgress } from "./progress.ts";
import { sendCredentials } from "./run.ts";
import type { VerbContext } from "./verbs.ts";

/** Started sessions, and the cursor from which to follow them. */
type Started = Awaited<ReturnType<Client["sessions"]["create"]>>;

/**
 * What `npm start` does: opens the web face and stays with it until Ctrl-C. A host that dies meanwhile is replaced, at the
 * same address. On stdout there is one line, and with `--demo` on a terminal the sessions' progress below it.
 */
export async function start(context: VerbContext): Promise<number> {
  const { line, env } = context;
  const wish = portOf(line.flags.port);
  const leave = new AbortController();
  const interrupted = (): void => leave.abort();
  for (const signal of SIGNALS) process.once(signal, interrupted);

  let address: string | null = null;
  const connect = async (): Promise<Connection> => {
    const connection = await connectNewest(context.dataDir, env);
    if (connection.older !== null && address === null)
      process.stderr.write(`oriel: ${olderWords(connection.older)}\n`);
    await sendCredentials(connection, env);
    const { url, notice } = await connection.client.host.openWeb(wish);
    if (notice !== null) process.stderr.write(`oriel: ${notice}\n`);
    if (address !== null && address !== url) process.stderr.write(`oriel: Oriel is now at ${url}\n`);
    address = url;
    return connection;
  };
  let connection = await connect();
  const connectAgain = async (): Promise<Connection> => (connection = await connect());
  const ticketUrl = async (): Promise<string> => (await connection.client.host.openWeb(wish)).ticketUrl;
  try {
    const opens = line.flags.open !== false;
    const demo = line.flags.demo && !opens ? await startDemo(connection.client) : null;
    context.out.write(`Oriel is ready at ${String(address)}\n`);
    if (process.stderr.isTTY) process.stderr.write("Ctrl-C leaves; what is at work goes on.\n");
    const opened = opens && (await present(ticketUrl, context));
    if (opened && line.flags.demo) await firstPage(connection.client, leave.signal);
    if (line.flags.demo && !leave.signal.aborted)
      await show(demo ?? (await startDemo(connection.client)), connection, connectAgain, leave.signal);
    await stay(() => connection, connectAgain, leave.signal);
    return EXIT.ok;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    connection[Symbol.dispose]();
  }
}

/** Opens it: Oriel's own window where it can be had, else a tab of the browser, said in one line. Whether there is one of them. */
async function present(
  ticketUrl: () => Promise<string>,
  { line, dataDir, env }: VerbContext,
): Promise<boolean> {
  const say = (text: string): boolean => process.stderr.write(`oriel: ${text}\n`);
  const binary = line.flags.web ? null : await electronAvailable(env, say);
  if (binary !== null && (await openElectron(binary, { dataDir }, env))) return true;
  // Asked for now: a ticket is good for a minute, and to fetch Electron in vain may have taken five.
  const opened = openBrowser(await ticketUrl(), env);
  if (opened && !line.flags.web) say("there is no window of its own here, so Oriel opens in the browser");
  return opened;
}

/** A browser that takes longer may never come: then the demo begins without anybody who looks. Milliseconds. */
const FIRST_PAGE_MS = 10_000;

/** Waits for the first page, so that a person sees the demo from its beginning. */
async function firstPage(client: Client, signal: AbortSignal): Promise<void> {
  const givenUpAt = Date.now() + FIRST_PAGE_MS;
  while (!signal.aborted && Date.now() < givenUpAt) {
    if ((await client.host.info()).pages > 0) return;
    await delay(100, undefined, { signal }).catch(() => undefined);
  }
}

/** Why an older host goes on, and what to do for this version. */
const OLDER: Readonly<Record<OlderHost["because"], string>> = {
  at_work: "is still at work and goes on; start again when its agents are done",
  not_ended: "could not be ended and goes on; `oriel doctor` says more of it",
  comes_back: "goes on: an earlier program starts it anew each time; quit that, and start again",
};
const olderWords = ({ version, because }: OlderHost): string =>
  `Oriel ${version} ${OLDER[because]}, for ${VERSION}`;

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

function portOf(text: string | undefined): { port?: number } {
  if (text === undefined) return {};
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return { port };
  throw new FailureError({
    code: "bad_usage",
    message: `--port takes a number from 1 to 65535, not "${text}".`,
  });
}

/** Adds the sample project and starts a session for each chore of the demo. */
async function startDemo(client: Client): Promise<Started> {
  const project = await client.projects.addSample();
  const sessions = DEMO_TASKS.map(({ title, task }) => newSession.parse({ title, task, model: "offline" }));
  return client.sessions.create({ project: project.path, sessions });
}

/** Shows sessions until none goes on by itself: drawn on a terminal; else in lines on stderr. */
async function show(
  { cursor, sessions }: Started,
  connection: Connection,
  reconnect: () => Promise<Connection>,
  signal: AbortSignal,
): Promise<void> {
  using progress = process.stdout.isTTY
    ? terminalProgress(process.stdout, Date.now)
    : plainProgress(process.stderr);
  await follow(connection, {
    sessions: sessions.map((summary) => summary.id),
    after: cursor,
    reconnect,
    onEvent: () => undefined,
    onChange: (changed) => progress.show(changed),
    signal,
  });
}

/** Stays until `signal`, with a host. */
async function stay(
  current: () => Connection,
  reconnect: () => Promise<Connection>,
  signal: AbortSignal,
): Promise<void> {
  const left = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  for (;;) {
    await Promise.race([current().closed, left]);
    if (signal.aborted) return;
    await reconnect();
  }
}
