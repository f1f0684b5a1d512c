import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import { WebSocket } from "ws";
import { z } from "zod";
import { dataDir } from "#main/kernel/data-dir.ts";
import { FailureError } from "#shared/kernel/failure.ts";
import { storedFailure } from "#shared/session/events.ts";
import { VERSION } from "#shared/kernel/version.ts";
import type { contract } from "#shared/session/contract.ts";
import { giveWay } from "./give-way.ts";
import { outliving } from "./outliving.ts";

export type Client = ContractRouterClient<typeof contract>;

export interface Connection extends Disposable {
  readonly client: Client;
  /** Resolves when the connection ends, for whatever reason. */
  readonly closed: Promise<void>;
}

/** Speaks to the host that holds the data directory, or gives null where none does. */
export async function connect(root: string): Promise<Connection | null> {
  const socket = new WebSocket(`ws+unix://${dataDir(root).hostSocket}:/rpc`, { perMessageDeflate: false });
  const opened = await new Promise<boolean>((resolve) => {
    socket.once("open", () => resolve(true));
    socket.once("error", () => resolve(false));
  });
  if (!opened) return null;
  const closed = once(socket, "close").then(() => undefined);
  return {
    // The `ws` socket has the few members of the browser's that the link uses.
    client: createORPCClient(new RPCLink({ websocket: socket })),
    closed,
    [Symbol.dispose]: () => socket.close(),
  };
}

const HOST_ENTRY = import.meta.url.endsWith(".ts") ? "../host/main.ts" : "./host.js";

/** The Node that a host runs on, and its entry file: absolute paths. */
export interface HostRuntime {
  readonly node: string;
  readonly entry: string;
}

const OWN_RUNTIME: HostRuntime = {
  node: process.execPath,
  entry: fileURLToPath(new URL(HOST_ENTRY, import.meta.url)),
};

/** A host that holds the data directory may take this long until it serves: it settles first. Milliseconds. */
const GIVE_UP_MS = 60_000;

/** The same, and starts a host first where none runs. Fails with the host's own words where it cannot start. */
export async function connectOrStart(
  root: string,
  env: NodeJS.ProcessEnv,
  runtime: HostRuntime = OWN_RUNTIME,
): Promise<Connection> {
  const givenUpAt = Date.now() + GIVE_UP_MS;
  for (let pauseMs = 50; Date.now() < givenUpAt; pauseMs *= 2) {
    const connection = await connect(root);
    if (connection) return connection;
    // Another host that holds the directory may still be settling what the one before it left.
    if ((await startHost(root, env, runtime)) === "held") await delay(Math.min(pauseMs, 1000));
  }
  throw new FailureError({
    code: "host_unreachable",
    message: "Oriel's host holds the data directory and does not answer.",
    kept: "Nothing was changed.",
    hint: `End the process that \`oriel doctor\` names, then try again.`,
  });
}

/** An earlier program that runs beside this one may bring its own host back. */
const REPLACEMENTS = 5;

/**
 * The same, and has a host of this version where that can be: one that is older and has nothing to do gives way. For who opens a
 * window: the next host serves no page before it is asked to. `older` is the version of one that goes on, else null.
 */
export async function connectNewest(
  root: string,
  env: NodeJS.ProcessEnv,
  runtime: HostRuntime = OWN_RUNTIME,
): Promise<Connection & { readonly older: string | null }> {
  for (let tries = 1; ; tries += 1) {
    const connection = await connectOrStart(root, env, runtime);
    const answer = await giveWay(connection, { version: VERSION, builtAt: builtAt(runtime.entry) });
    if (answer) return { ...connection, ...answer };
    if (tries === REPLACEMENTS) return { ...(await connectOrStart(root, env, runtime)), older: null };
  }
}

/** Milliseconds since the epoch; 0 where the clock was another when the file was written. */
function builtAt(file: string): number {
  const writtenAt = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return writtenAt > Date.now() ? 0 : writtenAt;
}

/**
 * Starts a host that outlives this process. Resolves once it serves, or once it found that another host `held` the data
 * directory; throws the failure that it reports otherwise.
 */
async function startHost(
  root: string,
  env: NodeJS.ProcessEnv,
  { node, entry }: HostRuntime,
): Promise<"ready" | "held"> {
  const host = spawn(node, [entry, "--data-dir", root], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
    env: outliving(env),
    cwd: "/",
  });
  host.unref();
  // A Node that can't be started: its stdout ends without a word.
  host.once("error", () => undefined);
  let said = "";
  for await (const piece of host.stdout) {
    said += String(piece);
    if (said.includes("\n")) break;
  }
  host.stdout.destroy();
  const report = said.includes("\n") ? hostReport.parse(JSON.parse(said.slice(0, said.indexOf("\n")))) : null;
  if (report === null)
    throw new FailureError({ code: "host_died", message: "Oriel's host ended before it was ready." });
  if ("failure" in report) throw new FailureError(report.failure);
  return "held" in report ? "held" : "ready";
}

/** The line that a host says of its start. */
const hostReport = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ held: z.literal(true) }),
  z.object({ failure: storedFailure }),
]);
