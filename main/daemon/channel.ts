/** A client's end of one connection to the daemon: handshake, calls, subscriptions. */
import type { Socket } from "node:net";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { type Failure, FailureError } from "#shared/kernel/failure.ts";
import { frameDecoder } from "./frames.ts";
import {
  FRAME,
  MAX_FRAME_TO_CLIENT,
  MAX_FRAME_TO_DAEMON,
  PROTOCOL,
  type SubscriptionEvent,
  type ToClient,
  type Verb,
  decodeAttachment,
  decodeControl,
  decodeOutput,
  encodeControl,
  toClient,
  verbs,
} from "./protocol.ts";

/** A daemon that accepts and says nothing for so long is stopped or stuck: not gone, so no other is started. */
const HANDSHAKE_MS = 10_000;
const NOTHING = new Uint8Array(0);

export interface Identity {
  readonly instance: string;
  readonly pid: number;
  readonly version: string;
}

export interface Subscriber {
  onBytes(bytes: Uint8Array, offset: number): void;
  onEvent(event: SubscriptionEvent, attachment: Uint8Array): void;
  /** The connection was lost before it was ended. */
  onGone?(failure: FailureError): void;
}

export interface Channel extends AsyncDisposable {
  readonly identity: Identity;
  readonly closed: Promise<void>;
  /** Throws FailureError: what the daemon answered, or `daemon_gone`. */
  call<Input, Output>(
    verb: Verb<Input, Output>,
    input: Input,
  ): Promise<{ value: Output; attachment: Uint8Array }>;
  /** `accepted` is the answer to the call; the returned function ends the subscription, once or more often. */
  subscribe<Input>(
    verb: Verb<Input, null>,
    input: Input,
    subscriber: Subscriber,
  ): { accepted: Promise<unknown>; end: () => void };
}

interface Pending {
  resolve(answer: { value: unknown; attachment: Uint8Array }): void;
  reject(error: Error): void;
}

/**
 * Shakes hands over `socket`, which is the channel's from now on. Null where the daemon closed it without a word: it
 * was about to end, or gave way to another. Throws FailureError `daemon_refused`, `daemon_version`, `daemon_unavailable`.
 */
export async function openChannel(
  socket: Socket,
  token: string,
  protocol = PROTOCOL,
): Promise<Channel | null> {
  const pending = new Map<number, Pending>();
  const subscribers = new Map<number, Subscriber>();
  const attachments = new Map<number, Uint8Array>();
  const greeting = Promise.withResolvers<Identity | null>();
  const closed = Promise.withResolvers<void>();
  let lastRef = 0;

  const takeAttachment = (ref: number): Uint8Array => {
    const attachment = attachments.get(ref) ?? NOTHING;
    attachments.delete(ref);
    return attachment;
  };
  const takePending = (ref: number): Pending | undefined => {
    const found = pending.get(ref);
    pending.delete(ref);
    return found;
  };
  const receive = (message: ToClient): void => {
    // Also where nobody waits for it any more: it is nobody else's.
    const attachment = "ref" in message ? takeAttachment(message.ref) : NOTHING;
    switch (message.type) {
      case "welcome":
        return greeting.resolve({ instance: message.instance, pid: message.pid, version: message.version });
      case "refused":
        return greeting.reject(new FailureError(message.failure));
      case "reply":
        return takePending(message.ref)?.resolve({ value: message.value, attachment });
      case "failed":
        return takePending(message.ref)?.reject(new FailureError(message.failure));
      case "event":
        return subscribers.get(message.ref)?.onEvent(message.event, attachment);
      default:
        assertNever(message);
    }
  };
  const onFrame = (kind: number, payload: Buffer): void => {
    if (kind === FRAME.control) return receive(decodeControl(toClient, payload));
    if (kind === FRAME.output) {
      const { ref, offset, bytes } = decodeOutput(payload);
      return subscribers.get(ref)?.onBytes(bytes, offset);
    }
    const { ref, bytes } = decodeAttachment(payload);
    attachments.set(ref, bytes);
  };

  const decode = frameDecoder(MAX_FRAME_TO_CLIENT, onFrame);
  socket.on("data", (piece) => {
    try {
      decode(typeof piece === "string" ? Buffer.from(piece) : piece);
    } catch {
      // Nothing after it can be trusted: the connection is lost, as it is when the daemon ends.
      socket.destroy();
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    greeting.resolve(null);
    for (const call of pending.values()) call.reject(gone());
    pending.clear();
    const left = [...subscribers.values()];
    subscribers.clear();
    for (const subscriber of left) subscriber.onGone?.(gone());
    closed.resolve();
  });

  const send = (verb: string, input: unknown): { ref: number; answer: Promise<Answer> } => {
    const ref = ++lastRef;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const frame = encodeControl({ type: "call", ref, verb, input });
    // The daemon would end the connection over it, and with that everybody else's calls.
    if (frame.length > MAX_FRAME_TO_DAEMON) reject(tooLarge(frame.length));
    else if (socket.writable) {
      pending.set(ref, { resolve, reject });
      socket.write(frame);
    } else {
      reject(gone());
    }
    return { ref, answer: promise };
  };

  socket.write(encodeControl({ type: "hello", protocol, token }));
  const identity = await handshake(socket, greeting.promise);
  if (identity === null) return null;
  return {
    identity,
    closed: closed.promise,
    async call(verb, input) {
      const { value, attachment } = await send(verb.name, input).answer;
      return { value: verb.output.parse(value), attachment };
    },
    subscribe(verb, input, subscriber) {
      const { ref, answer } = send(verb.name, input);
      subscribers.set(ref, subscriber);
      const end = (): void => {
        // A lost connection has ended it already.
        if (subscribers.delete(ref)) send(verbs.unsubscribe.name, { ref }).answer.catch(() => {});
      };
      return { accepted: answer, end };
    },
    async [Symbol.asyncDispose]() {
      socket.destroySoon();
      await closed.promise;
    },
  };
}

interface Answer {
  value: unknown;
  attachment: Uint8Array;
}

async function handshake(socket: Socket, greeting: Promise<Identity | null>): Promise<Identity | null> {
  const limit = setTimeout(() => socket.destroy(new Error("silent")), HANDSHAKE_MS);
  let silent = false;
  socket.once("error", (error) => (silent = error.message === "silent"));
  try {
    const identity = await greeting;
    if (silent) throw new FailureError(SILENT);
    return identity;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(limit);
  }
}

const SILENT: Failure = {
  code: "daemon_unavailable",
  message: "The daemon does not answer.",
  kept: "Its terminals and commands were left alone.",
  hint: "If it was stopped, continue it; `oriel doctor` shows its process.",
};

const tooLarge = (bytes: number) =>
  new FailureError({
    code: "too_large",
    message: `This has ${bytes} bytes; the daemon takes ${MAX_FRAME_TO_DAEMON} at once.`,
    hint: "Write it to a file, and name that.",
  });

const gone = () =>
  new FailureError({
    code: "daemon_gone",
    message: "The connection to the daemon was lost.",
    hint: "Connect again: commands go on in the daemon if it lives.",
  });
