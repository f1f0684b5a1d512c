import { isLiteral } from "../examples.ts";
import { closingIndex, codeTokens, splitAt, textBetween, type Token } from "../tokens.ts";
import { bodyStart, insertAt, parametersOf, type Context, type Mutation } from "./mutation.ts";

/** A parameter that is documented as `[name=value]` and has another default or none. */
export function missingDefaults(context: Context): Mutation[] {
  const params = parametersOf(context);
  return (context.target.doc?.params ?? []).flatMap((documented) => {
    const param = params.find((tokens) => tokens[0]?.text === documented.name);
    const [first, last] = [param?.[0], param?.at(-1)];
    if (documented.fallback === null || !isLiteral(documented.fallback) || !first || !last) return [];
    const text = `${documented.name} = ${documented.fallback}`;
    return [
      { start: first.start, end: last.end, text, why: `not the documented default \`${text}\``, rank: 0 },
    ];
  });
}

/** A property that may be absent: `item.quantity` for `(item.quantity ?? 1)`. */
export function missingFallback(context: Context, token: Token, at: number): Mutation[] {
  const { words } = context;
  const first = words[at - 2];
  const next = words[at + 1]?.text ?? "";
  const isProperty = words[at - 1]?.text === "." && first?.type === "name" && next !== "(";
  const isRead = !["=", "+=", "-=", "++", "--", ".", "??", "["].includes(next);
  if (!isProperty || !isRead || token.text === "length") return [];
  const chain = context.source.slice(first.start, token.end);
  return [...new Set([...context.documented, "0", "1"])].map((value) => ({
    start: first.start,
    end: token.end,
    text: `(${chain} ?? ${value})`,
    why: `no default for \`${chain}\` (\`${value}\`)`,
    rank: context.documented.includes(value) ? 4 : 5,
  }));
}

/** A check at the top for an empty, absent or negative argument, with the result that an example documents for it. */
export function missingGuards(context: Context): Mutation[] {
  const params = parametersOf(context).map((tokens) => tokens[0]?.text ?? "");
  const start = bodyStart(context);
  if (context.source[start - 1] !== "{") return [];
  const indent = /\n([ \t]+)\S/.exec(context.source.slice(start))?.[1] ?? "  ";
  return context.examples.flatMap(({ steps }) => {
    const [step] = steps;
    if (steps.length !== 1 || !step || step.kind === "run") return [];
    const result =
      step.kind === "value"
        ? `return ${step.expected};`
        : `throw new ${step.error ?? "Error"}("invalid argument");`;
    return callArguments(step.code, context.target.name).flatMap((argument, index) => {
      const param = params[index] ?? "";
      if (!/^[\p{ID_Start}$_]/u.test(param)) return [];
      return conditions(argument, param, step.kind).map((condition) =>
        insertAt(
          start,
          `\n${indent}if (${condition}) ${result}`,
          `no check for \`${condition}\``,
          5 + index / 10,
        ),
      );
    });
  });
}

function callArguments(code: string, name: string): string[] {
  const tokens = codeTokens(code);
  const at = tokens.findIndex((token, index) => token.text === name && tokens[index + 1]?.text === "(");
  if (at < 0) return [];
  return splitAt(tokens.slice(at + 2, closingIndex(tokens, at + 1)), ",").map((part) =>
    textBetween(code, part),
  );
}

/** Conditions that hold for `argument` and for its like; never one that holds for this very value alone. */
function conditions(argument: string, param: string, kind: "value" | "throws"): string[] {
  if (argument === "[]") return [`${param}.length === 0`];
  if (argument === "''" || argument === '""') return [`${param} === ${argument}`];
  if (argument === "null" || argument === "undefined") return [`${param} === null || ${param} === undefined`];
  if (argument === "NaN") return [`Number.isNaN(${param})`];
  if (argument === "0") return [`${param} === 0`, `${param} <= 0`];
  if (/^-[\d._]+$/.test(argument)) return [`${param} < 0`, `${param} <= 0`];
  if (kind === "value") return [];
  if (/^\d+\.\d+$/.test(argument)) return [`!Number.isInteger(${param})`];
  return /^['"]/.test(argument) ? [`typeof ${param} !== "number"`] : [];
}
