import { Notification } from "electron";
import type { SessionSummary } from "#shared/session/summary.ts";
import { stillHolds } from "./news.ts";
import type { News } from "./news.ts";

export interface Notifier {
  /** Shows it, in place of what was shown of the same session. */
  tell(news: News): void;
  /** Takes back what holds no longer: it was answered in the window, or from another client. */
  settle(sessions: ReadonlyMap<string, Pick<SessionSummary, "state">>): void;
}

/** The system's notifications, at most one a session. `open` is called with the session of the one that was clicked. */
export function createNotifier(open: (session: string) => void): Notifier {
  // One that nothing holds is collected, and its click with it.
  const shown = new Map<string, Notification>();
  const close = (session: string): void => {
    const notification = shown.get(session);
    shown.delete(session);
    notification?.close();
  };
  return {
    tell: ({ session, title, body }) => {
      if (!Notification.isSupported()) return;
      close(session);
      const notification = new Notification({ title, body });
      const forget = (): void => {
        if (shown.get(session) === notification) shown.delete(session);
      };
      notification.on("close", forget);
      notification.on("failed", forget);
      notification.on("click", () => {
        forget();
        open(session);
      });
      shown.set(session, notification);
      notification.show();
    },
    settle: (sessions) => {
      for (const session of [...shown.keys()]) if (!stillHolds(sessions.get(session))) close(session);
    },
  };
}
