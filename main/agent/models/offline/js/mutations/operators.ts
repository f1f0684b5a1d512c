import { closingIndex, isClosing, textBetween, type Token } from "../tokens.ts";
import { KEYWORDS, replaceToken, type Context, type Mutation } from "./mutation.ts";

/** What is meant where an operator is wrong, likeliest first. */
const CONFUSED: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">", ">="],
  "<=": ["<", ">=", ">"],
  ">": [">=", "<", "<="],
  ">=": [">", "<=", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "==": ["!="],
  "!=": ["=="],
  "&&": ["||"],
  "||": ["&&", "??"],
  "??": ["||", "&&"],
  "+": ["-", "*"],
  "-": ["+"],
  "*": ["/", "+"],
  "/": ["*", "%"],
  "%": ["/"],
  "+=": ["-=", "*="],
  "-=": ["+="],
  "*=": ["+=", "/="],
  "/=": ["*="],
  "++": ["--"],
  "--": ["++"],
};

const COMPARISONS = new Set(["<", "<=", ">", ">="]);
const STEPS = new Set(["++", "--"]);

/** A wrong operator, its sides swapped, a `!` or a `± 1` too many. */
export function atOperator(context: Context, token: Token, at: number): Mutation[] {
  if (token.text === "!") return [replaceToken(token, "", 3, "a `!` too many")];
  const before = context.words[at - 1];
  const isUnary = !before || (before.type === "punct" && !isClosing(before)) || KEYWORDS.has(before.text);
  if (isUnary && !STEPS.has(token.text)) return [];
  // A loop that counts the wrong way may never end, which costs a try its whole time limit.
  const rank = COMPARISONS.has(token.text) ? 1 : STEPS.has(token.text) ? 6 : 2;
  const options = (CONFUSED[token.text] ?? []).map((text, index) => replaceToken(token, text, rank + index));
  return [...options, ...swappedOperands(context, token, at), ...droppedOne(context, token, at)];
}

/** `a - b` for `b - a`. */
function swappedOperands(context: Context, token: Token, at: number): Mutation[] {
  if (!["-", "/", "%", "<", ">"].includes(token.text)) return [];
  const left = operandBefore(context.words, at);
  const right = operandAfter(context.words, at);
  const [first, last] = [left[0], right.at(-1)];
  if (!first || !last) return [];
  const [a, b] = [textBetween(context.source, left), textBetween(context.source, right)];
  const why = `the sides of \`${a} ${token.text} ${b}\` swapped`;
  return [{ start: first.start, end: last.end, text: `${b} ${token.text} ${a}`, why, rank: 3 }];
}

const isValue = (token: Token | undefined): boolean =>
  token !== undefined && (token.type === "number" || (token.type === "name" && !KEYWORDS.has(token.text)));

/** A name with its properties, indices and calls, or a number. */
function operandBefore(words: readonly Token[], at: number): readonly Token[] {
  let first = at - 1;
  while ([")", "]"].includes(words[first]?.text ?? "")) first = openingIndex(words, first) - 1;
  if (!isValue(words[first])) return [];
  while (words[first - 1]?.text === "." && isValue(words[first - 2])) first -= 2;
  return words.slice(first, at);
}

function operandAfter(words: readonly Token[], at: number): readonly Token[] {
  let last = at + 1;
  if (!isValue(words[last])) return [];
  for (
    let next = words[last + 1]?.text;
    next === "." || next === "(" || next === "[";
    next = words[last + 1]?.text
  ) {
    last = next === "." ? last + 2 : closingIndex(words, last + 1);
  }
  return words.slice(at + 1, last + 1);
}

function openingIndex(words: readonly Token[], close: number): number {
  for (let at = close - 1; at >= 0; at--) {
    if (["(", "["].includes(words[at]?.text ?? "") && closingIndex(words, at) === close) return at;
  }
  return 0;
}

/** `+ 1` or `- 1` too much. */
function droppedOne(context: Context, token: Token, at: number): Mutation[] {
  const next = context.words[at + 1];
  const before = context.words[at - 1];
  if ((token.text !== "+" && token.text !== "-") || next?.text !== "1" || !before) return [];
  return [{ start: before.end, end: next.end, text: "", why: `\`${token.text} 1\` too much`, rank: 2 }];
}
