/**
 * What well-known secrets look like. Each shape has a cheap `hint`, a literal that every match contains, so that text
 * without it costs one search. A shape must not match inside a longer word (ids, hashes, images in base64): hence the
 * borders on both sides. Every repetition is bounded or runs over one class of characters: no text makes them slow.
 */
export interface SecretShape {
  readonly kind: string;
  readonly hint: string;
  /** With the `g` flag. What the first group matches, where there is one, is kept. */
  readonly pattern: RegExp;
}

/** In JSON text a letter may stand before a word that is none of it: `\n`. */
const START = String.raw`(?<=^|[^A-Za-z0-9_-]|\\[bfnrt])`;
const END = "(?![A-Za-z0-9_-])";
const whole = (body: string): RegExp => new RegExp(`${START}${body}${END}`, "g");

/** `sk-` also begins CSS classes and slugs: a key has a long unbroken run, or digits and capitals. */
const SK_KEY =
  String.raw`sk-(?:(?:proj|svcacct|admin|ant|live|test|or|v1|api03)-)*` +
  String.raw`(?:[A-Za-z0-9]{20,}[A-Za-z0-9_-]*|(?=[A-Za-z_-]*\d)(?=[a-z0-9_-]*[A-Z])[A-Za-z0-9_-]{20,})`;

const PEM_BREAK = String.raw`(?:\\r|\\n|\s)`;
/** Ends at the first line that is not base64, also where the closing line was cut off. */
const PEM_KEY =
  String.raw`-----BEGIN (?:[A-Z]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----` +
  String.raw`(?:${PEM_BREAK}{0,4}[A-Z][A-Za-z-]{1,30}: [^\n\\]{1,200}){0,6}` +
  `(?:${PEM_BREAK}{0,8}[A-Za-z0-9+/=]{16,})+` +
  `(?:${PEM_BREAK}{0,4}[A-Za-z0-9+/=]{1,76})?` +
  `(?:${PEM_BREAK}{0,4}-----END (?:[A-Z]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----)?`;

export const SECRET_SHAPES: readonly SecretShape[] = [
  { kind: "api_key", hint: "sk-", pattern: whole(SK_KEY) },
  { kind: "stripe", hint: "k_", pattern: whole(String.raw`[sr]k_(?:live|test)_[A-Za-z0-9]{16,}`) },
  { kind: "github", hint: "gh", pattern: whole(String.raw`gh[oprsu]_[A-Za-z0-9]{30,255}`) },
  { kind: "github", hint: "github_pat_", pattern: whole(String.raw`github_pat_[A-Za-z0-9_]{22,255}`) },
  { kind: "gitlab", hint: "glpat-", pattern: whole(String.raw`glpat-[A-Za-z0-9_-]{20,}`) },
  { kind: "npm", hint: "npm_", pattern: whole(String.raw`npm_[A-Za-z0-9]{36}`) },
  { kind: "slack", hint: "xox", pattern: whole(String.raw`xox[abeoprs]-[A-Za-z0-9-]{10,}`) },
  { kind: "google", hint: "AIza", pattern: whole(String.raw`AIza[A-Za-z0-9_-]{35}`) },
  { kind: "aws", hint: "AKIA", pattern: whole(String.raw`AKIA[A-Z0-9]{16}`) },
  { kind: "aws", hint: "ASIA", pattern: whole(String.raw`ASIA[A-Z0-9]{16}`) },
  // Only by its name: 40 characters of base64 alone could be anything.
  ...["secret_access_key", "SECRET_ACCESS_KEY", "SecretAccessKey", "secretAccessKey"].map((name) => ({
    kind: "aws",
    hint: name,
    pattern: new RegExp(
      String.raw`(${name}\\?["']?\s{0,8}[:=]\s{0,8}\\?["']?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])`,
      "g",
    ),
  })),
  { kind: "private_key", hint: "PRIVATE KEY", pattern: new RegExp(PEM_KEY, "g") },
  {
    kind: "jwt",
    hint: "eyJ",
    pattern: whole(String.raw`eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}`),
  },
  ...["Bearer", "bearer"].map((name) => ({
    kind: "bearer",
    hint: `${name} `,
    // A digit tells a token from a sentence about bearers.
    pattern: new RegExp(String.raw`(\b${name} )(?=[A-Za-z._~+/-]*\d)[A-Za-z0-9._~+/-]{16,}=*`, "g"),
  })),
  {
    kind: "url_password",
    hint: "://",
    // Not a placeholder: `${TOKEN}`, `<password>`, `***`, `%s`.
    pattern: /(:\/\/[^\s:@/"'`<>]{0,200}:)(?![$<{*%[])[^\s@/"'`<>]{1,500}(?=@)/g,
  },
];
