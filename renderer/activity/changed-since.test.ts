import { expect, test } from "vitest";
import { changedSince } from "./changed-since.ts";

const changed = { files: [], total: { files: 0, added: 0, removed: 0 } };

test("changes are counted from the last turn that has a checkpoint", () => {
  const turns = [{ id: "1", changed }, { id: "2" }, { id: "3", changed }];
  expect(turns.map(({ id }) => changedSince(turns, id))).toEqual([
    "changed in this turn",
    "changed since the end of turn 1",
    "changed since the end of turn 1",
  ]);
  expect(changedSince([{ id: "1" }, { id: "2", changed }], "2")).toBe("changed since the session began");
});
