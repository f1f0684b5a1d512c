/**
 * Small changes to a function, each the opposite of a mistake that people make: an edge compared wrongly, a wrong operator, a
 * number off by one, arguments swapped, an `await`, a default or a guard forgotten. Whether one of them is the fix is decided by
 * running the documented examples, never here.
 */
import type { Example } from "./examples.ts";
import type { DocComment } from "./jsdoc.ts";
import { isLiteral } from "./examples.ts";
import type { Declaration, SourceModule } from "./module.ts";
import {
  closingIndex,
  codeTokens,
  isClosing,
  isOpening,
  splitAt,
  textBetween,
  type Token,
} from "./tokens.ts";

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

/** All candidates for `target`, likeliest first. `examples` are the ones that it is documented with. */
export function candidateFixes(
  module: SourceModule,
  target: Declaration,
  examples: readonly Example[],
): readonly Mutation[] {
  const words = module.tokens.filter((token) => token.start >= target.start && token.end <= target.end);
  const context: Context = {
    source: module.source,
    words,
    target,
    documented: documentedNumbers(target.doc),
    names: localNames(words),
    examples,
  };
  const found = [
    ...missingDefaults(context),
    ...words.flatMap((token, at) => atToken(context, token, at)),
    ...missingGuards(context),
  ];
  const seen = new Set<string>();
  return found
    .filter(({ start, end, text }) => {
      const key = `${start}:${end}:${text}`;
      const isNew = module.source.slice(start, end) !== text && !seen.has(key);
      seen.add(key);
      return isNew;
    })
    .toSorted((a, b) => a.rank - b.rank);
}

interface Context {
  readonly source: string;
  readonly words: readonly Token[];
  readonly target: Declaration;
  /** Numbers that the doc comment speaks of. */
  readonly documented: readonly string[];
  /** Parameters and variables of the function. */
  readonly names: readonly string[];
  readonly examples: readonly Example[];
}

const replaceToken = (token: Token, text: string, rank: number): Mutation => ({
  start: token.start,
  end: token.end,
  text,
  why: `\`${token.text}\` instead of \`${text}\``,
  rank,
});

const insertAt = (start: number, text: string, why: string, rank: number): Mutation => ({
  start,
  end: start,
  text,
  why,
  rank,
});

/** Operators and names, and what is meant where they are wrong, likeliest first. */
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
  true: ["false"],
  false: ["true"],
};

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

function atToken(context: Context, token: Token, at: number): Mutation[] {
  switch (token.type) {
    case "punct":
      return [...atOperator(context, token, at), ...swappedArguments(context, at)];
    case "number":
      return wrongNumber(context, token, at);
    case "name":
      return [...atName(context, token, at), ...missingAwait(context, at), ...missingFallback(context, at)];
    case "string":
    case "template":
    case "regex":
    case "comment":
      return [];
  }
}

const BOUNDARY = new Set(["<", "<=", ">", ">="]);

function atOperator(context: Context, token: Token, at: number): Mutation[] {
  const before = context.words[at - 1];
  const isUnary = !before || (before.type === "punct" && !isClosing(before)) || before.text === "return";
  if (token.text === "!") return [{ ...replaceToken(token, "", 3), why: "a `!` too many" }];
  if (isUnary && token.text !== "++" && token.text !== "--") return [];
  const options = (CONFUSED[token.text] ?? []).map((text, index) =>
    replaceToken(token, text, BOUNDARY.has(token.text) ? 1 + index : 2 + index),
  );
  return [...options, ...swappedOperands(context, token, at), ...droppedOne(context, token, at)];
}

/** `a - b` for `b - a`, where both are a name, a property or a number. */
function swappedOperands(context: Context, token: Token, at: number): Mutation[] {
  if (!["-", "/", "%", "<", ">"].includes(token.text)) return [];
  const left = operandBefore(context.words, at);
  const right = operandAfter(context.words, at);
  if (left.length === 0 || right.length === 0) return [];
  const [a, b] = [textBetween(context.source, left), textBetween(context.source, right)];
  const [start, end] = [left[0]?.start ?? 0, right.at(-1)?.end ?? 0];
  return [
    {
      start,
      end,
      text: `${b} ${token.text} ${a}`,
      why: `the sides of \`${a} ${token.text} ${b}\` swapped`,
      rank: 3,
    },
  ];
}

function operandBefore(words: readonly Token[], at: number): readonly Token[] {
  let first = at - 1;
  if (!isOperandWord(words[first])) return [];
  while (words[first - 1]?.text === "." && words[first - 2]?.type === "name") first -= 2;
  return words.slice(first, at);
}

function operandAfter(words: readonly Token[], at: number): readonly Token[] {
  let last = at + 1;
  if (!isOperandWord(words[last])) return [];
  while (words[last + 1]?.text === "." && words[last + 2]?.type === "name") last += 2;
  return ["(", "["].includes(words[last + 1]?.text ?? "") ? [] : words.slice(at + 1, last + 1);
}

const isOperandWord = (token: Token | undefined): boolean =>
  token !== undefined && (token.type === "number" || (token.type === "name" && !KEYWORDS.has(token.text)));

/** `+ 1` or `- 1` too much. */
function droppedOne(context: Context, token: Token, at: number): Mutation[] {
  const next = context.words[at + 1];
  const before = context.words[at - 1];
  if ((token.text !== "+" && token.text !== "-") || next?.text !== "1" || !before) return [];
  return [{ start: before.end, end: next.end, text: "", why: `\`${token.text} 1\` too much`, rank: 2 }];
}

function wrongNumber(context: Context, token: Token, at: number): Mutation[] {
  const value = Number(token.text.replaceAll("_", ""));
  const documented = context.documented
    .filter((text) => Number(text) !== value)
    .map((text) => ({
      ...replaceToken(token, text, 1.5),
      why: `${token.text} where the documentation says ${text}`,
    }));
  if (!Number.isInteger(value)) return documented;
  const isIndex = context.words[at - 1]?.text === "[" || context.words[at - 1]?.text === "-";
  const near = [value + 1, ...(value > 0 ? [value - 1] : [])].map((other) => ({
    ...replaceToken(token, String(other), value <= 1 || isIndex ? 2 : 4),
    why: `off by one: ${token.text} instead of ${other}`,
  }));
  return [...documented, ...near];
}

function atName(context: Context, token: Token, at: number): Mutation[] {
  const [before, next] = [context.words[at - 1]?.text, context.words[at + 1]?.text];
  if (token.text === "true" || token.text === "false")
    return (CONFUSED[token.text] ?? []).map((text) => replaceToken(token, text, 3));
  if (before === "." || before === "?.") {
    const methods = (next === "(" ? (METHODS[token.text] ?? []) : []).map((text, index) =>
      replaceToken(token, text, 2 + index),
    );
    return [...methods, ...offByOneAfter(token, next)];
  }
  if (!context.names.includes(token.text) || next === ":" || isDeclared(context, at)) return [];
  const others = context.names
    .filter((name) => name !== token.text)
    .map((name) => replaceToken(token, name, 6));
  return [...others, ...offByOneAfter(token, next)];
}

/** A term that is one too small or too large: `items.length` for `items.length - 1`. */
function offByOneAfter(token: Token, next: string | undefined): Mutation[] {
  const endsTerm =
    next !== undefined && [")", "]", ";", ",", "<", ">", "<=", ">=", "}", "*", "/"].includes(next);
  if (!endsTerm) return [];
  const isLength = token.text === "length" || token.text === "size";
  return ["- 1", "+ 1"].map((step) =>
    insertAt(
      token.end,
      ` ${step}`,
      `off by one: \`${step}\` is missing after \`${token.text}\``,
      isLength ? 2 : 4.5,
    ),
  );
}

const isDeclared = (context: Context, at: number): boolean => {
  const before = context.words[at - 1]?.text ?? "";
  const isParameter = (context.words[at]?.end ?? 0) <= bodyStart(context);
  return isParameter || ["const", "let", "var", "function"].includes(before);
};

/** `f(a, b)` for `f(b, a)`: each pair of neighbours. */
function swappedArguments(context: Context, at: number): Mutation[] {
  const { words, source } = context;
  if (words[at]?.text !== "(" || words[at - 1]?.type !== "name" || KEYWORDS.has(words[at - 1]?.text ?? ""))
    return [];
  if ((words[at]?.start ?? 0) < bodyStart(context)) return [];
  const args = splitAt(words.slice(at + 1, closingIndex(words, at)), ",");
  return args.slice(1).flatMap((second, index) => {
    const first = args[index] ?? [];
    const [a, b] = [textBetween(source, first), textBetween(source, second)];
    const [start, end] = [first[0]?.start, second.at(-1)?.end];
    if (start === undefined || end === undefined || a === b) return [];
    const text = `${b}, ${a}`;
    return [
      {
        start,
        end,
        text,
        why: `the arguments \`${oneLineOf(a)}\` and \`${oneLineOf(b)}\` swapped`,
        rank: 2.5,
      },
    ];
  });
}

const oneLineOf = (code: string): string => code.replaceAll(/\s+/g, " ");

/** `await` before a call in an async function. */
function missingAwait(context: Context, at: number): Mutation[] {
  const { words, target } = context;
  const token = words[at];
  if (!target.isAsync || !token || token.start < bodyStart(context) || KEYWORDS.has(token.text)) return [];
  const before = words[at - 1]?.text ?? "";
  if ([".", "?.", "await", "new", "function", "const", "let", "var"].includes(before)) return [];
  let end = at;
  while ((words[end + 1]?.text === "." || words[end + 1]?.text === "?.") && words[end + 2]?.type === "name")
    end += 2;
  if (words[end + 1]?.text !== "(") return [];
  const close = words[closingIndex(words, end + 1)];
  if (!close) return [];
  const call = context.source.slice(token.start, close.end);
  const isChained = [".", "["].includes(words[words.indexOf(close) + 1]?.text ?? "");
  const text = isChained ? `(await ${call})` : `await ${call}`;
  return [
    {
      start: token.start,
      end: close.end,
      text,
      why: `\`await\` is missing before \`${oneLineOf(call)}\``,
      rank: 1,
    },
  ];
}

/** A value that may be absent: `item.quantity` for `(item.quantity ?? 1)`, and `reduce(f)` for `reduce(f, 0)`. */
function missingFallback(context: Context, at: number): Mutation[] {
  const { words } = context;
  const token = words[at];
  if (!token) return [];
  if (token.text === "reduce" && words[at + 1]?.text === "(") {
    const close = closingIndex(words, at + 1);
    if (splitAt(words.slice(at + 2, close), ",").length > 1) return [];
    const end = words[close]?.start ?? token.end;
    return ["0", "1", "[]", "''"].map((start, index) =>
      insertAt(end, `, ${start}`, `the first value \`${start}\` of \`reduce\` is missing`, 2.5 + index),
    );
  }
  const isProperty =
    words[at - 1]?.text === "." && words[at - 2]?.type === "name" && words[at + 1]?.text !== "(";
  const isRead = !["=", "+=", "-=", "++", "--", ".", "??", "["].includes(words[at + 1]?.text ?? "");
  if (!isProperty || !isRead || token.text === "length") return [];
  const first = words[at - 2];
  if (!first) return [];
  const chain = context.source.slice(first.start, token.end);
  const values = [...new Set([...context.documented, "0", "1"])];
  return values.map((value) => ({
    start: first.start,
    end: token.end,
    text: `(${chain} ?? ${value})`,
    why: `no default for \`${chain}\` (\`${value}\`)`,
    rank: context.documented.includes(value) ? 4 : 5,
  }));
}

/** A parameter that is documented as `[name=value]` and has no such default. */
function missingDefaults(context: Context): Mutation[] {
  const params = splitAt(parameterTokens(context), ",");
  return (context.target.doc?.params ?? []).flatMap((documented) => {
    const param = params.find((tokens) => tokens[0]?.text === documented.name);
    const [first, last] = [param?.[0], param?.at(-1)];
    if (
      !documented.isOptional ||
      documented.fallback === null ||
      !isLiteral(documented.fallback) ||
      !first ||
      !last
    )
      return [];
    const text = `${documented.name} = ${documented.fallback}`;
    return [
      {
        start: first.start,
        end: last.end,
        text,
        why: `the documented default \`${text}\` is missing`,
        rank: 0,
      },
    ];
  });
}

const parameterTokens = (context: Context): readonly Token[] => {
  const open = context.words.findIndex((token) => token.text === "(");
  return open < 0 ? [] : context.words.slice(open + 1, closingIndex(context.words, open));
};

/** Where the body's own code begins: after the first `{` or `=>` behind the parameters. */
function bodyStart(context: Context): number {
  const last = parameterTokens(context).at(-1)?.end ?? context.target.start;
  const first = context.words.find(
    (token) => token.start >= last && (token.text === "{" || token.text === "=>"),
  );
  return first?.end ?? last;
}

/** A check at the top for an empty, absent or negative argument, with the result that an example documents for it. */
function missingGuards(context: Context): Mutation[] {
  const params = splitAt(parameterTokens(context), ",").map((tokens) => tokens[0]?.text ?? "");
  const open = context.words.find((token) => token.end === bodyStart(context));
  if (open?.text !== "{") return [];
  const indent = /\n([ \t]+)\S/.exec(context.source.slice(open.end))?.[1] ?? "  ";
  return context.examples.flatMap((example) => {
    const step = example.steps[0];
    if (example.steps.length !== 1 || !step || step.kind === "run") return [];
    const result = step.kind === "value" ? `return ${step.expected};` : throwing(step.error);
    return callArguments(step.code, context.target.name).flatMap((argument, index) => {
      const param = params[index];
      return param === undefined || param === "{" || param === "["
        ? []
        : guards(argument, param, step.kind).map((condition) =>
            insertAt(
              open.end,
              `\n${indent}if (${condition}) ${result}`,
              `no check for \`${condition}\``,
              5 + index / 10,
            ),
          );
    });
  });
}

const throwing = (error: string | null): string => `throw new ${error ?? "Error"}("invalid argument");`;

function callArguments(code: string, name: string): string[] {
  const tokens = codeTokens(code);
  const at = tokens.findIndex((token, index) => token.text === name && tokens[index + 1]?.text === "(");
  if (at < 0) return [];
  return splitAt(tokens.slice(at + 2, closingIndex(tokens, at + 1)), ",").map((part) =>
    textBetween(code, part),
  );
}

/** Conditions that hold for `argument` and for its like. */
function guards(argument: string, param: string, kind: "value" | "throws"): string[] {
  if (argument === "[]") return [`${param}.length === 0`];
  if (argument === "''" || argument === '""') return [`${param} === ${argument}`];
  if (argument === "null" || argument === "undefined") return [`${param} === null || ${param} === undefined`];
  if (argument === "0")
    return kind === "throws" ? [`${param} <= 0`, `${param} === 0`] : [`${param} === 0`, `${param} <= 0`];
  if (/^-[\d._]+$/.test(argument)) return [`${param} < 0`];
  if (argument === "NaN") return [`Number.isNaN(${param})`];
  if (/^\d+\.\d+$/.test(argument) && kind === "throws") return [`!Number.isInteger(${param})`];
  if (/^['"]/.test(argument) && kind === "throws") return [`typeof ${param} !== "number"`];
  return [];
}

function documentedNumbers(doc: DocComment | null): string[] {
  if (!doc) return [];
  const prose = [
    doc.description,
    doc.returns?.text,
    ...doc.params.map((param) => `${param.text} ${param.fallback ?? ""}`),
    ...doc.throws.map((entry) => entry.text),
  ];
  const text = prose.join(" ");
  const plain = text.match(/(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)/g) ?? [];
  const shares = [...text.matchAll(/(\d+(?:\.\d+)?)\s?(?:%|percent)/g)].map(([, share]) =>
    String(Number(share) / 100),
  );
  return [...new Set([...plain, ...shares])];
}

function localNames(words: readonly Token[]): string[] {
  const open = words.findIndex((token) => token.text === "(");
  const params =
    open < 0
      ? []
      : splitAt(words.slice(open + 1, closingIndex(words, open)), ",").flatMap((part) => part[0] ?? []);
  const declared = words.filter((_, at) => ["const", "let", "var"].includes(words[at - 1]?.text ?? ""));
  return [
    ...new Set(
      [...params, ...declared]
        .filter((token) => token.type === "name" && !isOpening(token))
        .map((token) => token.text),
    ),
  ];
}

const KEYWORDS = new Set([
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
  "const",
  "let",
  "var",
  "of",
  "in",
  "case",
  "async",
]);
