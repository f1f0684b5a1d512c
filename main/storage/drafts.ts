import { z } from "zod";
import { envelope, eventBodies } from "#shared/session/events.ts";
import type { Actor, EventDraft } from "#shared/session/events.ts";

/** A draft that was checked and redacted, its body as the JSON text that will be stored. */
export interface PreparedDraft {
  readonly stream: string;
  readonly v: number;
  readonly at: number;
  readonly actor: Actor;
  readonly cause: string | null;
  readonly type: string;
  readonly body: string;
}

/** The version of every body so far. A body whose shape changes gets its own, here and in shared/session/events.ts. */
const BODY_VERSION = 1;

const draftEnvelope = envelope
  .pick({ at: true, actor: true, cause: true })
  .extend({ stream: z.string().regex(/^(?:(?:session|project)\/\S+|fleet)$/) });

/**
 * Redacts and checks a draft, in the caller's thread: nothing secret crosses to the writer. Throws where the draft is
 * not what its type says, which is a programming error.
 */
export function prepareDraft(draft: EventDraft, redact: (value: unknown) => unknown): PreparedDraft {
  if (!Object.hasOwn(eventBodies, draft.type)) throw new TypeError(`unknown event type: ${draft.type}`);
  const around = draftEnvelope.parse(draft);
  const body = eventBodies[draft.type].parse(redact(draft.body));
  return { ...around, v: BODY_VERSION, type: draft.type, body: JSON.stringify(body) };
}
