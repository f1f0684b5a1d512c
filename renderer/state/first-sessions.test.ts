import { expect, test } from "vitest";
import { createStore } from "zustand/vanilla";
import type { ChangeSize, EventBody, UnknownEvent } from "#shared/session/events.ts";
import { reduceSession } from "#shared/session/reducer.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { openFirstSessions } from "./first-sessions.ts";
import { createFleetStore } from "./fleet.ts";
import { createViewStore } from "./view.ts";

function session(id: string, ends: boolean, changes: ChangeSize | null = null): SessionSummary {
  const facts = { stream: `session/${id}`, v: 1, at: 0, actor: "oriel", cause: null } as const;
  const body: EventBody<"session.created"> = {
    title: id,
    task: id,
    slug: id,
    agent: "oriel",
    provider: "offline",
    model: "offline-demo",
    approval: "on-request",
    sandbox: "workspace-write",
    parent: null,
    origin: "person",
    roots: [{ project: "/p", base: "main", commit: "0", branch: `oriel/${id}` }],
  };
  const turn = { turn: "t" };
  const events: UnknownEvent[] = [
    { ...facts, id: 1, seq: 1, type: "session.created", body },
    { ...facts, id: 2, seq: 2, type: "turn.started", body: { ...turn, reason: "task", sandboxed: true } },
    { ...facts, id: 3, seq: 3, type: "turn.completed", body: { ...turn, changes } },
  ];
  const summary = events.slice(0, ends ? 3 : 2).reduce<SessionSummary | null>(reduceSession, null);
  if (summary === null) throw new Error("it was created");
  return summary;
}

function bench() {
  const fleet = createFleetStore();
  const view = createStore(() => createViewStore().getState());
  openFirstSessions(fleet, view);
  return {
    view,
    arrive: (...sessions: SessionSummary[]) =>
      fleet.setState({
        sessionIds: sessions.map(({ id }) => id),
        sessions: Object.fromEntries(sessions.map((one) => [one.id, one])),
      }),
  };
}

test("the first sessions that are at work stand side by side, and later ones wait to be opened", () => {
  const { view, arrive } = bench();
  arrive(session("old", true));
  expect(view.getState().panes).toEqual([]);
  arrive(session("old", true), session("a", false), session("b", false));
  expect(view.getState()).toMatchObject({ panes: ["a", "b"], focused: "a" });
  view.setState({ panes: [] });
  arrive(session("c", false));
  expect(view.getState().panes).toEqual([]);
});

test("who comes late to the demo sees those that are done beside the one that is not", () => {
  const { view, arrive } = bench();
  arrive(session("a", true, { files: 1, added: 3, removed: 0 }), session("idle", true), session("b", false));
  expect(view.getState().panes).toEqual(["a", "b"]);
});

test("what a person has opened before stays as it is", () => {
  const { view, arrive } = bench();
  view.setState({ panes: ["old"] });
  arrive(session("old", true), session("a", false));
  expect(view.getState().panes).toEqual(["old"]);
});
