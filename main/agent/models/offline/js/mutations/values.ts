import type { Token } from "../tokens.ts";
import { bodyStart, insertAt, replaceToken, type Context, type Mutation } from "./mutation.ts";

const METHODS: Readonly<Record<string, readonly string[]>> = {
  floor: ["round", "ceil", "trunc"],
  ceil: ["round", "floor"],
  round: ["floor", "ceil"],
  trunc: ["round", "floor"],
  min: ["max"],
  max: ["min"],
  some: ["every"],
  every: ["some"],
  push: ["unshift"],
  unshift: ["push"],
  shift: ["pop"],
  pop: ["shift"],
  startsWith: ["endsWith", "includes"],
  endsWith: ["startsWith"],
  indexOf: ["lastIndexOf"],
  lastIndexOf: ["indexOf"],
  find: ["findLast"],
  findLast: ["find"],
  padStart: ["padEnd"],
  padEnd: ["padStart"],
  toUpperCase: ["toLowerCase"],
  toLowerCase: ["toUpperCase"],
  replace: ["replaceAll"],
  trimStart: ["trim"],
  trimEnd: ["trim"],
  keys: ["values"],
  values: ["keys"],
};

/** A number that the documentation has otherwise, or that is one off. */
export function wrongNumber(context: Context, token: Token, at: number): Mutation[] {
  const value = Number(token.text.replaceAll("_", ""));
  const documented = context.documented
    .filter((text) => Number(text) !== value)
    .map((text) => replaceToken(token, text, 1.5, `${token.text} where the documentation says ${text}`));
  if (!Number.isInteger(value)) return documented;
  const isIndex = context.words[at - 1]?.text === "[" || context.words[at - 1]?.text === "-";
  const near = [value + 1, ...(value > 0 ? [value - 1] : [])].map((other) =>
    replaceToken(
      token,
      String(other),
      value <= 1 || isIndex ? 2 : 4,
      `off by one: ${token.text} instead of ${other}`,
    ),
  );
  return [...documented, ...near];
}

/** A wrong method, a wrong variable, a wrong truth value, a missing `!`, or a term that is one off. */
export function atName(context: Context, token: Token, at: number): Mutation[] {
  const [before, next] = [context.words[at - 1]?.text, context.words[at + 1]?.text];
  if (token.text === "true") return [replaceToken(token, "false", 3)];
  if (token.text === "false") return [replaceToken(token, "true", 3)];
  if (before === "." || before === "?.") {
    const others = next === "(" ? (METHODS[token.text] ?? []) : [];
    return [
      ...others.map((text, index) => replaceToken(token, text, 2 + index)),
      ...offByOneAfter(token, next),
    ];
  }
  if (token.start < bodyStart(context)) return [];
  const negated = missingNot(context, token, at);
  if (!context.names.includes(token.text) || next === ":" || ["const", "let", "var"].includes(before ?? ""))
    return negated;
  const others = context.names
    .filter((name) => name !== token.text)
    .map((name) => replaceToken(token, name, 7));
  return [...negated, ...others, ...offByOneAfter(token, next)];
}

/** `!` before a condition or a part of one. */
function missingNot({ words }: Context, token: Token, at: number): Mutation[] {
  const before = words[at - 1]?.text ?? "";
  const isCondition = before === "(" && ["if", "while"].includes(words[at - 2]?.text ?? "");
  if (!isCondition && !["&&", "||", "return", "=>"].includes(before)) return [];
  let end = at;
  while (words[end + 1]?.text === "." && words[end + 2]?.type === "name") end += 2;
  const next = words[end + 1]?.text ?? "";
  const standsAlone = ["(", ")", "&&", "||", ";"].includes(next);
  return standsAlone ? [insertAt(token.start, "!", `a \`!\` is missing before \`${token.text}\``, 3.5)] : [];
}

/** A term that is one too small or too large: `items.length` for `items.length - 1`. */
function offByOneAfter(token: Token, next: string | undefined): Mutation[] {
  const endsTerm = [")", "]", ";", ",", "<", ">", "<=", ">=", "}", "*", "/"].includes(next ?? "");
  if (!endsTerm) return [];
  const rank = token.text === "length" || token.text === "size" ? 2 : 4.5;
  return ["- 1", "+ 1"].map((step) =>
    insertAt(token.end, ` ${step}`, `off by one: \`${step}\` is missing after \`${token.text}\``, rank),
  );
}
