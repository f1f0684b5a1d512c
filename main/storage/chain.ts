import { hash } from "node:crypto";

/** The fields of an event that its hash covers besides its body, in the order in which they are hashed. */
export interface ChainedEnvelope {
  readonly id: number;
  readonly stream: string;
  readonly seq: number;
  readonly v: number;
  readonly at: number;
  readonly actor: string;
  readonly cause: string | null;
  readonly type: string;
}

/** What the first event's hash builds on. */
export const FIRST_LINK = "0".repeat(64);

/** SHA-256, in hex, of a body as it is stored: JSON text in UTF-8. */
export const hashBody = (body: string): string => hash("sha256", body);

/**
 * The hash of an event: SHA-256, in hex, of three lines: the hash of the event before it (by id), its envelope as a
 * JSON array, the hash of its body. The body itself is not part of it, so that it can be erased and the chain holds.
 */
export function hashEvent(previous: string, event: ChainedEnvelope, bodyHash: string): string {
  const { id, stream, seq, v, at, actor, cause, type } = event;
  const envelope = JSON.stringify([id, stream, seq, v, at, actor, cause, type]);
  return hash("sha256", `${previous}\n${envelope}\n${bodyHash}`);
}
