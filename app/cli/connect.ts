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
import type { OlderHost } from "./give-way.ts";
import { outliving } from "./outliving.ts";

export type Client = ContractRouterClient<typeof contract>;

export interface Connection extends Disposable {
  readonly client: Client;
  /** Resolves when the connection ends, for whatever reason. */
  readonly closed: Promise<void>;
}

/** A host that takes a connection and says nothing for so long is stopped or stuck: not gone, so no other is started. In ms. */
const SILENT_MS = 10_000;

/**
 * Speaks to the host that holds the data directory, or gives null where none does. Throws FailureError `host_unreachable`
 * where one holds it and does not answer.
 */
export async function connect(root: string, silentMs = SILENT_MS): Promise<Connection | null> {
  const socket = new WebSocket(`ws+unix://${dataDir(root).hostSocket}:/rpc`, { perMessageDeflate: false });
  const found = await opening(socket, silentMs);
  if (found === "none") return null;
  if (found === "silent") {
    socket.terminate();
    throw new FailureError(HOST_SILENT);
  }
  const closed = once(socket, "close").then(() => undefined);
  return {
    // The `ws` socket has the few members of the browser's that the link uses.
    client: createORPCClient(new RPCLink({ websocket: socket })),
    closed,
    [Symbol.dispose]: () => socket.close(),
  };
}

const opening = (socket: WebSocket, silentMs: number): Promise<"open" | "none" | "silent"> =>
  new Promise((resolve) => {
    const limit = setTimeout(() => resolve("silent"), silentMs);
    socket.on("open", () => {
      clearTimeout(limit);
      resolve("open");
    });
    socket.on("error", (error) => {
      clearTimeout(limit);
      // More wait in the queue of one that accepts none than there is room for.
      resolve("code" in error && error.code === "EAGAIN" ? "silent" : "none");
    });
  });

const HOST_SILENT = {
  code: "host_unreachable",
  message: "Oriel's host holds the data directory and does not answer.",
  kept: "Nothing was changed, and no other host was started.",
  hint: "`oriel doctor` says which process it is and what to do.",
} as const;

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

/** The same, and starts a host first where none runs. Throws also the host's own FailureError where it can't start. */
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
  throw new FailureError(HOST_SILENT);
}

/** An earlier program that runs beside this one may bring its own host back: each time it is a toss whose comes first. */
const REPLACEMENTS = 8;

/**
 * The same, and has a host of this version where that can be: one that is older and has nothing to do gives way. For who opens a
 * window: the next host serves no page before it is asked to. `older` is one that goes on, else null.
 */
export async function connectNewest(
  root: string,
  env: NodeJS.ProcessEnv,
  runtime: HostRuntime = OWN_RUNTIME,
): Promise<Connection & { readonly older: OlderHost | null }> {
  const program = { version: VERSION, builtAt: builtAt(runtime.entry) };
  for (let replaced = 0; ; replaced += 1) {
    const connection = await connectOrStart(root, env, runtime);
    const answer = await giveWay(connection, program, replaced < REPLACEMENTS);
    if (answer || replaced > REPLACEMENTS) return { ...connection, older: null, ...answer };
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
