import type { SessionState } from "#shared/session/summary.ts";
import { withStarted } from "../sessions/started.ts";
import type { FleetStore } from "./fleet.ts";
import { MAX_PANES } from "./view.ts";
import type { ViewStore } from "./view.ts";

const AT_WORK: ReadonlySet<SessionState> = new Set(["queued", "preparing", "running"]);
const UNDER_WAY: ReadonlySet<SessionState> = new Set([...AT_WORK, "needs_you", "ready"]);

/** Whether this browser has nothing in its storage of how a window was arranged. */
export const isFirstWindow = (view: ViewStore): boolean => {
  const { name = "", storage } = view.persist.getOptions();
  return (storage?.getItem(name) ?? null) === null;
};

/**
 * In a window where nobody has opened anything, the first sessions that are at work stand side by side by themselves: those of
 * the demo, or of the command; and those that got ready or ask meanwhile, where there is room. Once: what a person opens or
 * closes is theirs.
 */
export function openFirstSessions(fleet: FleetStore, view: Pick<ViewStore, "getState" | "setState">): void {
  const stop = fleet.subscribe(({ sessionIds, sessions }) => {
    if (view.getState().panes.length > 0) return stop();
    const those = (states: ReadonlySet<SessionState>): readonly string[] =>
      sessionIds.filter((id) => states.has(sessions[id]?.state ?? "idle"));
    const atWork = those(AT_WORK);
    if (atWork.length === 0) return;
    stop();
    const underWay = those(UNDER_WAY);
    view.setState((state) => withStarted(state, underWay.length <= MAX_PANES ? underWay : atWork));
  });
}
