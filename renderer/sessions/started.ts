import { MAX_PANES, withSessionOpen } from "../state/view.ts";
import type { ViewState } from "../state/view.ts";

/**
 * The view after sessions were started: they stand side by side, older panes give way from the right, and the keys go to
 * the first of them. More than fit side by side are shown as a wall.
 */
export function withStarted(view: ViewState, started: readonly string[]): ViewState {
  const fitting = started.slice(0, MAX_PANES);
  const kept = view.panes.filter((id) => !fitting.includes(id)).slice(0, MAX_PANES - fitting.length);
  const open = fitting.reduce(withSessionOpen, { ...view, panes: kept });
  return {
    ...open,
    focused: started[0] ?? view.focused,
    keysTo: started[0] === undefined ? view.keysTo : { session: started[0], place: "answer" },
    layout:
      started.length > MAX_PANES
        ? "wall"
        : started.length > 1 && view.layout === "focus"
          ? "columns"
          : view.layout,
  };
}
