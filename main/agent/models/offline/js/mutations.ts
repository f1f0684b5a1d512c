/**
 * Small changes to a function, each the opposite of a mistake that people make: an edge compared wrongly, a wrong operator, a
 * number off by one, arguments swapped, an `await`, a default or a guard forgotten. Whether one of them is the fix is decided by
 * running the documented examples, never here.
 */
import type { Example } from "./examples.ts";
import type { DocComment } from "./jsdoc.ts";
import type { Declaration, SourceModule } from "./module.ts";
import { missingDefaults, missingFallback, missingGuards } from "./mutations/absent.ts";
import { missingAwait, missingFirstValue, swappedArguments } from "./mutations/calls.ts";
import { parameterTokens, type Context, type Mutation } from "./mutations/mutation.ts";
import { atOperator } from "./mutations/operators.ts";
import { atName, wrongNumber } from "./mutations/values.ts";
import { splitAt, type Token } from "./tokens.ts";

export type { Mutation } from "./mutations/mutation.ts";

/** All candidates for `target`, likeliest first, no two alike. `examples` are the ones that it is documented with. */
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
  const changing = found.filter(({ start, end, text }) => module.source.slice(start, end) !== text);
  const ranked = changing.toSorted((a, b) => a.rank - b.rank);
  const groups = Map.groupBy(ranked, (mutation) => resultOf(module.source, mutation));
  return [...groups.values()].flatMap((group) => group.slice(0, 1));
}

const resultOf = (source: string, { start, end, text }: Mutation): string =>
  source.slice(0, start) + text + source.slice(end);

function atToken(context: Context, token: Token, at: number): Mutation[] {
  switch (token.type) {
    case "punct":
      return [...atOperator(context, token, at), ...swappedArguments(context, token, at)];
    case "number":
      return wrongNumber(context, token, at);
    case "name":
      return [atName, missingAwait, missingFirstValue, missingFallback].flatMap((find) =>
        find(context, token, at),
      );
    case "string":
    case "template":
    case "regex":
    case "comment":
      return [];
  }
}

/** Numbers that the prose names, and percentages as shares. */
function documentedNumbers(doc: DocComment | null): string[] {
  if (!doc) return [];
  const prose = [
    doc.description,
    doc.returns?.text,
    ...doc.params.map((param) => `${param.text} ${param.fallback ?? ""}`),
    ...doc.throws.map((entry) => entry.text),
  ].join(" ");
  const plain = prose.match(/(?<![\w.])\d+(?:\.\d+)?(?![\w.]*\w)/g) ?? [];
  const shares = Array.from(prose.matchAll(/(\d+(?:\.\d+)?)\s?(?:%|percent)/g), ([, share]) =>
    String(Number(share) / 100),
  );
  return [...new Set([...plain, ...shares])];
}

function localNames(words: readonly Token[]): string[] {
  const params = splitAt(parameterTokens(words), ",").flatMap((part) => part[0] ?? []);
  const declared = words.filter((_, at) => ["const", "let", "var"].includes(words[at - 1]?.text ?? ""));
  const names = [...params, ...declared].filter((token) => token.type === "name").map((token) => token.text);
  return [...new Set(names)];
}
