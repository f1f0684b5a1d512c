import { expect, test } from "vitest";
import { createFixtureLog } from "../../testing/log.ts";
import { tell } from "../../testing/story.ts";
import { createFleetStore, withEvents } from "../../state/fleet.ts";
import { fit, fitting, looksLikePath, paletteLists } from "./entries.ts";

test.each([
  ["/home/ada", true],
  ["~/code", true],
  ["C:\\code", true],
  ["fix the lint", false],
  [">/x", false],
])("%s may be a path: %s", (query, is) => {
  expect(looksLikePath(query)).toBe(is);
});

test("every word has to be there, and beginnings come first", () => {
  expect(fit("add zebra", "Add tests")).toBeNull();
  expect(fitting("te", ["Write later", "Add tests", "tests"], (text) => text)).toEqual([
    "tests",
    "Add tests",
    "Write later",
  ]);
});

test("sessions come before commands, and after > there are only commands", () => {
  const log = createFixtureLog();
  for (const title of ["Fix lint", "Stop the cron job"]) tell(log, { id: title, title, minutesAgo: 1 });
  const { sessions } = withEvents(createFleetStore().getState(), log.events, log.events.length);
  const commands = [{ title: "Stop the session" }, { title: "Settings" }];
  const shown = (query: string) => {
    const lists = paletteLists(query, Object.values(sessions), commands);
    return [lists.sessions.map(({ title }) => title), lists.commands.map(({ title }) => title)];
  };
  expect([shown(""), shown("stop"), shown(">st"), shown("> "), shown("nothing like it")]).toEqual([
    [["Fix lint", "Stop the cron job"], []],
    [["Stop the cron job"], ["Stop the session"]],
    [[], ["Stop the session"]],
    [[], ["Stop the session", "Settings"]],
    [[], []],
  ]);
});
