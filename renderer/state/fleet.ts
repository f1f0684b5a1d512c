/** What the log says, as the page has it: a store that only events and live text change. */
import { createStore } from "zustand/vanilla";
import { isKnown } from "#shared/session/events.ts";
import type { UnknownEvent } from "#shared/session/events.ts";
import { reduceProject, reduceSession } from "#shared/session/reducer.ts";
import type { ProjectSummary, SessionSummary } from "#shared/session/summary.ts";
import { EMPTY_TRANSCRIPT, reduceTranscript } from "#shared/session/transcript.ts";
import type { Transcript } from "#shared/session/transcript.ts";
import type { LivePiece } from "#shared/session/contract.ts";
import { DEFAULT_SETTINGS } from "#shared/settings/settings.ts";
import type { Settings } from "#shared/settings/settings.ts";
import { FLEET_STREAM, reduceSettings } from "#shared/settings/reducer.ts";

export interface FleetView {
  readonly cursor: number;
  readonly projects: readonly ProjectSummary[];
  readonly sessions: readonly SessionSummary[];
  readonly settings: Settings;
  readonly cutOff: readonly string[];
}

export interface FleetState {
  /** `lost`: the host is being looked for, and what is shown is what was known. `refused`: it does not take the token. */
  readonly connection: "connecting" | "connected" | "lost" | "refused";
  /** The host serves a newer page than this one. */
  readonly updated: boolean;
  /** False until the first view came: nothing is known yet, which is not the same as "there is nothing". */
  readonly loaded: boolean;
  readonly cursor: number;
  readonly projects: Readonly<Record<string, ProjectSummary>>;
  /** In the order in which they were created. */
  readonly sessionIds: readonly string[];
  readonly sessions: Readonly<Record<string, SessionSummary>>;
  /** Of the sessions that were opened since the page was loaded. */
  readonly transcripts: Readonly<Record<string, Transcript>>;
  /** Of those, the ones whose next event is not the next one of the log: they are read on. */
  readonly behind: readonly string[];
  /** What open items show beyond their events, by item. */
  readonly live: Readonly<Record<string, LiveText>>;
  readonly settings: Settings;
  readonly cutOff: readonly string[];
}

/** The end of what an item shows, and how much it showed in all, in UTF-16 units. */
export interface LiveText {
  readonly text: string;
  readonly end: number;
}

export type FleetStore = ReturnType<typeof createFleetStore>;

export const createFleetStore = () =>
  createStore<FleetState>(() => ({
    connection: "connecting",
    updated: false,
    loaded: false,
    cursor: 0,
    projects: {},
    sessionIds: [],
    sessions: {},
    transcripts: {},
    behind: [],
    live: {},
    settings: DEFAULT_SETTINGS,
    cutOff: [],
  }));

const byId = <Value extends { id: string }>(list: readonly Value[]): Record<string, Value> =>
  Object.fromEntries(list.map((value) => [value.id, value]));

/** The state after a first view: transcripts stay, and are read on from where they are: events came while nobody read. */
export function withView(state: FleetState, view: FleetView): FleetState {
  return {
    ...state,
    loaded: true,
    connection: "connected",
    cursor: view.cursor,
    behind: Object.keys(state.transcripts),
    projects: byId(view.projects),
    sessionIds: view.sessions.map((session) => session.id),
    sessions: byId(view.sessions),
    settings: view.settings,
    cutOff: view.cutOff,
  };
}

/** The state after these events of the log, in order. */
export function withEvents(state: FleetState, events: readonly UnknownEvent[], cursor: number): FleetState {
  return { ...events.reduce(withEvent, state), cursor };
}

function withEvent(state: FleetState, event: UnknownEvent): FleetState {
  const [kind, id = ""] = event.stream.split("/", 2);
  if (kind === "project") {
    const project = reduceProject(state.projects[id] ?? null, event);
    return project ? { ...state, projects: { ...state.projects, [id]: project } } : state;
  }
  if (event.stream === FLEET_STREAM) return { ...state, settings: reduceSettings(state.settings, event) };
  if (kind !== "session") return state;
  const summary = reduceSession(state.sessions[id] ?? null, event);
  if (summary === null) return state;
  const known = state.sessions[id] !== undefined;
  return {
    ...withTranscriptEvent(state, id, event),
    sessionIds: known ? state.sessionIds : [...state.sessionIds, id],
    sessions: { ...state.sessions, [id]: summary },
    live: withoutEnded(state.live, event),
  };
}

function withTranscriptEvent(state: FleetState, id: string, event: UnknownEvent): FleetState {
  const transcript = state.transcripts[id];
  if (!transcript) return state;
  if (event.seq > transcript.seq + 1) {
    return state.behind.includes(id) ? state : { ...state, behind: [...state.behind, id] };
  }
  return { ...state, transcripts: { ...state.transcripts, [id]: reduceTranscript(transcript, event) } };
}

/** What an item showed while it was open is in its last event. */
function withoutEnded(live: FleetState["live"], event: UnknownEvent): FleetState["live"] {
  if (!isKnown(event) || event.type !== "item.completed" || event.body === null) return live;
  const { item } = event.body;
  if (!(item in live)) return live;
  const { [item]: _ended, ...rest } = live;
  return rest;
}

/** The state with a page of a session's own events in its transcript; `last` where there are no more. */
export function withTranscriptPage(
  state: FleetState,
  session: string,
  { events, last }: { events: readonly UnknownEvent[]; last: boolean },
): FleetState {
  const before = state.transcripts[session] ?? EMPTY_TRANSCRIPT;
  return {
    ...state,
    behind: last ? state.behind.filter((id) => id !== session) : state.behind,
    transcripts: { ...state.transcripts, [session]: events.reduce(reduceTranscript, before) },
  };
}

/** The most of an open item's text that the page keeps: the end of it. UTF-16 units. */
const LIVE_LENGTH = 64 * 1024;

export function withLive(state: FleetState, pieces: readonly LivePiece[]): FleetState {
  if (pieces.length === 0) return state;
  const live: Record<string, LiveText> = { ...state.live };
  for (const { item, offset, text } of pieces) {
    const before = live[item];
    const joined = before?.end === offset ? before.text + text : text;
    live[item] = { text: joined.slice(-LIVE_LENGTH), end: offset + text.length };
  }
  return { ...state, live };
}
