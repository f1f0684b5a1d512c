import type Database from "better-sqlite3";
import { reduceProject, reduceSession } from "#shared/session/reducer.ts";
import { projectSummary, sessionSummary } from "#shared/session/summary.ts";
import { EVENT_COLUMNS, eventOf } from "./event-row.ts";
import type { EventRow } from "./event-row.ts";
import { LOG_VERSION, VIEW_TABLES, createViewTables } from "./migrations.ts";
import { createView } from "./view.ts";
import type { View } from "./view.ts";

/**
 * Rises with every change of a reducer or of a summary's shape: a log whose summaries were made by another version
 * gets them made anew from its events, once, when it is opened.
 */
export const PROJECTION_VERSION = 8;

/** All summaries of a log, kept in step with its events. */
export interface Views {
  readonly sessions: View;
  readonly projects: View;
  /** The view that the events of `stream` belong to; null for a stream that has none. */
  of(stream: string): View | null;
  write(): void;
  settle(committed: boolean): void;
}

/** Opens the summaries of a log; `version` is the log's. Where they are of another version, they are made anew. */
export function openViews(db: Database.Database, version: number): Views {
  const current = version === LOG_VERSION && versionOfViews(db) === PROJECTION_VERSION;
  // A reader changes nothing: tables of its own cover those of the log, and are gone with its connection.
  if (!current && db.readonly) db.exec(createViewTables("TEMP"));
  const views = createViews(db);
  if (!current) rebuild(db, views);
  return views;
}

function createViews(db: Database.Database): Views {
  const sessions = createView(db, {
    table: "session_view",
    prefix: "session/",
    summary: sessionSummary,
    reduce: reduceSession,
  });
  const projects = createView(db, {
    table: "project_view",
    prefix: "project/",
    summary: projectSummary,
    reduce: reduceProject,
  });
  const all = [sessions, projects];
  return {
    sessions,
    projects,
    of: (stream) => all.find((view) => stream.startsWith(view.prefix)) ?? null,
    write: () => all.forEach((view) => view.write()),
    settle: (committed) => all.forEach((view) => view.settle(committed)),
  };
}

const versionOfViews = (db: Database.Database): number | undefined =>
  db.prepare<[], number>("SELECT version FROM view_version").pluck().get();

/** Makes all summaries anew, in one transaction, from all events. */
function rebuild(db: Database.Database, views: Views): void {
  const events = db.prepare<[], EventRow>(`SELECT ${EVENT_COLUMNS} FROM event ORDER BY id`);
  db.transaction(() => {
    for (const table of VIEW_TABLES) db.exec(`DELETE FROM ${table}`);
    for (const row of events.iterate()) views.of(row.stream)?.apply(eventOf(row));
    views.write();
    if (db.readonly) return;
    db.exec("DELETE FROM view_version");
    db.prepare<[number]>("INSERT INTO view_version VALUES (?)").run(PROJECTION_VERSION);
  }).deferred();
  views.settle(true);
}
