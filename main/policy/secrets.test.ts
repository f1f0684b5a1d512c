import { randomBytes, randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createRedactor, isSecretName, knownSecrets, looksSecret } from "./secrets.ts";

const redact = createRedactor({ secrets: [] });
/** Built at run time, so that no scanner takes this file for a leak. */
const filler = (length: number, alphabet = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7"): string =>
  Array.from({ length }, (_, index) => alphabet[index % alphabet.length]).join("");
const UPPER = "A1B2C3D4E5F6G7H8";

const SHAPES: readonly (readonly [kind: string, secret: string])[] = [
  ["api_key", `sk-${filler(48)}`],
  ["api_key", `sk-proj-${filler(20)}_${filler(20)}-${filler(8)}`],
  ["api_key", `sk-ant-api03-${filler(40)}`],
  ["stripe", `sk_live_${filler(24)}`],
  ["github", `ghp_${filler(36)}`],
  ["github", `github_pat_${filler(22)}_${filler(59)}`],
  ["gitlab", `glpat-${filler(20)}`],
  ["npm", `npm_${filler(36)}`],
  ["slack", `xoxb-123456789012-${filler(24)}`],
  ["google", `AIza${filler(35)}`],
  ["aws", `AKIA${UPPER}`],
  ["jwt", `eyJ${filler(20)}.eyJ${filler(40)}.${filler(43)}`],
];

describe.each(SHAPES)("a secret of the shape %s", (kind, secret) => {
  test.each([
    ["alone", "", ""],
    ["in a sentence", "the key is ", ", keep it."],
    ["in an assignment", "TOKEN=", "\n"],
    ["quoted", '{"token":"', '"}'],
    ["in JSON text", String.raw`{\"a\":\"x\n`, String.raw`\n\"}`],
    ["in a path", "https://example.com/", "/x"],
  ])("%s", (_where, before, after) => {
    expect(redact(before + secret + after)).toBe(`${before}[redacted:${kind}]${after}`);
    expect(looksSecret(before + secret + after)).toBe(true);
  });

  test("within a longer word is none", () => {
    const text = `${filler(30)}${secret.replaceAll(/[-_.]/g, "x")}${filler(30)}`;
    expect(redact(text)).toBe(text);
  });
});

const lines = Array.from({ length: 5 }, () => filler(64)).join("\n");

test.each([
  [
    `a\n-----BEGIN RSA PRIVATE KEY-----\n${lines}\n${filler(20)}==\n-----END RSA PRIVATE KEY-----\nb`,
    "a\n[redacted:private_key]\nb",
  ],
  [`-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}`, "[redacted:private_key]"],
  [
    `-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n${lines}\n-----END EC PRIVATE KEY-----`,
    "[redacted:private_key]",
  ],
  [
    `"-----BEGIN PRIVATE KEY-----\\n${filler(64)}\\n${filler(10)}\\n-----END PRIVATE KEY-----\\n"`,
    '"[redacted:private_key]\\n"',
  ],
  [`aws_secret_access_key = ${filler(40)}`, "aws_secret_access_key = [redacted:aws]"],
  [`"SecretAccessKey": "${filler(40)}"`, '"SecretAccessKey": "[redacted:aws]"'],
  [`Authorization: Bearer ${filler(30)}`, "Authorization: Bearer [redacted:bearer]"],
  ["postgres://user:hunter2-x@db:5432/a", "postgres://user:[redacted:url_password]@db:5432/a"],
  ["https://:p%40ss@example.com", "https://:[redacted:url_password]@example.com"],
])("%j", (text, expected) => {
  expect(redact(text)).toBe(expected);
});

test.each([
  "ses_7k3m9q2xw4tz",
  randomUUID(),
  "837886e0a1b2c3d4e5f60718293a4b5c6d7e8f90",
  "sha512-q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK+sMR0q1MKE+RZFJgrefm34/uplM/R8/si9xzqGvvwK+sMR0==",
  "sk-some-long-css-class-name-and-more",
  "sk-circle sk-folding-cube",
  "Bearer authentication-mechanisms explained",
  "if (text.startsWith('-----BEGIN PRIVATE KEY-----')) { return key; }",
  "https://user:${TOKEN}@example.com https://user:<password>@example.com https://a:***@b",
  "http://localhost:3000/@vite/client git@github.com:a/b.git",
  "AKIAISLOWERcase0000000",
  "eyJhbGciOiJIUzI1NiJ9 only a head",
  "[redacted:api_key]",
])("stays as it is: %s", (text) => {
  expect(redact(text)).toBe(text);
});

test("random base64, base64url and hex stay as they are", () => {
  for (let round = 0; round < 50; round += 1) {
    const bytes = randomBytes(8_192);
    const texts = [
      `data:image/png;base64,${bytes.toString("base64")}`,
      // Within a word: one in a few thousand of them begins like a key.
      `x${bytes.toString("base64url")}`,
      bytes.toString("hex"),
    ];
    expect(redact(texts)).toBe(texts);
  }
});

describe("known secrets", () => {
  const secret = 'p@ss "w/rd" + é$1';

  test.each([
    ["plain", secret],
    ["URL-encoded", encodeURIComponent(secret)],
    ["JSON-escaped", JSON.stringify(secret).slice(1, -1)],
  ])("%s", (_form, text) => {
    expect(createRedactor({ secrets: [secret] })(`<${text}>`)).toBe("<[redacted:secret]>");
  });

  test("are found within base64 of something around them, at every offset", () => {
    const redactor = createRedactor({ secrets: [secret] });
    for (const before of ["", "u", "us", "use", "user:"]) {
      for (const encoding of ["base64", "base64url"] as const) {
        const encoded = Buffer.from(`${before}${secret}:after`).toString(encoding);
        const found = String(redactor(`Basic ${encoded}`));
        expect(found).toContain("[redacted:secret]");
        // What is left is less than a few characters of the secret could be read from.
        expect(Buffer.from(found.replace(/.*\[redacted:secret\]/, ""), encoding).toString()).not.toContain(
          "w/rd",
        );
      }
    }
  });

  test("a random secret never survives anywhere in a value", () => {
    for (let round = 0; round < 200; round += 1) {
      const secret = randomBytes(4 + (round % 30)).toString(round % 2 ? "base64" : "hex");
      const value = {
        a: [`x${secret}y`, { [secret]: [null, 1, true, secret.repeat(3)] }],
        b: secret,
        c: "c",
      };
      const redacted = JSON.stringify(createRedactor({ secrets: [secret, secret.slice(0, -2)] })(value));
      expect(redacted).not.toContain(secret);
      expect(redacted).toContain('"c":"c"');
    }
  });

  test("that are short or special to regular expressions do no harm", () => {
    const redactor = createRedactor({ secrets: ["", "abc", ".*.*.*.*.*", "(((((((((("] });
    expect(redactor("abc anything")).toBe("abc anything");
    expect(redactor("a .*.*.*.*.* b")).toBe("a [redacted:secret] b");
  });
});

test("the same object comes back where nothing matched, and untouched parts are shared", () => {
  const clean = { a: ["x", { y: 1 }], z: null };
  expect(redact(clean)).toBe(clean);
  const dirty = [`npm_${filler(36)}`];
  const redacted = redact({ clean, dirty });
  expect(redacted).toEqual({ clean, dirty: ["[redacted:npm]"] });
  expect(redacted).toHaveProperty(
    "clean",
    expect.toSatisfy((part: unknown) => part === clean),
  );
  expect(dirty[0]).toMatch(/^npm_/);
  const bytes = new Uint8Array([1]);
  expect(redact(bytes)).toBe(bytes);
});

test("redacting twice changes nothing more", () => {
  const once = redact(SHAPES.map(([, secret]) => `x ${secret}`));
  expect(redact(once)).toBe(once);
});

test("text made to be slow is not", () => {
  const hostile = [
    "sk-".repeat(30_000),
    "://a:".repeat(30_000),
    "-----BEGIN PRIVATE KEY-----".repeat(10_000),
    "eyJ.".repeat(30_000),
  ];
  hostile.push(
    `sk-${"a-".repeat(50_000)}`,
    `Bearer ${"a".repeat(200_000)}`,
    `-----BEGIN PRIVATE KEY-----${"A".repeat(200_000)}`,
  );
  expect(redact(hostile)).toBeDefined();
});

test("secret-looking variables are known by name, locations are not secrets", () => {
  const secret = [
    "API_KEY",
    "OPENAI_API_KEY",
    "GH_TOKEN",
    "githubToken",
    "DB_PASSWORD",
    "PGPASSWORD",
    "MY_SECRET_2",
    "AWS_SECRET_ACCESS_KEY",
  ];
  const not = [
    "PATH",
    "HOME",
    "SSH_AUTH_SOCK",
    "PWD",
    "OLDPWD",
    "KEYBOARD",
    "AUTHOR",
    "GOOGLE_CREDENTIALS_FILE",
    "TERM",
  ];
  expect([...secret, ...not].filter(isSecretName)).toEqual(secret);
  expect(
    knownSecrets({
      A_KEY: "12345678",
      B_KEY: "1234567",
      PATH: "/a/long/path",
      C_KEY: undefined,
      D_KEY: "12345678",
    }),
  ).toEqual(["12345678"]);
});
