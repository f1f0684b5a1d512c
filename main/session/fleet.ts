import type { UnknownEvent } from "#shared/session/events.ts";
import { reduceProject, reduceSession } from "#shared/session/reducer.ts";
import type { ProjectSummary, SessionSummary } from "#shared/session/summary.ts";

export interface FleetView {
  /** The last event that is in it. */
  readonly cursor: number;
  readonly sessions: SessionSummary[];
  readonly projects: ProjectSummary[];
}

/**
 * All summaries as of one event, so that a client that goes on from `cursor` misses nothing and applies nothing twice.
 * (The records of the sessions are each a little behind the log, at different events.)
 */
export interface Fleet {
  apply(events: readonly UnknownEvent[]): void;
  view(): FleetView;
}

export function createFleet(first: {
  readonly cursor: number;
  readonly sessions: readonly SessionSummary[];
  readonly projects: readonly ProjectSummary[];
}): Fleet {
  const sessions = new Map(first.sessions.map((summary) => [`session/${summary.id}`, summary]));
  const projects = new Map(first.projects.map((summary) => [`project/${summary.id}`, summary]));
  let { cursor } = first;
  return {
    apply: (events) => {
      for (const event of events) {
        cursor = event.id;
        const session =
          event.stream.startsWith("session/") && reduceSession(sessions.get(event.stream) ?? null, event);
        if (session) sessions.set(event.stream, session);
        const project =
          event.stream.startsWith("project/") && reduceProject(projects.get(event.stream) ?? null, event);
        if (project) projects.set(event.stream, project);
      }
    },
    view: () => ({ cursor, sessions: [...sessions.values()], projects: [...projects.values()] }),
  };
}
