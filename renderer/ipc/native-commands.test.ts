import { expect, test } from "vitest";
import { menuCommand } from "#shared/session/window-commands.ts";
import { COMMANDS } from "../shell/commands.ts";
import { followNative } from "./native-commands.ts";

test("every command of the window's menu is one of the page's", () => {
  const known = COMMANDS.map(({ id }) => id);
  expect(menuCommand.options.filter((id) => !known.includes(id))).toEqual([]);
});

test("what the window asks for is done, and anything else is not", () => {
  const done: string[] = [];
  let send = (_command: unknown): void => undefined;
  const native = {
    onCommand: (listener: (command: unknown) => void) => ((send = listener), () => undefined),
  };
  followNative(native, { run: (id) => void done.push(id), open: (session) => void done.push(session) });
  for (const command of [
    { kind: "command", id: "wall" },
    { kind: "open", session: "ses_1" },
    { kind: "command", id: "constructor" },
    { kind: "open" },
    "wall",
    null,
  ]) {
    send(command);
  }
  expect(done).toEqual(["wall", "ses_1"]);
});
