import { expect, test } from "vitest";
import type { ViewState } from "../state/view.ts";
import { withStarted } from "./started.ts";

const view = (panes: string[], layout: ViewState["layout"] = "columns"): ViewState => ({
  layout,
  panes,
  columnShares: {},
  focused: panes[0] ?? null,
  keysTo: null,
  tabs: {},
  sidebarOpen: true,
  dialog: null,
  project: null,
  renaming: null,
  awaySeen: [],
  fileToShow: null,
});

const shape = ({ panes, focused, layout }: ViewState) => ({ panes, focused, layout });

test("the keys go to the first that was started", () => {
  expect(withStarted(view(["a"]), ["x", "y"]).keysTo).toEqual({ session: "x", place: "answer" });
});

test.each([
  ["into an empty window", view([]), ["x", "y"], { panes: ["x", "y"], focused: "x", layout: "columns" }],
  ["beside others", view(["a"]), ["x", "y"], { panes: ["a", "x", "y"], focused: "x", layout: "columns" }],
  [
    "where there is no room",
    view(["a", "b", "c", "d", "e", "f"]),
    ["x", "y"],
    { panes: ["a", "b", "c", "d", "x", "y"], focused: "x", layout: "columns" },
  ],
  [
    "several, out of focus",
    view(["a"], "focus"),
    ["x", "y"],
    { panes: ["a", "x", "y"], focused: "x", layout: "columns" },
  ],
  ["one, in focus", view(["a"], "focus"), ["x"], { panes: ["a", "x"], focused: "x", layout: "focus" }],
  [
    "more than fit",
    view(["a"]),
    ["1", "2", "3", "4", "5", "6", "7"],
    { panes: ["1", "2", "3", "4", "5", "6"], focused: "1", layout: "wall" },
  ],
])("sessions start %s", (_where, before, started, after) => {
  expect(shape(withStarted(before, started))).toEqual(after);
});
