import { SECRET_SHAPES } from "./secret-shapes.ts";

/** Shorter values are no secrets but words: redacting them would tear up ordinary text. */
const SHORTEST_SECRET = 8;

const SECRET_NAME =
  /(?:^|_)(?:API_?KEY|APIKEY|KEY|TOKEN|SECRET|SECRETS|PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|CREDENTIALS?|COOKIE|PAT|AUTH|DSN)(?:_|\d|$)|(?:TOKEN|SECRET|PASSWORD|APIKEY|API_KEY)/i;
/** Where something is, not the thing: SSH_AUTH_SOCK, GOOGLE_CREDENTIALS_FILE; and the shell's own PWD and OLDPWD. */
const LOCATION_NAME = /(?:_|^)(?:SOCK|SOCKET|FILE|PATH|DIR|HOME)$|^(?:OLD)?PWD$/i;

/** Whether a variable of this name holds a secret. Errs on the side of yes. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !LOCATION_NAME.test(name);

/** The values of an environment that must never be seen: at least 8 characters, in variables with secret-looking names. */
export function knownSecrets(env: NodeJS.ProcessEnv): string[] {
  const values = Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= SHORTEST_SECRET && isSecretName(name) ? [value] : [],
  );
  return [...new Set(values)];
}

/** Whether a text contains a well-known shape of a secret. */
export const looksSecret = (text: string): boolean => redactShapes(text) !== text;

/**
 * Makes a function that replaces secrets in a JSON value by `[redacted:kind]`, in strings and keys at any depth: the
 * given ones (also base64, URL-encoded or JSON-escaped) and everything of a well-known shape. Returns the very same
 * object where nothing matched. Secrets shorter than 8 characters are ignored.
 */
export function createRedactor(options: {
  readonly secrets: readonly string[];
}): (value: unknown) => unknown {
  const redactKnown = createKnownRedactor(options.secrets);
  const redactText = (text: string): string => redactShapes(redactKnown(text));
  return (value) => redactValue(value, redactText);
}

type RedactText = (text: string) => string;

function redactValue(value: unknown, redactText: RedactText): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => redactValue(item, redactText));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  // Bytes, dates and the like are no JSON: not ours to rebuild.
  if (prototype !== Object.prototype && prototype !== null) return value;
  let changed = false;
  const entries = Object.entries(value).map(([key, old]: [string, unknown]): [string, unknown] => {
    const entry: [string, unknown] = [redactText(key), redactValue(old, redactText)];
    changed ||= entry[0] !== key || entry[1] !== old;
    return entry;
  });
  return changed ? Object.fromEntries(entries) : value;
}

function redactShapes(text: string): string {
  let redacted = text;
  for (const { kind, hint, pattern } of SECRET_SHAPES) {
    if (!redacted.includes(hint)) continue;
    redacted = redacted.replace(pattern, (_match, kept: unknown) =>
      typeof kept === "string" ? `${kept}[redacted:${kind}]` : `[redacted:${kind}]`,
    );
  }
  return redacted;
}

function createKnownRedactor(secrets: readonly string[]): RedactText {
  const forms = new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(formsOf));
  if (forms.size === 0) return (text) => text;
  // The longest first: a secret that begins with another must not leave its end behind.
  const literals = [...forms].toSorted((a, b) => b.length - a.length).map(escapeLiteral);
  const pattern = new RegExp(literals.join("|"), "g");
  return (text) => text.replace(pattern, "[redacted:secret]");
}

const escapeLiteral = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

/** A secret as it may be written: itself, within a URL, within a JSON text, and within base64 at each of three offsets. */
function formsOf(secret: string): string[] {
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), ...base64Forms(secret)];
}

/** Base64 of something that contains the secret shows one of three texts, by what went before: their certain parts. */
function base64Forms(secret: string): string[] {
  return [0, 1, 2].flatMap((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    // The first characters carry bits of what went before, the last ones of what comes after.
    const skip = Math.ceil((before * 8) / 6);
    const certain = Math.floor((bytes.length * 8) / 6);
    return [bytes.toString("base64"), bytes.toString("base64url")].map((text) => text.slice(skip, certain));
  });
}
