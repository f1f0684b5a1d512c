/**
 * Reads what documentation promises: `@example` lines such as `add(1, 2) // => 3`, and sentences such as
 * "`add(1, 2)` returns `3`". Nothing is run: an expected value is what the author wrote.
 */
import type { DocComment } from "./jsdoc.ts";
import { oneLine } from "./jsdoc.ts";
import { codeTokens, isBalanced, splitAt, textBetween, tokenize, type Token } from "./tokens.ts";

export type ExampleStep =
  | { readonly kind: "run"; readonly code: string }
  | { readonly kind: "value"; readonly code: string; readonly expected: string }
  /** `error` is the class that is promised; null where only "throws" is. */
  | { readonly kind: "throws"; readonly code: string; readonly error: string | null };

/** One test's worth of documentation: steps in order, at least one of which promises something. */
export interface Example {
  readonly title: string;
  readonly steps: readonly ExampleStep[];
}

/** All examples of a doc comment. */
export function readExamples(doc: DocComment): readonly Example[] {
  return [...doc.examples.flatMap(fromBlock), ...fromProse(doc)];
}

/** One `@example`: a test for each line when every line stands for itself, else one test with all steps in order. */
function fromBlock(block: string): Example[] {
  const steps = statements(block).flatMap(({ code, comment }) => readStatement(code, comment));
  const promises = steps.filter((step) => step.kind !== "run");
  if (promises.length === 0) return [];
  const separate = promises.length === steps.length ? steps.map((step) => [step]) : [steps];
  return separate.map((part) => ({ title: titleOf(part), steps: part }));
}

function titleOf(steps: readonly ExampleStep[]): string {
  const promise = steps.findLast((step) => step.kind !== "run");
  if (!promise) return "";
  const code = oneLine(promise.code);
  const rest = steps.filter((step) => step.kind !== "run").length > 1 ? " (and before)" : "";
  const said =
    promise.kind === "throws"
      ? `throws${promise.error ? ` ${promise.error}` : ""}`
      : `is ${oneLine(promise.kind === "value" ? promise.expected : "")}`;
  return `${code} ${said}${rest}`;
}

interface Statement {
  readonly code: string;
  readonly comment: string | null;
}

/** Joins lines until brackets close, and takes the comment at the end of a statement, or alone on the next line. */
function statements(block: string): Statement[] {
  const found: { code: string; comment: string | null }[] = [];
  let open = "";
  for (const line of block.split("\n")) {
    const { code, comment } = splitComment(line);
    const last = found.at(-1);
    if (open === "" && code.trim() === "") {
      if (comment !== null && last?.comment === null) last.comment = comment;
      continue;
    }
    open = open === "" ? code : `${open}\n${code}`;
    if (!isBalanced(open)) continue;
    found.push({ code: open.trim().replace(/;$/, ""), comment });
    open = "";
  }
  return found;
}

function splitComment(line: string): { code: string; comment: string | null } {
  const comment = tokenize(line).find((token) => token.type === "comment" && token.text.startsWith("//"));
  if (!comment) return { code: line, comment: null };
  return { code: line.slice(0, comment.start), comment: comment.text.slice(2).trim() };
}

function readStatement(code: string, comment: string | null): ExampleStep[] {
  const tokens = codeTokens(code);
  const first = tokens[0]?.text;
  if (first === undefined || first === "import") return [];
  if (first === "const" && tokens.some((token) => token.text === "require")) return [];
  const asserted = assertion(code, tokens);
  if (asserted) return [asserted];
  const expression = unwrapLog(code, tokens);
  const promise = comment === null ? null : readPromise(comment);
  if (!promise) return [{ kind: "run", code }];
  const declared = first === "const" || first === "let" ? tokens[1] : undefined;
  if (declared?.type === "name" && tokens[2]?.text === "=") {
    if (promise.kind === "throws") return [{ ...promise, code: textBetween(code, tokens.slice(3)) }];
    return [
      { kind: "run", code },
      { ...promise, code: declared.text },
    ];
  }
  return [{ ...promise, code: expression }];
}

/** `console.log(x)` shows x. */
function unwrapLog(code: string, tokens: readonly Token[]): string {
  const isLog = tokens[0]?.text === "console" && tokens[2]?.text === "log" && tokens[3]?.text === "(";
  return isLog ? textBetween(code, tokens.slice(4, -1)) : code;
}

/** `a === b`, `assert.equal(a, b)` and their like. */
function assertion(code: string, tokens: readonly Token[]): ExampleStep | null {
  const isAssert = tokens[0]?.text === "assert" && /^(deep)?(strict)?equal$/i.test(tokens[2]?.text ?? "");
  const [actual, expected, more] = isAssert ? splitAt(tokens.slice(4, -1), ",") : splitAt(tokens, "===");
  if (!actual || !expected || more || tokens.some((token) => token.text === "=" || token.text === "=>"))
    return null;
  return { kind: "value", code: textBetween(code, actual), expected: textBetween(code, expected) };
}

type Promised = { kind: "value"; expected: string } | { kind: "throws"; error: string | null };

function readPromise(comment: string): Promised | null {
  const arrow = /^(?:=+>|→|->|⇒|returns?:?\s|resolves (?:to|with)\s|is\s|equals\s)\s*(.+)$/i.exec(comment);
  const said = (arrow?.[1] ?? comment).trim();
  const thrown = readThrown(said);
  if (thrown) return thrown;
  const expected = said.replace(/[;.]$/, "");
  if (expected === "" || !isLiteral(expected)) return null;
  return { kind: "value", expected };
}

function readThrown(text: string): Promised | null {
  const throws = /^(?:throws|rejects(?: with)?)\b:?\s*(?:an?\s+)?(?:new\s+)?([A-Z]\w*)?/i.exec(text);
  if (throws) return { kind: "throws", error: throws[1] ?? null };
  const bare = /^(?:Uncaught\s+)?([A-Z]\w*Error)\b/.exec(text);
  return bare ? { kind: "throws", error: bare[1] ?? null } : null;
}

const CONSTANTS = new Set([
  "true",
  "false",
  "null",
  "undefined",
  "NaN",
  "Infinity",
  "new",
  "Map",
  "Set",
  "Date",
  "Object",
]);

/** Whether `text` is a value written out: literals, arrays, objects, known constants; no calls of other names, no prose. */
export function isLiteral(text: string): boolean {
  const tokens = codeTokens(text);
  if (tokens.length === 0 || !isBalanced(text)) return false;
  return tokens.every((token, at) => {
    const next = tokens[at + 1];
    if (token.type === "string" || token.type === "number" || token.type === "regex")
      return !endsValue(tokens[at - 1]);
    if (token.type === "template") return token.text.startsWith("`") && token.text.endsWith("`");
    if (token.type === "name")
      return next?.text === ":" || (CONSTANTS.has(token.text) && !endsValue(tokens[at - 1]));
    return ["[", "]", "{", "}", ",", ":", "-", "(", ")", "."].includes(token.text);
  });
}

const endsValue = (token: Token | undefined): boolean =>
  token !== undefined && token.text !== "new" && token.type !== "punct";

/** "`expression` returns `value`" and "`expression` throws `Error`", in the description, `@returns` and `@throws`. */
function fromProse(doc: DocComment): Example[] {
  const prose = [doc.description, doc.returns?.text ?? "", ...doc.throws.map((entry) => entry.text)]
    .map(oneLine)
    .join("\n");
  const sentence =
    /`([^`]+)`\s+(returns|gives|yields|is|equals|resolves to|throws|rejects with|→|=>|===)\s+(?:an?\s+)?`([^`]+)`/g;
  return [...prose.matchAll(sentence)].flatMap(([, code = "", verb = "", said = ""]) => {
    if (!code.includes("(") || !isBalanced(code)) return [];
    if (/^(throws|rejects)/.test(verb)) {
      const steps: ExampleStep[] = [{ kind: "throws", code, error: /^[A-Z]\w*$/.test(said) ? said : null }];
      return [{ title: titleOf(steps), steps }];
    }
    if (!isLiteral(said)) return [];
    const steps: ExampleStep[] = [{ kind: "value", code, expected: said }];
    return [{ title: titleOf(steps), steps }];
  });
}

/** Names that an example uses and does not declare itself: what a test must import, or what can't be had. */
export function freeNames(example: Example): readonly string[] {
  const code = example.steps
    .map((step) => (step.kind === "value" ? `${step.code};\n${step.expected}` : step.code))
    .join(";\n");
  const tokens = codeTokens(code);
  const declared = declaredNames(tokens);
  const used = tokens.filter((token, at) => {
    if (token.type !== "name" || declared.has(token.text) || WORDS.has(token.text)) return false;
    const [before, next] = [tokens[at - 1]?.text, tokens[at + 1]?.text];
    if (before === "." || before === "?.") return false;
    return !(next === ":" && (before === "{" || before === ","));
  });
  const errors = example.steps.flatMap((step) => (step.kind === "throws" && step.error ? [step.error] : []));
  return [...new Set([...used.map((token) => token.text), ...errors])];
}

/** Variables, functions, and the parameters of arrow functions. Rough: a name declared anywhere counts as declared. */
function declaredNames(tokens: readonly Token[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [at, token] of tokens.entries()) {
    if (["const", "let", "var", "function", "class"].includes(token.text)) {
      const end = tokens.findIndex(
        (next, index) => index > at && (next.text === "=" || next.text === "(" || next.text === "of"),
      );
      for (const name of tokens.slice(at + 1, end < 0 ? at + 2 : end))
        if (name.type === "name") names.add(name.text);
    }
    if (token.text !== "=>") continue;
    let back = at - 1;
    if (tokens[back]?.text === ")") while (back > 0 && tokens[back]?.text !== "(") back--;
    for (const name of tokens.slice(back, at)) if (name.type === "name") names.add(name.text);
  }
  return names;
}

const WORDS: ReadonlySet<string> = new Set([
  ...[
    "const",
    "let",
    "var",
    "new",
    "await",
    "async",
    "typeof",
    "of",
    "in",
    "for",
    "if",
    "else",
    "return",
    "function",
  ],
  ...[
    "true",
    "false",
    "null",
    "undefined",
    "class",
    "extends",
    "this",
    "void",
    "instanceof",
    "delete",
    "while",
    "throw",
  ],
  ...["try", "catch", "finally", "yield"],
]);
