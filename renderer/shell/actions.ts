/** What a person can do to a session, from wherever: each says what went wrong by itself, and never rejects. */
import { useMemo } from "react";
import type { Client } from "../ipc/connection.ts";
import { useClient, useStores } from "../state/context.tsx";
import type { Stores } from "../state/context.tsx";
import { withPaneClosed, withSessionOpen } from "../state/view.ts";
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
  merge(session: string, how: "squash" | "merge", into?: string): Promise<boolean>;
  /** No question before it: nothing is lost, and the toast takes it back. */
  archive(session: string): Promise<boolean>;
  restore(session: string): Promise<boolean>;
  rename(session: string, title: string): Promise<boolean>;
}

/** The actions; each promise says whether it was done. */
/** Stays until it is closed: who commits in that checkout without it undoes the merge. */
const LEFT_ALONE =
  "Your checkout has changes of its own, so its files were left as they are. Before you commit there, run what the activity says.";

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
  const show = (session: string): void => {
    view.setState((state) => ({
      ...withSessionOpen(state, session),
      layout: state.layout === "wall" ? "focus" : state.layout,
      sidebarOpen: isNarrow() ? false : state.sidebarOpen,
      dialog: null,
    }));
  };
  return {
    open: (session) => {
      show(session);
      whenThere(session, (pane) => {
        if (!pane.contains(document.activeElement)) pane.focus({ preventScroll: true });
      });
    },
    openToAnswer: (session) => {
      show(session);
      whenThere(session, (pane) => {
        const place = pane.querySelector<HTMLElement>("[data-ask], [data-composer] textarea:enabled") ?? pane;
        place.focus({ preventScroll: true });
      });
    },
    close: (session) => view.setState((state) => withPaneClosed(state, session)),
    stop: (session) => attempt(() => client().sessions.stop({ session })),
    continue: resume,
    continueAll: async (sessions) => void (await Promise.all(sessions.map(resume))),
    merge: async (session, how, into) => {
      return attempt(async () => {
        // By the answer: the event of the log may come to the page after it.
        const { title, merged } = await client().sessions.merge({
          session,
          how,
          ...(into !== undefined && { into }),
        });
        const done = `“${title}” is merged${merged ? ` into ${merged.into}` : ""}.`;
        if (merged?.checkout === "dirty") say.error(new Error(`${done} ${LEFT_ALONE}`));
        else say.info(done);
      });
    },
    archive: async (session) => {
      const title = titleOf(session);
      const done = await attempt(() => client().sessions.archive({ session }));
      if (!done) return false;
      view.setState((state) => withPaneClosed(state, session));
      say.info(`“${title}” is archived. Its worktree and branch are kept.`, {
        words: "Undo",
        act: () => void restore(session),
      });
      return true;
    },
    restore,
    rename: (session, title) => attempt(() => client().sessions.rename({ session, title })),
  };
}

/** Acts on a pane once it is there: it may just be made, or a dialog may be about to hand the focus back. */
function whenThere(session: string, act: (pane: HTMLElement) => void): void {
  requestAnimationFrame(() => {
    const pane = document.querySelector<HTMLElement>(`[data-pane="${CSS.escape(session)}"]`);
    if (pane) act(pane);
  });
}

/** Below this the list and the panes take turns. */
export const NARROW = "(max-width: 700px)";

export const isNarrow = (): boolean => matchMedia(NARROW).matches;
