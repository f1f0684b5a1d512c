/** How the person has arranged the window. Kept in this browser's storage; nothing of it is a fact of a session. */
import { createStore } from "zustand/vanilla";
import { persist } from "zustand/middleware";

export type Layout = "columns" | "wall" | "focus";
export type PaneTab = "activity" | "terminal" | "diff";
export type DialogName =
  | "new-session"
  | "add-project"
  | "palette"
  | "shortcuts"
  | "settings"
  | "merge"
  | null;

export interface ViewState {
  readonly layout: Layout;
  /** Sessions that stand side by side, from the left. */
  readonly panes: readonly string[];
  /** How much of the width each has, by session; 1 where it is not named. */
  readonly widths: Readonly<Record<string, number>>;
  /** The session that keys go to. */
  readonly focused: string | null;
  readonly tabs: Readonly<Record<string, PaneTab>>;
  readonly sidebarOpen: boolean;
  /** `merge` is about the focused session. */
  readonly dialog: DialogName;
  /** The session whose title is being typed. */
  readonly renaming: string | null;
  /** Interrupted turns that the person has put aside in "While you were away". */
  readonly awaySeen: readonly string[];
  /** The project that new sessions are for. */
  readonly project: string | null;
}

/** The most panes that stand side by side: more are a wall. */
export const MAX_PANES = 6;

export type ViewStore = ReturnType<typeof createViewStore>;

const FIRST: ViewState = {
  layout: "columns",
  panes: [],
  widths: {},
  focused: null,
  tabs: {},
  sidebarOpen: true,
  dialog: null,
  renaming: null,
  awaySeen: [],
  project: null,
};

export const createViewStore = () =>
  createStore<ViewState>()(
    persist(() => FIRST, {
      name: "oriel.view",
      version: 1,
      partialize: ({ dialog: _dialog, renaming: _renaming, ...kept }) => kept,
    }),
  );

/** The state with this session in a pane and the focus on it: the last pane gives way where there is no room. */
export function withSessionOpen(state: ViewState, session: string): ViewState {
  const open = state.panes.includes(session);
  const room = state.panes.length < MAX_PANES ? state.panes : state.panes.slice(0, MAX_PANES - 1);
  return { ...state, panes: open ? state.panes : [...room, session], focused: session };
}

export function withPaneClosed(state: ViewState, session: string): ViewState {
  const panes = state.panes.filter((id) => id !== session);
  const focused = state.focused === session ? (panes.at(-1) ?? null) : state.focused;
  return { ...state, panes, focused };
}
