/** What the window does by itself, beside what it shows. */
import { useEffect, useRef } from "react";
import { selectRanked } from "../needs-you/rank.ts";
import { useFleet, useStores, useView } from "../state/context.tsx";
import type { FleetState } from "../state/fleet.ts";
import { MAX_PANES, withTab } from "../state/view.ts";
import { useMedia } from "./use-media.ts";

/** Puts the theme of the settings, or else the system's, on the page. */
export function useThemeOnPage(): void {
  const wanted = useFleet((state) => state.settings.theme);
  const light = useMedia("(prefers-color-scheme: light)");
  const theme = wanted === "system" ? (light ? "light" : "dark") : wanted;
  useEffect(() => void (document.documentElement.dataset["theme"] = theme), [theme]);
}

/** Keeps how many need the person in the title, where it is seen in a row of tabs. */
export function useTitle(): void {
  const count = useFleet((state) => selectRanked(state)["needs-you"].length);
  useEffect(() => {
    document.title = count > 0 ? `(${count}) ${count === 1 ? "needs" : "need"} you · Oriel` : "Oriel";
  }, [count]);
}

/** Says which sessions are on screen: only their transcripts are read, and only their text streams. */
export function useWatched(visible: readonly string[]): void {
  const { sync } = useStores();
  const key = visible.join(" ");
  useEffect(() => sync.watch(key === "" ? [] : key.split(" ")), [sync, key]);
}

/** How many panes a window that was never arranged opens. */
const FIRST_PANES = 4;

/**
 * Opens what a person would open first: at the start the sessions that need them or are at work, later each new one, as
 * long as there is room. It never moves the keys.
 */
export function useOpenNew(): void {
  const { fleet, view } = useStores();
  const loaded = useFleet((state) => state.loaded);
  useEffect(() => {
    if (!loaded) return;
    openFirst();
    let known = fleet.getState().sessionIds;
    function openFirst(): void {
      const state = fleet.getState();
      view.setState((now) => {
        const panes = now.panes.filter((id) => state.sessions[id]);
        const open = panes.length > 0 ? panes : firstOf(state);
        const focused = now.focused !== null && state.sessions[now.focused] ? now.focused : (open[0] ?? null);
        return { panes: open, focused };
      });
    }
    return fleet.subscribe(({ sessionIds }) => {
      if (sessionIds === known) return;
      const fresh = sessionIds.filter((id) => !known.includes(id));
      known = sessionIds;
      if (fresh.length === 0) return;
      view.setState((now) => {
        const added = fresh.filter((id) => !now.panes.includes(id)).slice(0, MAX_PANES - now.panes.length);
        const panes = [...now.panes, ...added];
        return { panes, focused: now.focused ?? panes[0] ?? null };
      });
    });
  }, [fleet, view, loaded]);
}

function firstOf(state: FleetState): readonly string[] {
  const ranked = selectRanked(state);
  return [...ranked["needs-you"], ...ranked.running, ...ranked.ready].slice(0, FIRST_PANES);
}

/**
 * Where the window is narrow, list and session take turns. One that becomes narrow under a person at work shows their session,
 * with the keys in it: typed into the list, letters would be its own. Wide again, the list is back as it was before.
 */
export function useTurns(narrow: boolean): void {
  const { view } = useStores();
  const wasWide = useRef(false);
  useEffect(() => {
    const became = wasWide.current && narrow;
    wasWide.current = !narrow;
    if (!narrow) return undefined;
    const { sidebarOpen } = view.getState();
    const lost = document.activeElement === document.body;
    if (became && lost)
      view.setState((state) => {
        const { focused, tabs } = state;
        return focused ? { sidebarOpen: false, ...withTab(state, focused, tabs[focused] ?? "activity") } : {};
      });
    return () => void view.setState({ sidebarOpen });
  }, [view, narrow]);
}

/** The panes that are there: an id that the log does not know is none. A text, so that it is stable as a selection. */
export function usePanes(): readonly string[] {
  const panes = useView((state) => state.panes);
  const known = useFleet((state) => panes.filter((id) => state.sessions[id]).join(" "));
  return known === "" ? NONE : known.split(" ");
}

const NONE: readonly string[] = [];
