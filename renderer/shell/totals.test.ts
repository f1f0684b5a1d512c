import { expect, test } from "vitest";
import { createFleetStore, withEvents } from "../state/fleet.ts";
import { SCENES } from "../testing/scenes.ts";
import { totalsOf, totalsWords } from "./totals.ts";

test("sums say when a price is not known, and do not fall when a session is archived", () => {
  const { log } = SCENES.columns();
  const { sessions } = withEvents(createFleetStore().getState(), log.events, log.events.length);
  const totals = totalsOf(sessions);
  log.append("session/ses_docs", "session.archived", { trash: "trash/ses_docs" });
  const after = totalsOf(withEvents(createFleetStore().getState(), log.events, log.events.length).sessions);
  expect([after.tokens, after.cost]).toEqual([totals.tokens, totals.cost]);
  expect({ ...totals, cost: totals.cost?.toFixed(2) }).toEqual({
    running: 1,
    waiting: 2,
    needsYou: 4,
    ready: 1,
    cost: "0.36",
    costPartial: true,
    tokens: 87_650,
  });
});

test.each([
  [{ running: 3, waiting: 0, needsYou: 1, ready: 0 }, "3 running · 1 needs you"],
  [{ running: 0, waiting: 2, needsYou: 2, ready: 1 }, "2 to start · 2 need you · 1 ready"],
  [{ running: 0, waiting: 0, needsYou: 0, ready: 0 }, "Nothing is running"],
])("%j is said as %s", (counts, words) => {
  expect(totalsWords({ ...counts, cost: null, costPartial: false, tokens: 0 })).toBe(words);
});
