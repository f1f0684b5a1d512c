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
  | "stop-all"
  | null;

export interface ViewState {
  readonly layout: Layout;
  /** Sessions that stand side by side, from the left. */
  readonly panes: readonly string[];
  /** How the columns share the width where a person has dragged them, by how many they are; even where it is not named. */
  readonly columnShares: Readonly<Record<number, readonly number[]>>;
  /** The session that keys go to. */
  readonly focused: string | null;
  /** Where the keys are to go as soon as that place is there: see shell/keep-focus.ts. */
  readonly keysTo: KeysTo | null;
  readonly tabs: Readonly<Record<string, PaneTab>>;
  /** A file that is to be shown in its session's diff, until it is. */
  readonly fileToShow: FileToShow | null;
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

/** A place of a session: in its pane (`answer` is what it asks, or else its composer), or its row or tile. */
export interface KeysTo {
  readonly session: string;
  readonly place: "pane" | "answer" | "terminal" | "diff" | "row";
}

export interface FileToShow {
  readonly session: string;
  /** From the worktree's root, as the diff names it. */
  readonly path: string;
}

/** The most panes that stand side by side: more are a wall. */
export const MAX_PANES = 6;

export type ViewStore = ReturnType<typeof createViewStore>;

const FIRST: ViewState = {
  layout: "columns",
  panes: [],
  columnShares: {},
  focused: null,
  keysTo: null,
  tabs: {},
  fileToShow: null,
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
      partialize: ({
        dialog: _dialog,
        renaming: _renaming,
        keysTo: _keysTo,
        fileToShow: _fileToShow,
        ...kept
      }) => kept,
    }),
  );

/** The state with this session in a pane and the focus on it: the last pane gives way where there is no room. */
export function withSessionOpen(state: ViewState, session: string): ViewState {
  const open = state.panes.includes(session);
  const room = state.panes.length < MAX_PANES ? state.panes : state.panes.slice(0, MAX_PANES - 1);
  return { ...state, panes: open ? state.panes : [...room, session], focused: session };
}

/** The state without that pane; the one that takes its place has the focus, or the last. */
export function withPaneClosed(state: ViewState, session: string): ViewState {
  const panes = state.panes.filter((id) => id !== session);
  const next = panes[Math.min(state.panes.indexOf(session), panes.length - 1)] ?? null;
  return { ...state, panes, focused: state.focused === session ? next : state.focused };
}

/** The state with a pane back where it was. */
export function withPaneBack(state: ViewState, session: string, at: number): ViewState {
  const panes = state.panes.filter((id) => id !== session).toSpliced(at, 0, session);
  return { ...state, panes: panes.slice(0, MAX_PANES), focused: session };
}

/** A session's face, with the keys in it. */
export const withTab = (state: ViewState, session: string, tab: PaneTab): Partial<ViewState> => ({
  tabs: { ...state.tabs, [session]: tab },
  keysTo: { session, place: tab === "activity" ? "answer" : tab },
});

/** The state with a session's diff shown at that file, and the keys there. */
export const withFileShown = (state: ViewState, file: FileToShow): Partial<ViewState> => ({
  ...withTab(state, file.session, "diff"),
  fileToShow: file,
});
