import type { Example } from "../examples.ts";
import type { Declaration } from "../module.ts";
import { closingIndex, splitAt, type Token } from "../tokens.ts";

/** Replaces `source.slice(start, end)` by `text`. */
export interface Mutation {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What was wrong, for a person: "`>` instead of `>=`". */
  readonly why: string;
  /** Likelier first. */
  readonly rank: number;
}

/** What is known about the function that is changed. */
export interface Context {
  readonly source: string;
  /** The tokens of its declaration. */
  readonly words: readonly Token[];
  readonly target: Declaration;
  /** Numbers that the doc comment speaks of. */
  readonly documented: readonly string[];
  /** Parameters and variables of the function. */
  readonly names: readonly string[];
  readonly examples: readonly Example[];
}

export const replaceToken = (token: Token, text: string, rank: number, why?: string): Mutation => ({
  start: token.start,
  end: token.end,
  text,
  why: why ?? `\`${token.text}\` instead of \`${text}\``,
  rank,
});

export const insertAt = (start: number, text: string, why: string, rank: number): Mutation => ({
  start,
  end: start,
  text,
  why,
  rank,
});

export const KEYWORDS: ReadonlySet<string> = new Set([
  ...[
    "if",
    "for",
    "while",
    "switch",
    "return",
    "catch",
    "function",
    "typeof",
    "await",
    "new",
    "throw",
    "else",
  ],
  ...["const", "let", "var", "of", "in", "case", "async"],
]);

export const inOneLine = (code: string): string => code.replaceAll(/\s+/g, " ");

export const parameterTokens = (words: readonly Token[]): readonly Token[] => {
  const open = words.findIndex((token) => token.text === "(" || token.text === "=>");
  if (words[open]?.text === "=>") return words.slice(open - 1, open);
  return open < 0 ? [] : words.slice(open + 1, closingIndex(words, open));
};

/** The parameters, each with its default. */
export const parametersOf = ({ words }: Context): readonly (readonly Token[])[] =>
  splitAt(parameterTokens(words), ",");

/** Where the body's own code begins: after the first `{` or `=>` behind the parameters. */
export function bodyStart({ words, target }: Context): number {
  const last = parameterTokens(words).at(-1)?.end ?? target.start;
  const first = words.findIndex(
    (token) => token.start >= last && (token.text === "{" || token.text === "=>"),
  );
  const isBlock = words[first]?.text === "=>" && words[first + 1]?.text === "{";
  return words[isBlock ? first + 1 : first]?.end ?? last;
}
