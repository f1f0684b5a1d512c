import { expect, test } from "vitest";
import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { createAccess, sameToken } from "./access.ts";

const access = createAccess(4000, "secret");

function request(headers: Record<string, string>): IncomingMessage {
  const message = new IncomingMessage(new Socket());
  Object.assign(message.headers, headers);
  return message;
}

const OURS = { host: "127.0.0.1:4000", origin: "http://127.0.0.1:4000" };
const PROTOCOL = "sec-websocket-protocol";

test.each([
  ["ours", { ...OURS, [PROTOCOL]: "oriel.secret" }, null],
  [
    "by the other name",
    { host: "localhost:4000", origin: "http://localhost:4000", [PROTOCOL]: "oriel, oriel.secret" },
    null,
  ],
  ["no token", OURS, 401],
  ["a wrong token", { ...OURS, [PROTOCOL]: "oriel.secreT" }, 401],
  ["an empty token", { ...OURS, [PROTOCOL]: "oriel." }, 401],
  ["a longer token", { ...OURS, [PROTOCOL]: "oriel.secretsecret" }, 401],
  ["the token under another name", { ...OURS, [PROTOCOL]: "secret" }, 401],
  ["a foreign Host", { ...OURS, host: "evil.example:4000", [PROTOCOL]: "oriel.secret" }, 403],
  [
    "a foreign Host with its own Origin",
    { host: "evil.example:4000", origin: "http://evil.example:4000", [PROTOCOL]: "oriel.secret" },
    403,
  ],
  [
    "another port",
    { host: "127.0.0.1:4001", origin: "http://127.0.0.1:4001", [PROTOCOL]: "oriel.secret" },
    403,
  ],
  ["a foreign Origin", { ...OURS, origin: "http://evil.example", [PROTOCOL]: "oriel.secret" }, 403],
  ["another port's Origin", { ...OURS, origin: "http://127.0.0.1:5000", [PROTOCOL]: "oriel.secret" }, 403],
  ["https", { ...OURS, origin: "https://127.0.0.1:4000", [PROTOCOL]: "oriel.secret" }, 403],
  ["the Origin null of a sandboxed frame", { ...OURS, origin: "null", [PROTOCOL]: "oriel.secret" }, 403],
  ["no Origin", { host: OURS.host, [PROTOCOL]: "oriel.secret" }, 403],
  ["no Host", { origin: OURS.origin, [PROTOCOL]: "oriel.secret" }, 403],
])("a socket with %s", (_, headers, refusal) => {
  expect(access.refuseSocket(request(headers))).toBe(refusal);
});

test.each([
  ["from the address bar", { host: OURS.host }, null],
  ["by our page", OURS, null],
  ["with a foreign Host", { host: "evil.example" }, 403],
  ["by a foreign page", { ...OURS, origin: "http://evil.example" }, 403],
])("a file asked for %s", (_, headers, refusal) => {
  expect(access.refuseFile(request(headers))).toBe(refusal);
});

test("tokens are the same when every character is", () => {
  expect([
    sameToken("abc", "abc"),
    sameToken("abd", "abc"),
    sameToken("ab", "abc"),
    sameToken("", "abc"),
  ]).toEqual([true, false, false, false]);
});
