import { expect, test } from "vitest";
import { createRedactor } from "#main/policy/secrets.ts";
import { createCleanText } from "./clean-text.ts";

const KEY = `-----BEGIN PRIVATE KEY-----\n${"MIIEvQIBADANBgkq".repeat(4)}\n${"hkiG9w0BAQEFAASC".repeat(4)}\n-----END PRIVATE KEY-----`;
const GITHUB = `ghp_${"a1B2c3D4e5".repeat(4)}`;
const SPACED = "correct horse battery staple";
const SECRETS = [SPACED, "hunter2hunter2"];

const redactor = createRedactor({ secrets: SECRETS });
const redact = (text: string): string => String(redactor(text));
const cleanText = () => createCleanText({ redact, secrets: SECRETS });

/** What a viewer has after these pieces, and a last one that lets everything out. */
function shown(pieces: readonly string[]): string {
  const clean = cleanText();
  return [...pieces, "\n"].map((piece) => clean.add(piece)).join("");
}

const TEXT = `first line\ntoken ${GITHUB} and hunter2hunter2, then:\n${KEY}\nthe words ${SPACED}! end\nAuthorization: Bearer abc123abc123abc123 x\n`;

test("is what redacting the whole gives, wherever it is split", () => {
  const whole = redact(`${TEXT}\n`);
  expect(whole).not.toMatch(/ghp_|hunter2|MIIE|horse|abc123/);
  for (let at = 0; at <= TEXT.length; at += 1) {
    expect({ at, text: shown([TEXT.slice(0, at), TEXT.slice(at)]) }).toEqual({ at, text: whole });
  }
  expect(shown(TEXT.split(""))).toBe(whole);
});

test("nothing of a secret is ever out before it is known to be none", () => {
  const clean = cleanText();
  let out = "";
  for (const letter of TEXT) {
    out += clean.add(letter);
    expect(redact(TEXT).startsWith(out)).toBe(true);
  }
});

test("words come as soon as they are whole, an unfinished one is held back", () => {
  const clean = cleanText();
  expect(["Hel", "lo wor", "ld ", "again"].map((piece) => clean.add(piece))).toEqual([
    "",
    "Hello ",
    "world ",
    "",
  ]);
});

test("a beginning that turns out to be no secret is given", () => {
  const clean = cleanText();
  expect(["the correct horse ", "battery is ", "new "].map((piece) => clean.add(piece))).toEqual([
    "the ",
    "correct horse battery is ",
    "new ",
  ]);
});

test("a word without an end is not shown, and what follows it is", () => {
  const clean = cleanText();
  const out = ["a ", "x".repeat(20_000), `${GITHUB}y`, "z".repeat(50_000), "zz end "].map((piece) =>
    clean.add(piece),
  );
  expect(out).toEqual(["a ", "… ", "", "", " end "]);
});
