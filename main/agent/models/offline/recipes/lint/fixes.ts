import { codeTokens, tokenize, type Token } from "../../js/tokens.ts";
import type { Finding, Rule } from "./findings.ts";
import { enclosing, isAssigned, usesOf, type Range } from "./scope.ts";
import { removeUnused } from "./unused.ts";

/** Replaces characters `start` up to `end` by `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface SourceText {
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Offset of each line's beginning. */
  readonly lines: readonly number[];
}

export interface Fixed {
  readonly text: string;
  readonly fixed: readonly Finding[];
}

/** Fixes what can be fixed without a doubt. The rest stays for another round, or for a person. */
export function fixFile(text: string, findings: readonly Finding[]): Fixed {
  const source: SourceText = { text, tokens: codeTokens(text), lines: lineStarts(text) };
  const edits: Edit[] = [];
  const fixed: Finding[] = [];
  for (const finding of findings) {
    const own = finding.rule === null ? [] : FIXERS[finding.rule](source, finding);
    const isKnown =
      own.length > 0 &&
      own.every((edit) => edits.some((other) => other.start === edit.start && other.end === edit.end));
    if (isKnown) fixed.push(finding);
    if (own.length === 0 || own.some((edit) => edits.some((other) => overlap(edit, other)))) continue;
    edits.push(...own);
    fixed.push(finding);
  }
  const sorted = edits.toSorted((a, b) => b.start - a.start);
  return {
    fixed,
    text: sorted.reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text),
  };
}

const overlap = (a: Edit, b: Edit): boolean => a.start < b.end && b.start < a.end;

function lineStarts(text: string): number[] {
  return [0, ...Array.from(text.matchAll(/\n/g), (newline) => newline.index + 1)];
}

const onLine = (source: SourceText, line: number): readonly Token[] =>
  source.tokens.filter((token) => token.line === line);

const lineRange = (source: SourceText, line: number): { start: number; end: number; text: string } => {
  const start = source.lines[line - 1] ?? source.text.length;
  const end = (source.lines[line] ?? source.text.length + 1) - 1;
  return { start, end, text: source.text.slice(start, end) };
};

type Fixer = (source: SourceText, finding: Finding) => readonly Edit[];

const FIXERS: Readonly<Record<Rule, Fixer>> = {
  trailing(source, { line }) {
    const range = lineRange(source, line);
    const end = range.start + range.text.trimEnd().length;
    return end === range.end ? [] : [{ start: end, end: range.end, text: "" }];
  },
  var: (source, { line }) =>
    onLine(source, line)
      .filter((token) => token.text === "var")
      .flatMap((token) => letOrConst(source, token)),
  eqeqeq: (source, { line }) =>
    onLine(source, line)
      .filter((token) => token.type === "punct" && (token.text === "==" || token.text === "!="))
      .flatMap((token) => strictly(source, token)),
  unused: (source, finding) => removeUnused(source, finding),
  const: (source, { line }) =>
    onLine(source, line)
      .filter((token) => token.text === "let")
      .map((token) => ({ start: token.start, end: token.end, text: "const" })),
  semi(source, { line }) {
    const last = onLine(source, line).at(-1);
    return !last || last.text === ";" || last.text === "{"
      ? []
      : [{ start: last.end, end: last.end, text: ";" }];
  },
  debugger(source, { line }) {
    const range = lineRange(source, line);
    return /^\s*debugger;?\s*$/.test(range.text)
      ? [{ start: range.start, end: range.end + 1, text: "" }]
      : [];
  },
  tabs(source, { line }) {
    const range = lineRange(source, line);
    const indent = /^[ \t]*/.exec(range.text)?.[0] ?? "";
    const isInTemplate = tokenize(source.text).some(
      (token) => token.type === "template" && token.start < range.start && token.end > range.start,
    );
    if (!indent.includes("\t") || isInTemplate) return [];
    return [{ start: range.start, end: range.start + indent.length, text: indent.replaceAll("\t", "  ") }];
  },
};

/** `let` or `const` for a `var`, unless the variable is used outside of its block or before its line. */
function letOrConst(source: SourceText, token: Token): Edit[] {
  const { tokens } = source;
  const at = tokens.indexOf(token);
  const { block, body } = enclosing(tokens, at);
  const names = declaredIn(tokens, at);
  const isFor = tokens[at - 1]?.text === "(" && tokens[at - 2]?.text === "for";
  const scope: Range = isFor
    ? { open: at, close: endOfFor(tokens, at - 1) }
    : { open: at, close: block.close };
  const isSafe = names.every((name) => {
    const uses = usesOf(tokens, name, body);
    const isRepeated =
      uses.filter((use) => ["var", "let", "const"].includes(tokens[use - 1]?.text ?? "")).length > 1;
    return !isRepeated && uses.every((use) => use > scope.open && use < scope.close);
  });
  if (names.length === 0 || !isSafe) return [];
  const isLoopOver = isFor && (tokens[at + 2]?.text === "of" || tokens[at + 2]?.text === "in");
  const hasValue = names.length === 1 && (tokens[at + 2]?.text === "=" || isLoopOver);
  const changes = names.some((name) =>
    usesOf(tokens, name, body).some((use) => use > at + 1 && isAssigned(tokens, use)),
  );
  return [{ start: token.start, end: token.end, text: hasValue && !changes ? "const" : "let" }];
}

/** The names that a `var` declares; none where it takes something apart. */
function declaredIn(tokens: readonly Token[], at: number): string[] {
  const first = tokens[at + 1];
  if (first?.type !== "name") return [];
  const names = [first.text];
  let depth = 0;
  for (let index = at + 2; index < tokens.length; index++) {
    const token = tokens[index];
    if (!token || (depth === 0 && (token.text === ";" || token.text === "of" || token.text === "in"))) break;
    if (["(", "[", "{"].includes(token.text)) depth++;
    if ([")", "]", "}"].includes(token.text) && --depth < 0) break;
    const next = tokens[index + 1];
    if (depth === 0 && token.text === "," && next?.type === "name") names.push(next.text);
    const isNextStatement =
      depth === 0 &&
      token.line > (tokens[index - 1]?.line ?? 0) &&
      token.type === "name" &&
      tokens[index - 1]?.text !== ",";
    if (isNextStatement) break;
  }
  return names;
}

/** The end of a `for` with its body. */
function endOfFor(tokens: readonly Token[], paren: number): number {
  const after = enclosingEnd(tokens, paren) + 1;
  return tokens[after]?.text === "{"
    ? enclosingEnd(tokens, after)
    : tokens.findIndex((token, at) => at > after && token.text === ";");
}

function enclosingEnd(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (["(", "[", "{"].includes(tokens[at]?.text ?? "")) depth++;
    if ([")", "]", "}"].includes(tokens[at]?.text ?? "") && --depth === 0) return at;
  }
  return tokens.length;
}

/** `===` for `==`. Against null it means null or undefined, so that is written out. */
function strictly(source: SourceText, token: Token): Edit[] {
  const { tokens, text } = source;
  const at = tokens.indexOf(token);
  if (tokens[at - 1]?.text === "null") return [];
  if (tokens[at + 1]?.text !== "null")
    return [{ start: token.start, end: token.end, text: `${token.text}=` }];
  let first = at - 1;
  if (tokens[first]?.type !== "name") return [];
  while (tokens[first - 1]?.text === "." && tokens[first - 2]?.type === "name") first -= 2;
  const [start, end] = [tokens[first]?.start ?? 0, tokens[at + 1]?.end ?? 0];
  const operand = text.slice(start, tokens[at - 1]?.end);
  const written =
    token.text === "=="
      ? `${operand} === null || ${operand} === undefined`
      : `${operand} !== null && ${operand} !== undefined`;
  const isAlone = tokens[first - 1]?.text === "(" && tokens[at + 2]?.text === ")";
  return [{ start, end, text: isAlone ? written : `(${written})` }];
}
