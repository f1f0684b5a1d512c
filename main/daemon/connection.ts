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
import type { Answer, VerbTable } from "./verb-table.ts";

/** A connection that does not say who it is by then is closed. */
const HANDSHAKE_MS = 10_000;

type Call = Extract<ToDaemon, { type: "call" }>;

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
  /** Not answered yet: at most what one piece from the socket held. */
  const calls: Call[] = [];
  let welcomed = false;
  let refused = false;
  const endLater = (): NodeJS.Timeout => setTimeout(() => socket.destroy(), HANDSHAKE_MS);
  let limit = endLater();

  // What it still sends is read and thrown away: a socket that is closed over unread bytes takes the answer with it.
  const refuse = (failure: Failure): void => {
    refused = true;
    peer.outbox.send({ type: "refused", failure });
    socket.end();
    clearTimeout(limit);
    limit = endLater();
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
    if (refused) return;
    if (kind !== FRAME.control) throw badFrame(`A client sent a frame of kind ${kind}.`);
    const message = decodeControl(toDaemon, payload);
    switch (message.type) {
      case "hello":
        return welcomed ? undefined : hello(message);
      case "call":
        if (!welcomed) throw badFrame("A call came before the handshake.");
        return void calls.push(message);
      default:
        assertNever(message);
    }
  };

  const answerCalls = (): void => {
    while (!peer.outbox.isFull()) {
      const call = calls.shift();
      if (!call) return void socket.resume();
      answer(call, peer, options.verbs);
    }
    socket.pause();
    peer.outbox.onceRead(answerCalls);
  };

  const decode = frameDecoder(MAX_FRAME_TO_DAEMON, onFrame);
  socket.on("data", (piece) => {
    if (refused) return;
    try {
      decode(typeof piece === "string" ? Buffer.from(piece) : piece);
      answerCalls();
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

/** Never throws: a failure is an answer. At once where it can be, so that `isFull` knows of it before the next call. */
function answer({ ref, verb, input }: Call, peer: Peer, table: VerbTable): void {
  const succeed = ({ value, attachment }: Answer): void =>
    peer.outbox.send({ type: "reply", ref, value }, attachment);
  const failWith = (error: unknown): void => {
    const failure = failureOf(error) ?? {
      code: "daemon_error",
      message: `${verb} failed.`,
      details: String(error),
    };
    peer.outbox.send({ type: "failed", ref, failure });
  };
  try {
    if (!isVerb(verb))
      throw new FailureError({ code: "unknown_verb", message: `The daemon cannot ${verb}.` });
    const result = table[verb](input, peer, ref);
    if (result instanceof Promise) void result.then(succeed).catch(failWith);
    else succeed(result);
  } catch (error) {
    failWith(error);
  }
}
