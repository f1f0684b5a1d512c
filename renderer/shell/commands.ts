/** Every command of the window, once: the palette, the keys and the sheet of shortcuts are made of this list. */
import type { SessionSummary } from "#shared/session/summary.ts";
import { nextThatNeedsYou, selectRanked } from "../needs-you/rank.ts";
import type { Stores } from "../state/context.tsx";
import { withTab } from "../state/view.ts";
import type { PaneTab, ViewState } from "../state/view.ts";
import type { SessionActions } from "./actions.ts";
import type { Keys } from "./keys.ts";

export interface CommandContext {
  readonly stores: Stores;
  readonly actions: SessionActions;
}

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly keys?: Keys;
  /** A key that does the same by itself, wherever no text is typed. */
  readonly bare?: string;
  /** Whether it can be done now; it always can without. */
  readonly when?: (context: CommandContext) => boolean;
  readonly run: (context: CommandContext) => void;
}

/** The session that keys go to. */
const focused = ({ stores }: CommandContext): SessionSummary | undefined =>
  stores.fleet.getState().sessions[stores.view.getState().focused ?? ""];

/** A command about the focused session. */
const onFocused = (
  command: Pick<Command, "id" | "title" | "keys">,
  can: (session: SessionSummary) => boolean,
  run: (context: CommandContext, session: SessionSummary) => void,
): Command => ({
  ...command,
  when: (context) => {
    const session = focused(context);
    return session !== undefined && can(session);
  },
  run: (context) => {
    const session = focused(context);
    if (session) run(context, session);
  },
});

const change = (stores: Stores, state: Partial<ViewState>): void => void stores.view.setState(state);

const LAYOUTS = ["columns", "wall", "focus"] as const;

/** Whether a turn of it is on or waits for a place. */
export const canStop = ({ turn, queuedTurn }: SessionSummary): boolean =>
  turn?.status === "running" || queuedTurn !== null;

export const canContinue = ({ state, turn, worktreeFailure }: SessionSummary): boolean =>
  state === "needs_you" &&
  (worktreeFailure !== null || turn?.status === "interrupted" || turn?.status === "failed");

export const canMerge = (session: SessionSummary): boolean =>
  !canStop(session) && session.trash === null && (session.changes?.files ?? 0) > 0 && session.merged === null;

export const canArchive = ({ trash }: SessionSummary): boolean => trash === null;
/** What was removed for good is archived and can't come back. */
export const canRestore = ({ trash, purged }: SessionSummary): boolean => trash !== null && !purged;

/** Whether a cut-off turn waits for its "continue" and was not put aside. */
export const isAway = (
  session: SessionSummary | undefined,
  seen: readonly string[],
): session is SessionSummary =>
  session?.turn?.status === "interrupted" && session.trash === null && !seen.includes(session.turn.id);

const showTab = (tab: PaneTab, word: string): Command =>
  onFocused(
    { id: `tab-${tab}`, title: `Show ${word}` },
    () => true,
    ({ stores }, { id }) => stores.view.setState((state) => withTab(state, id, tab)),
  );

/** Gives the keys to the pane `by` places further. */
function movePane({ stores }: CommandContext, by: number): void {
  const { panes, focused: current } = stores.view.getState();
  if (panes.length === 0) return;
  const at = current === null ? 0 : panes.indexOf(current);
  const next = panes[(at + by + panes.length) % panes.length] ?? null;
  change(stores, { focused: next, keysTo: next === null ? null : { session: next, place: "pane" } });
}

export const COMMANDS: readonly Command[] = [
  {
    id: "palette",
    title: "Find a session or a command",
    keys: "mod+k",
    run: ({ stores }) => change(stores, { dialog: "palette" }),
  },
  {
    id: "next-needs-you",
    title: "Go to the next session that needs you",
    keys: "mod+j",
    when: ({ stores }) => selectRanked(stores.fleet.getState())["needs-you"].length > 0,
    run: ({ stores, actions }) => {
      const queue = selectRanked(stores.fleet.getState())["needs-you"];
      const next = nextThatNeedsYou(queue, stores.view.getState().focused);
      if (next !== null) actions.openToAnswer(next);
    },
  },
  {
    id: "new-session",
    title: "New sessions",
    keys: "mod+i",
    run: ({ stores }) => change(stores, { dialog: "new-session" }),
  },
  {
    id: "add-project",
    title: "Add a project",
    run: ({ stores }) => change(stores, { dialog: "add-project" }),
  },
  onFocused(
    { id: "stop", title: "Stop the session", keys: "mod+." },
    canStop,
    ({ actions }, { id }) => void actions.stop(id),
  ),
  onFocused(
    { id: "continue", title: "Continue the session", keys: "mod+shift+." },
    canContinue,
    ({ actions }, { id }) => void actions.continue(id),
  ),
  {
    id: "continue-all",
    title: "Continue all that were cut off",
    when: ({ stores }) => awayIds(stores).length > 1,
    run: ({ stores, actions }) => void actions.continueAll(awayIds(stores)),
  },
  {
    id: "stop-all",
    title: "Stop everything: turns, shells and commands",
    run: ({ stores }) => change(stores, { dialog: "stop-all" }),
  },
  onFocused({ id: "merge", title: "Merge the session" }, canMerge, ({ stores }) =>
    change(stores, { dialog: "merge" }),
  ),
  onFocused(
    { id: "archive", title: "Archive the session" },
    canArchive,
    ({ actions }, { id }) => void actions.archive(id),
  ),
  onFocused(
    { id: "restore", title: "Restore the session" },
    canRestore,
    ({ actions }, { id }) => void actions.restore(id),
  ),
  onFocused({ id: "rename", title: "Rename the session", keys: "f2" }, canArchive, ({ stores }, { id }) =>
    change(stores, { renaming: id }),
  ),
  onFocused(
    { id: "close", title: "Close the pane (the session goes on)" },
    () => true,
    ({ actions }, { id }) => actions.close(id),
  ),
  showTab("activity", "activity"),
  showTab("terminal", "terminal"),
  showTab("diff", "diff"),
  { id: "next-pane", title: "Next pane", keys: "mod+]", run: (context) => movePane(context, 1) },
  { id: "previous-pane", title: "Previous pane", keys: "mod+[", run: (context) => movePane(context, -1) },
  {
    id: "next-layout",
    title: "Next layout: columns, wall, focus",
    keys: "mod+\\",
    run: ({ stores }) => {
      const at = LAYOUTS.indexOf(stores.view.getState().layout);
      change(stores, { layout: LAYOUTS[(at + 1) % LAYOUTS.length] ?? "columns" });
    },
  },
  { id: "columns", title: "Layout: columns", run: ({ stores }) => change(stores, { layout: "columns" }) },
  { id: "wall", title: "Layout: wall", run: ({ stores }) => change(stores, { layout: "wall" }) },
  { id: "focus", title: "Layout: focus", run: ({ stores }) => change(stores, { layout: "focus" }) },
  {
    id: "sidebar",
    title: "Show or hide the list of sessions",
    keys: "mod+b",
    run: ({ stores }) => stores.view.setState((state) => ({ sidebarOpen: !state.sidebarOpen })),
  },
  {
    id: "settings",
    title: "Settings",
    keys: "mod+,",
    run: ({ stores }) => change(stores, { dialog: "settings" }),
  },
  {
    id: "shortcuts",
    title: "Shortcuts",
    keys: "mod+/",
    bare: "?",
    run: ({ stores }) => change(stores, { dialog: "shortcuts" }),
  },
];

/** Sessions that the host's start found cut off and that still wait, in its order. */
export function awayIds({ fleet, view }: Pick<Stores, "fleet" | "view">): readonly string[] {
  const { cutOff, sessions } = fleet.getState();
  const { awaySeen } = view.getState();
  return cutOff.filter((id) => isAway(sessions[id], awaySeen));
}

export const commandById = (id: string): Command | undefined => COMMANDS.find((command) => command.id === id);

export const keysOf = (id: string): Keys | undefined => commandById(id)?.keys;
