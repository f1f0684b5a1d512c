/** What one client is sent, within bounds: a client that does not read costs a fixed amount and stalls nobody. */
import type { Socket } from "node:net";
import {
  type SubscriptionEvent,
  type ToClient,
  encodeAttachment,
  encodeControl,
  encodeOutput,
} from "./protocol.ts";

/** Live output past this is not queued: the client skips ahead when it reads again. */
const MAX_LIVE_BYTES = 1024 * 1024;
/** Past this the client's next calls wait until it has read what it asked for. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export interface Outbox {
  /** True when the client should read before it asks for more. */
  isFull(): boolean;
  /** Always sent. */
  send(message: ToClient, attachment?: Uint8Array): void;
  event(ref: number, event: SubscriptionEvent, attachment?: Uint8Array): void;
  /** Always sent: what belongs to a screen. */
  output(ref: number, offset: number, bytes: Uint8Array): void;
  /** False, and nothing sent, when the client is behind; then `onceRead` says when it no longer is. */
  live(ref: number, offset: number, bytes: Uint8Array): boolean;
  /** Calls back once when all that was queued has been taken. Disposing forgets it. */
  onceRead(callback: () => void): Disposable;
}

export function createOutbox(socket: Socket): Outbox {
  const waiting = new Set<() => void>();
  socket.on("drain", () => {
    for (const callback of [...waiting]) {
      waiting.delete(callback);
      callback();
    }
  });

  const send = (message: ToClient, attachment?: Uint8Array): void => {
    if (!socket.writable) return;
    if (attachment && "ref" in message) socket.write(encodeAttachment(message.ref, attachment));
    socket.write(encodeControl(message));
  };
  const output = (ref: number, offset: number, bytes: Uint8Array): void => {
    if (socket.writable) socket.write(encodeOutput(ref, offset, bytes));
  };
  return {
    isFull: () => socket.writableLength > MAX_ANSWER_BYTES,
    send,
    event: (ref, event, attachment) => send({ type: "event", ref, event }, attachment),
    output,
    live(ref, offset, bytes) {
      if (socket.writableLength > MAX_LIVE_BYTES) return false;
      output(ref, offset, bytes);
      return true;
    },
    onceRead(callback) {
      waiting.add(callback);
      return { [Symbol.dispose]: () => void waiting.delete(callback) };
    },
  };
}
