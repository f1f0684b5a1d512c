import { closingIndex, splitAt, textBetween, type Token } from "../tokens.ts";
import { bodyStart, inOneLine, insertAt, KEYWORDS, type Context, type Mutation } from "./mutation.ts";

/** `f(a, b)` for `f(b, a)`: each pair of neighbours. */
export function swappedArguments(context: Context, token: Token, at: number): Mutation[] {
  const { words, source } = context;
  const callee = words[at - 1];
  if (token.text !== "(" || callee?.type !== "name" || KEYWORDS.has(callee.text)) return [];
  if (token.start < bodyStart(context)) return [];
  const args = splitAt(words.slice(at + 1, closingIndex(words, at)), ",");
  return args.slice(1).flatMap((second, index) => {
    const first = args[index] ?? [];
    const [a, b] = [textBetween(source, first), textBetween(source, second)];
    const [start, end] = [first[0]?.start, second.at(-1)?.end];
    if (start === undefined || end === undefined || a === b) return [];
    const why = `the arguments \`${inOneLine(a)}\` and \`${inOneLine(b)}\` swapped`;
    return [{ start, end, text: `${b}, ${a}`, why, rank: 2.5 }];
  });
}

/** `await` before a call in an async function. */
export function missingAwait(context: Context, token: Token, at: number): Mutation[] {
  const { words, target, source } = context;
  if (!target.isAsync || token.start < bodyStart(context) || KEYWORDS.has(token.text)) return [];
  const before = words[at - 1]?.text ?? "";
  if ([".", "?.", "await", "new", "function", "const", "let", "var"].includes(before)) return [];
  let end = at;
  while ([".", "?."].includes(words[end + 1]?.text ?? "") && words[end + 2]?.type === "name") end += 2;
  if (words[end + 1]?.text !== "(") return [];
  const closing = closingIndex(words, end + 1);
  const close = words[closing];
  if (!close) return [];
  const call = source.slice(token.start, close.end);
  const text = [".", "["].includes(words[closing + 1]?.text ?? "") ? `(await ${call})` : `await ${call}`;
  const why = `\`await\` is missing before \`${inOneLine(call)}\``;
  return [{ start: token.start, end: close.end, text, why, rank: 1 }];
}

/** `reduce(f)` for `reduce(f, 0)`. */
export function missingFirstValue({ words }: Context, token: Token, at: number): Mutation[] {
  if (token.text !== "reduce" || words[at + 1]?.text !== "(") return [];
  const close = closingIndex(words, at + 1);
  const end = words[close]?.start;
  if (end === undefined || splitAt(words.slice(at + 2, close), ",").length > 1) return [];
  return ["0", "1", "[]", '""'].map((value, index) =>
    insertAt(end, `, ${value}`, `the first value \`${value}\` of \`reduce\` is missing`, 1.5 + index),
  );
}
