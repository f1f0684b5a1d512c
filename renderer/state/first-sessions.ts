import type { SessionState } from "#shared/session/summary.ts";
import { withStarted } from "../sessions/started.ts";
import type { FleetStore } from "./fleet.ts";
import type { ViewStore } from "./view.ts";

const AT_WORK: ReadonlySet<SessionState> = new Set(["queued", "preparing", "running"]);

/** Whether this browser has nothing in its storage of how a window was arranged. */
export const isFirstWindow = (view: ViewStore): boolean => {
  const { name = "", storage } = view.persist.getOptions();
  return (storage?.getItem(name) ?? null) === null;
};

/**
 * In a window where nobody has opened anything, the first sessions that are at work stand side by side by themselves: those of
 * the demo, or of the command. Once: what a person opens or closes is theirs.
 */
export function openFirstSessions(fleet: FleetStore, view: Pick<ViewStore, "getState" | "setState">): void {
  const stop = fleet.subscribe(({ sessionIds, sessions }) => {
    if (view.getState().panes.length > 0) return stop();
    const atWork = sessionIds.filter((id) => AT_WORK.has(sessions[id]?.state ?? "idle"));
    if (atWork.length === 0) return;
    stop();
    view.setState((state) => withStarted(state, atWork));
  });
}
