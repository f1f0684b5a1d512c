import { expect, test } from "vitest";
import { createFleetStore, withEvents } from "../state/fleet.ts";
import { SCENES } from "../testing/scenes.ts";
import { nextThatNeedsYou, rank, reasonOf, selectRanked } from "./rank.ts";

const everyState = () => {
  const { log } = SCENES.columns();
  return { state: withEvents(createFleetStore().getState(), log.events, log.events.length), log };
};

test("every session stands in one section, who asks before who failed, and who waited longest first", () => {
  const { sessions } = everyState().state;
  expect(rank(sessions)).toEqual({
    "needs-you": ["ses_config", "ses_docker", "ses_logging", "ses_upgrade"],
    running: ["ses_tests", "ses_cache", "ses_types"],
    ready: ["ses_docs"],
    earlier: ["ses_explain", "ses_lint", "ses_spike"],
  });
  expect(
    ["ses_config", "ses_docker", "ses_logging", "ses_upgrade", "ses_tests"].map((id) =>
      reasonOf(sessions[id]!),
    ),
  ).toEqual(["question", "approval", "interrupted", "failed", null]);
});

test("the selection is the same value until a session changes its place", () => {
  const { state, log } = everyState();
  const before = selectRanked(state);
  const spoken = log.append("session/ses_tests", "notice", { level: "info", code: "x", text: "Still at it" });
  const after = withEvents(state, [spoken], spoken.id);
  expect(selectRanked(after)).toBe(before);
  const archived = log.append("session/ses_docs", "session.archived", { trash: "t" });
  expect(selectRanked(withEvents(after, [archived], archived.id))).toEqual({
    ...before,
    ready: [],
    earlier: ["ses_explain", "ses_lint", "ses_docs", "ses_spike"],
  });
});

test("the queue goes round, and begins anew from a session that is not in it", () => {
  const queue = ["a", "b"];
  expect([null, "a", "b", "other"].map((current) => nextThatNeedsYou(queue, current))).toEqual([
    "a",
    "b",
    "a",
    "a",
  ]);
  expect(nextThatNeedsYou([], "a")).toBeNull();
});
