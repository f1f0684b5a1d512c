import { expect, test } from "vitest";
import { isOlder } from "./give-way.ts";

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
