/**
 * Text that grows piece by piece, without the secrets in it. A secret may be split over any two pieces, so what could
 * still become one is held back: the last word, an unfinished private key, and the beginning of a known secret that has
 * spaces. The rest is redacted together with the line that it stands in.
 */
export interface CleanText {
  /** Takes a piece in, and gives what is now certain: clean text, to be put behind what was given before. */
  add(piece: string): string;
}

export interface CleanTextOptions {
  redact(text: string): string;
  /** Known secrets; those with spaces need to be known here. */
  readonly secrets: readonly string[];
}

/** A word that is longer than this is not shown: there is no place to cut it that is not in the middle of a secret. */
const LONGEST_WORD = 16 * 1024;
/** How much of what was given before is looked at again with what comes behind it. */
const CONTEXT = 4 * 1024;
/** A private key has no more text than this; what is longer is none. */
const LONGEST_KEY = 64 * 1024;

export function createCleanText({ redact, secrets }: CleanTextOptions): CleanText {
  /** The end of the raw text that was given already, and its clean form. */
  let context = "";
  let shown = "";
  let held = "";
  let skipping = false;

  /** The piece without the rest of a word that is too long. */
  const withoutLongWord = (piece: string): string => {
    if (!skipping) return piece;
    const end = piece.search(/\s/);
    skipping = end < 0;
    return end < 0 ? "" : piece.slice(end);
  };
  return {
    add: (piece) => {
      held += withoutLongWord(piece);
      const word = wordStart(held);
      if (held.length - word > LONGEST_WORD) {
        held = `${held.slice(0, word)}… `;
        skipping = true;
      }
      const certain = held.slice(0, certainLength(context, held, secrets));
      if (certain === "") return "";
      held = held.slice(certain.length);
      const clean = redact(context + certain);
      const given = clean.slice(commonLength(shown, clean));
      context = contextOf(context + certain);
      shown = redact(context);
      return given;
    },
  };
}

/** How much of `held` can be given: up to where something begins that could be, or become, a secret. */
function certainLength(context: string, held: string, secrets: readonly string[]): number {
  let end = wordStart(held);
  end = unfinishedKey(held.slice(0, end)) ?? end;
  for (const secret of secrets) {
    end -= overlap(context + held.slice(0, end), secret);
  }
  return Math.max(0, end);
}

const wordStart = (text: string): number => text.length - (/\S*$/.exec(text)?.[0].length ?? 0);

/** Where a private key begins whose end has not come yet. */
function unfinishedKey(text: string): number | null {
  const begin = text.lastIndexOf("-----BEGIN");
  if (begin < 0 || text.length - begin > LONGEST_KEY) return null;
  const rest = text.slice(begin);
  if (!/^-----BEGIN [A-Z ]*$|^-----BEGIN [A-Z ]*PRIVATE KEY/.test(rest)) return null;
  return /-----END [A-Z ]*PRIVATE KEY[A-Z ]*-----/.test(rest) ? null : begin;
}

/** The length of the longest end of `text` with which `secret` begins, but not all of it. */
function overlap(text: string, secret: string): number {
  for (let length = Math.min(secret.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return length;
  }
  return 0;
}

/** What stands before the next piece and may tell what it is: the end of the line. */
function contextOf(given: string): string {
  const end = given.slice(-CONTEXT);
  return end.slice(end.lastIndexOf("\n", end.length - 2) + 1);
}

function commonLength(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  let at = 0;
  while (at < length && left[at] === right[at]) at += 1;
  return at;
}
