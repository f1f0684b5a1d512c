/** Sends what the person says to a session. What is under way is known here, not in the pane: a pane may close meanwhile. */
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";
import { wordsOf } from "../ui/toasts.tsx";
import { useClient } from "../state/context.tsx";
import { afterSent, withBack } from "./composer-intent.ts";
import { draftOf, setDraft } from "./drafts.ts";

export interface Outbox {
  /** The message that is on its way. Its text stays in the draft until the host has it. */
  readonly sending: boolean;
  /** Questions beside the course that have no answer yet. */
  readonly asides: readonly { readonly id: number; readonly question: string; readonly askedAt: number }[];
  /** Why the last thing did not get through. */
  readonly error: { readonly text: string; readonly details?: string } | null;
}

const NOTHING: Outbox = { sending: false, asides: [], error: null };

const store = createStore<Readonly<Record<string, Outbox>>>(() => ({}));
let lastAside = 0;

const outboxOf = (session: string): Outbox => store.getState()[session] ?? NOTHING;

const change = (session: string, part: Partial<Outbox>): void =>
  store.setState({ [session]: { ...outboxOf(session), ...part } });

export interface OutboxActions {
  send(delivery: "steer" | "queue"): Promise<void>;
  aside(): Promise<void>;
  stop(): Promise<void>;
  continue(): Promise<void>;
  dismissError(): void;
}

export function useOutbox(session: string): Outbox & { readonly actions: OutboxActions } {
  const outbox = useStore(store, (state) => state[session] ?? NOTHING);
  const client = useClient();

  /** Runs one verb; what it fails with is said at the composer. */
  const tried = async (work: () => Promise<unknown>): Promise<boolean> => {
    change(session, { error: null });
    try {
      await work();
      return true;
    } catch (error) {
      change(session, { error: wordsOf(error) });
      return false;
    }
  };

  const send = async (delivery: "steer" | "queue"): Promise<void> => {
    const text = draftOf(session);
    if (text.trim() === "" || outboxOf(session).sending) return;
    change(session, { sending: true });
    const got = await tried(() => client().sessions.send({ session, text, delivery }));
    change(session, { sending: false });
    if (got) setDraft(session, afterSent(draftOf(session), text));
  };

  const aside = async (): Promise<void> => {
    const question = draftOf(session);
    if (question.trim() === "") return;
    const id = (lastAside += 1);
    setDraft(session, "");
    change(session, { asides: [...outboxOf(session).asides, { id, question, askedAt: Date.now() }] });
    const answered = await tried(() => client().sessions.aside({ session, question }));
    change(session, { asides: outboxOf(session).asides.filter((asked) => asked.id !== id) });
    if (!answered) setDraft(session, withBack(draftOf(session), question));
  };

  const actions: OutboxActions = {
    send,
    aside,
    stop: async () => void (await tried(() => client().sessions.stop({ session }))),
    continue: async () => void (await tried(() => client().sessions.continue({ session }))),
    dismissError: () => change(session, { error: null }),
  };
  return { ...outbox, actions };
}
