import { createORPCClient } from "@orpc/client";
import { expect, test } from "vitest";
import type { Connection } from "./connect.ts";
import { giveWay, isOlder } from "./give-way.ts";

const program = { version: "1.10.0", builtAt: 1000 };

test.each([
  ["an earlier version", { version: "1.9.3", startedAt: 2000 }, true],
  ["an earlier major version", { version: "0.20.0", startedAt: 2000 }, true],
  ["the same version, begun after the program was built", { version: "1.10.0", startedAt: 2000 }, false],
  ["the same version, begun before the program was built again", { version: "1.10.0", startedAt: 999 }, true],
  ["the same version, that does not say when it began", { version: "1.10.0" }, true],
  ["a later version, which an older program must leave alone", { version: "1.10.1", startedAt: 0 }, false],
  ["a later major version", { version: "2.0.0", startedAt: 0 }, false],
])("%s", (_, host, older) => {
  expect(isOlder(host, program)).toBe(older);
});

/** An older host that says `running` of what runs there, and must not be ended here. */
const older = (running: () => Promise<object>): Connection => ({
  client: createORPCClient({
    call: async ([, verb]) => (verb === "running" ? running() : { version: "1.9.3", pid: process.pid }),
  }),
  closed: new Promise(() => undefined),
  [Symbol.dispose]: () => undefined,
});

test.each([
  ["says nothing, as its daemon is silent", () => new Promise<object>(() => undefined), true, "not_ended"],
  ["can't say it", () => Promise.reject(new Error("daemon_unavailable")), true, "not_ended"],
  ["has a turn at work", async () => ({ turns: 1, shells: 0, commands: 0 }), true, "at_work"],
  ["was ended often enough", async () => ({ turns: 0, shells: 0, commands: 0 }), false, "comes_back"],
] as const)("an older host goes on that %s", async (_, running, mayEnd, because) => {
  expect(await giveWay(older(running), program, mayEnd, 10)).toEqual({
    older: { version: "1.9.3", because },
  });
});
