import { closingIndex, isOpening, type Token } from "../../js/tokens.ts";

/** A range of token indices: `{` and `}` of a block, or the whole file. */
export interface Range {
  readonly open: number;
  readonly close: number;
}

/** The innermost block, and the innermost function (or the file), around a token. */
export function enclosing(tokens: readonly Token[], at: number): { block: Range; body: Range } {
  const file = { open: -1, close: tokens.length };
  let [block, body] = [file, file];
  for (let index = 0; index < at; index++) {
    const token = tokens[index];
    if (!token || !isOpening(token)) continue;
    const close = closingIndex(tokens, index);
    if (close < at) {
      index = close;
      continue;
    }
    if (token.text !== "{") continue;
    block = { open: index, close };
    if (opensFunction(tokens, index)) body = block;
  }
  return { block, body };
}

const CONTROL = new Set(["if", "for", "while", "switch", "catch", "with"]);

function opensFunction(tokens: readonly Token[], open: number): boolean {
  const before = tokens[open - 1]?.text;
  if (before === "=>") return true;
  if (before !== ")") return false;
  const paren = tokens.findIndex((token, at) => token.text === "(" && closingIndex(tokens, at) === open - 1);
  return !CONTROL.has(tokens[paren - 1]?.text ?? "");
}

/** Where a variable is used by its name: not as a property, not as a key. */
export function usesOf(tokens: readonly Token[], name: string, range: Range): readonly number[] {
  return tokens.flatMap((token, at) => {
    if (at <= range.open || at >= range.close || token.type !== "name" || token.text !== name) return [];
    const [before, next] = [tokens[at - 1]?.text, tokens[at + 1]?.text];
    const isKey = next === ":" && (before === "{" || before === ",");
    return before === "." || before === "?." || isKey ? [] : [at];
  });
}

const ASSIGNING = new Set([
  "=",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "**=",
  "??=",
  "||=",
  "&&=",
  "<<=",
  ">>=",
  ">>>=",
  "|=",
  "&=",
  "^=",
  "++",
  "--",
]);

/** Whether the use at `at` gives the variable a new value. */
export const isAssigned = (tokens: readonly Token[], at: number): boolean =>
  ASSIGNING.has(tokens[at + 1]?.text ?? "") ||
  ["++", "--"].includes(tokens[at - 1]?.text ?? "") ||
  isDestructured(tokens, at);

/** `[a, b] = [b, a]` and `({ a } = b)`. */
function isDestructured(tokens: readonly Token[], at: number): boolean {
  for (let open = at - 1; open >= 0 && at - open < 12; open--) {
    const token = tokens[open];
    if (token?.text !== "[" && token?.text !== "{") continue;
    const close = closingIndex(tokens, open);
    const isTarget = close > at && tokens[close + 1]?.text === "=";
    return isTarget && !["const", "let", "var"].includes(tokens[open - 1]?.text ?? "");
  }
  return false;
}
