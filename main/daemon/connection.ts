/** One client's connection: handshake, then calls. Whatever a client sends, the daemon lives. */
import type { Socket } from "node:net";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { type Failure, FailureError, failureOf } from "#shared/kernel/failure.ts";
import { frameDecoder } from "./frames.ts";
import { type Outbox, createOutbox } from "./outbox.ts";
import {
  FRAME,
  MAX_FRAME_TO_DAEMON,
  PROTOCOL,
  type ToDaemon,
  decodeControl,
  isVerb,
  toDaemon,
} from "./protocol.ts";
import { sameToken } from "./token.ts";
import type { VerbTable } from "./verb-table.ts";

/** A connection that does not say who it is by then is closed. */
const HANDSHAKE_MS = 10_000;

export interface Peer {
  readonly outbox: Outbox;
  /** What this client watches, by the ref of the call that asked for it; ended with the connection. */
  readonly subscriptions: Map<number, Disposable>;
}

export interface ConnectionOptions {
  readonly identity: { readonly instance: string; readonly pid: number; readonly version: string };
  /** Read for each handshake; null refuses all. */
  token(): string | null;
  readonly verbs: VerbTable;
  onWelcome(): void;
  /** Called once, and only after `onWelcome`. */
  onGone(): void;
}

/** Serves `socket` until it ends. A client that breaks the protocol is told why, then closed. */
export function serveConnection(socket: Socket, options: ConnectionOptions): void {
  const peer: Peer = { outbox: createOutbox(socket), subscriptions: new Map() };
  let welcomed = false;
  const limit = setTimeout(() => socket.destroy(), HANDSHAKE_MS);

  const refuse = (failure: Failure): void => {
    peer.outbox.send({ type: "refused", failure });
    socket.destroySoon();
  };
  const hello = (message: Extract<ToDaemon, { type: "hello" }>): void => {
    const failure = handshakeFailure(message, options.token());
    if (failure) return refuse(failure);
    clearTimeout(limit);
    welcomed = true;
    options.onWelcome();
    peer.outbox.send({ type: "welcome", ...options.identity });
  };
  const onFrame = (kind: number, payload: Buffer): void => {
    if (!socket.writable) return;
    if (kind !== FRAME.control) throw badFrame(`A client sent a frame of kind ${kind}.`);
    const message = decodeControl(toDaemon, payload);
    switch (message.type) {
      case "hello":
        return welcomed ? undefined : hello(message);
      case "call":
        if (!welcomed) throw badFrame("A call came before the handshake.");
        return void answer(message, peer, options.verbs);
      default:
        assertNever(message);
    }
  };

  const decode = frameDecoder(MAX_FRAME_TO_DAEMON, onFrame);
  socket.on("data", (piece) => {
    try {
      decode(typeof piece === "string" ? Buffer.from(piece) : piece);
    } catch (error) {
      // Not JSON, not a message, too large: nothing after it can be trusted.
      refuse(failureOf(error) ?? badFrame(String(error)).failure);
    }
  });
  socket.on("error", () => socket.destroy());
  socket.on("close", () => {
    clearTimeout(limit);
    for (const subscription of peer.subscriptions.values()) subscription[Symbol.dispose]();
    peer.subscriptions.clear();
    if (welcomed) options.onGone();
  });
}

function handshakeFailure(hello: { protocol: number; token: string }, token: string | null): Failure | null {
  if (token === null || !sameToken(hello.token, token)) {
    return { code: "daemon_refused", message: "The daemon does not know this token." };
  }
  if (hello.protocol === PROTOCOL) return null;
  return {
    code: "daemon_version",
    message: `The daemon speaks protocol ${PROTOCOL}, this client ${hello.protocol}.`,
  };
}

const badFrame = (message: string) => new FailureError({ code: "bad_frame", message });

/** Never rejects: a failure is an answer. */
async function answer(
  call: Extract<ToDaemon, { type: "call" }>,
  peer: Peer,
  table: VerbTable,
): Promise<void> {
  const { ref, verb, input } = call;
  try {
    if (!isVerb(verb))
      throw new FailureError({ code: "unknown_verb", message: `The daemon cannot ${verb}.` });
    const { value, attachment } = await table[verb](input, peer, ref);
    peer.outbox.send({ type: "reply", ref, value }, attachment);
  } catch (error) {
    const failure = failureOf(error) ?? {
      code: "daemon_error",
      message: `${verb} failed.`,
      details: String(error),
    };
    peer.outbox.send({ type: "failed", ref, failure });
  }
}
