/** What a person can do to a session, from wherever: each but a merge says what went wrong by itself, and never rejects. */
import { useMemo } from "react";
import type { Client } from "../ipc/connection.ts";
import { useClient, useStores } from "../state/context.tsx";
import type { Stores } from "../state/context.tsx";
import { withPaneBack, withPaneClosed, withSessionOpen } from "../state/view.ts";
import type { KeysTo } from "../state/view.ts";
import { useToasts } from "../ui/toasts.tsx";
import type { Say } from "../ui/toasts.tsx";

export interface SessionActions {
  /** Brings a session into view and gives it the keys. From the wall it opens alone. */
  open(session: string): void;
  /** Brings a session into view with the keys where it is answered: on what it asks, or else in its composer. */
  openToAnswer(session: string): void;
  /** Takes its pane away. The session goes on. */
  close(session: string): void;
  stop(session: string): Promise<boolean>;
  continue(session: string): Promise<boolean>;
  continueAll(sessions: readonly string[]): Promise<void>;
  /** Rejects with why not: its dialog says it, since a toast would lie behind that. */
  merge(session: string, how: "squash" | "merge", into?: string): Promise<void>;
  /** No question before it: nothing is lost, and the toast takes it back. */
  archive(session: string): Promise<boolean>;
  restore(session: string): Promise<boolean>;
  rename(session: string, title: string): Promise<boolean>;
}

/** Stays until it is closed: who commits in that checkout without it undoes the merge. */
const LEFT_ALONE =
  "Your checkout has changes of its own, so its files were left as they are. Before you commit there, run what the activity says.";

/** The actions; each promise says whether it was done. */
export function useSessionActions(): SessionActions {
  const stores = useStores();
  const client = useClient();
  const say = useToasts();
  // Stores are the same for the page's whole life; `client` and `say` read nothing else.
  // eslint-disable-next-line react-hooks/exhaustive-deps
  return useMemo(() => sessionActions(stores, client, say), [stores]);
}

function sessionActions({ fleet, view }: Stores, client: () => Client, say: Say): SessionActions {
  const attempt = async (act: () => Promise<unknown>): Promise<boolean> => {
    try {
      await act();
      return true;
    } catch (error) {
      say.error(error);
      return false;
    }
  };
  const titleOf = (session: string): string => fleet.getState().sessions[session]?.title ?? session;
  const restore = (session: string) => attempt(() => client().sessions.restore({ session }));
  const resume = (session: string) => attempt(() => client().sessions.continue({ session }));
  const show = (session: string, place: KeysTo["place"]): void => {
    view.setState((state) => ({
      ...withSessionOpen(state, session),
      keysTo: { session, place },
      layout: state.layout === "wall" ? "focus" : state.layout,
      sidebarOpen: isNarrow() ? false : state.sidebarOpen,
      dialog: null,
    }));
  };
  /** Takes an archiving back, with its pane at place `at`; -1 where it had none. */
  const unarchive = async (session: string, at: number): Promise<void> => {
    // At once: who presses anything before the host has answered has gone on elsewhere, and keeps the keys.
    view.setState((state) =>
      at < 0
        ? { keysTo: { session, place: "row" } }
        : { ...withPaneBack(state, session, at), keysTo: { session, place: "answer" } },
    );
    if (!(await restore(session)) && at >= 0) view.setState((state) => withPaneClosed(state, session));
  };
  return {
    open: (session) => show(session, "pane"),
    openToAnswer: (session) => show(session, "answer"),
    close: (session) => view.setState((state) => withPaneClosed(state, session)),
    stop: (session) => attempt(() => client().sessions.stop({ session })),
    continue: resume,
    continueAll: async (sessions) => void (await Promise.all(sessions.map(resume))),
    merge: async (session, how, into) => {
      // By the answer: the event of the log may come to the page after it.
      const { title, merged } = await client().sessions.merge({
        session,
        how,
        ...(into !== undefined && { into }),
      });
      const done = `“${title}” is merged${merged ? ` into ${merged.into}` : ""}.`;
      if (merged?.checkout === "dirty") say.error(new Error(`${done} ${LEFT_ALONE}`));
      else say.info(done);
    },
    archive: async (session) => {
      const title = titleOf(session);
      const done = await attempt(() => client().sessions.archive({ session }));
      if (!done) return false;
      const at = view.getState().panes.indexOf(session);
      view.setState((state) => withPaneClosed(state, session));
      say.info(`“${title}” is archived. Its worktree and branch are kept.`, {
        words: "Undo",
        act: () => void unarchive(session, at),
      });
      return true;
    },
    restore,
    rename: (session, title) => attempt(() => client().sessions.rename({ session, title })),
  };
}

/** Below this the list and the panes take turns. */
export const NARROW = "(max-width: 700px)";

export const isNarrow = (): boolean => matchMedia(NARROW).matches;
