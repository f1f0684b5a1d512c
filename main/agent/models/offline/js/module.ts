/** What a module exports, read from its source without running it. */
import { parseDoc, type DocComment } from "./jsdoc.ts";
import { closingIndex, isClosing, isOpening, textBetween, tokenize, type Token } from "./tokens.ts";

export type ModuleKind = "esm" | "cjs";

export interface Declaration {
  /** Its name in the module. */
  readonly name: string;
  readonly kind: "function" | "class" | "value";
  readonly isAsync: boolean;
  /** The parameters as written, without parentheses; empty for values. */
  readonly params: string;
  /** For values: the initializer as written. */
  readonly initializer: string;
  /** Offsets of the whole declaration, from its first word to its end. */
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly doc: DocComment | null;
  /** Doc comments of what is inside (the methods of a class) with the name they stand before. */
  readonly members: readonly { readonly name: string; readonly doc: DocComment }[];
}

export interface Export {
  /** What an importer writes: a name, or `default`. */
  readonly name: string;
  readonly declaration: Declaration;
}

export interface SourceModule {
  /** Relative to the project's root. */
  readonly path: string;
  readonly source: string;
  readonly kind: ModuleKind;
  readonly tokens: readonly Token[];
  readonly declarations: readonly Declaration[];
  readonly exports: readonly Export[];
  /** Specifiers of what it imports or requires, in order, without repetitions. */
  readonly imports: readonly string[];
  /** The comment at the top of the file that belongs to no declaration. */
  readonly doc: DocComment | null;
}

/** Reads a module. `packageType` is the `type` of its package.json and decides what a `.js` file is. */
export function readModule(path: string, source: string, packageType: string | undefined): SourceModule {
  const all = tokenize(source);
  const tokens = all.filter((token) => token.type !== "comment");
  const kind = moduleKind(path, tokens, packageType);
  const declarations = findDeclarations(source, all);
  const exports = kind === "esm" ? esmExports(tokens, declarations) : cjsExports(tokens, declarations);
  return {
    path,
    source,
    kind,
    tokens,
    declarations,
    exports: uniqueBy(exports, (entry) => entry.name),
    imports: findImports(tokens),
    doc: headerDoc(all, declarations),
  };
}

function moduleKind(path: string, tokens: readonly Token[], packageType: string | undefined): ModuleKind {
  if (path.endsWith(".mjs")) return "esm";
  if (path.endsWith(".cjs")) return "cjs";
  if (packageType === "module") return "esm";
  if (packageType === "commonjs") return "cjs";
  const usesCjs = tokens.some((token, at) => token.text === "require" || isModuleExports(tokens, at));
  const usesEsm = tokens.some(
    (token) => token.type === "name" && (token.text === "export" || token.text === "import"),
  );
  return usesEsm && !usesCjs ? "esm" : "cjs";
}

const isModuleExports = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.text === "module" && tokens[at + 1]?.text === "." && tokens[at + 2]?.text === "exports";

/** Words that may stand between a doc comment and what it documents. */
const PREFIX = new Set(["export", "default", "async", "static", "get", "set"]);

function findDeclarations(source: string, all: readonly Token[]): Declaration[] {
  const found: Declaration[] = [];
  const code = all.filter((token) => token.type !== "comment");
  for (let at = 0; at < code.length; at++) {
    const token = code[at];
    if (!token) break;
    if (isOpening(token)) {
      at = closingIndex(code, at);
      continue;
    }
    const read = readDeclaration(source, all, code, at);
    if (!read) continue;
    found.push(read.declaration);
    at = read.last;
  }
  return found;
}

interface ReadDeclaration {
  readonly declaration: Declaration;
  /** Index of its last token. */
  readonly last: number;
}

function readDeclaration(
  source: string,
  all: readonly Token[],
  code: readonly Token[],
  at: number,
): ReadDeclaration | null {
  const word = code[at]?.text;
  const first = withPrefix(code, at);
  if (word === "function") {
    const isNamed = code[at + 1]?.type === "name" || code[at + 1]?.text === "*";
    const nameAt = code[at + 1]?.text === "*" ? at + 2 : at + 1;
    const open = code.findIndex((token, index) => index > at && token.text === "(");
    const close = closingIndex(code, open);
    const last = closingIndex(code, close + 1);
    const name = isNamed ? (code[nameAt]?.text ?? "") : "default";
    return finish(source, all, code, { name, kind: "function", first, last, open, close });
  }
  if (word === "class") {
    const name =
      code[at + 1]?.type === "name" && code[at + 1]?.text !== "extends" ? code[at + 1]?.text : "default";
    const open = code.findIndex((token, index) => index > at && token.text === "{");
    return finish(source, all, code, {
      name: name ?? "default",
      kind: "class",
      first,
      last: closingIndex(code, open),
    });
  }
  const isVariable = (word === "const" || word === "let" || word === "var") && code[at + 2]?.text === "=";
  if (isVariable) return readAssigned(source, all, code, first, code[at + 1]?.text ?? "", at + 3);
  const assigned = assignedExport(code, at);
  if (assigned) return readAssigned(source, all, code, at, assigned.name, assigned.value);
  return null;
}

/** `exports.name = …` and `module.exports.name = …`, where the value is not just another name. */
function assignedExport(code: readonly Token[], at: number): { name: string; value: number } | null {
  const dot = isModuleExports(code, at)
    ? at + 3
    : code[at]?.text === "exports" && code[at - 1]?.text !== "."
      ? at + 1
      : -1;
  if (dot < 0) return null;
  if (dot === at + 3 && code[dot]?.text === "=" && isFunctionStart(code, dot + 1))
    return { name: "default", value: dot + 1 };
  if (code[dot]?.text !== "." || code[dot + 2]?.text !== "=") return null;
  const value = dot + 3;
  const isAlias =
    code[value]?.type === "name" && !isFunctionStart(code, value) && endOfExpression(code, value) === value;
  return isAlias ? null : { name: code[dot + 1]?.text ?? "", value };
}

function readAssigned(
  source: string,
  all: readonly Token[],
  code: readonly Token[],
  first: number,
  name: string,
  value: number,
): ReadDeclaration {
  const last = endOfExpression(code, value);
  if (!isFunctionStart(code, value)) {
    const kind = code[value]?.text === "class" ? "class" : "value";
    return finish(source, all, code, { name, kind, first, last, value });
  }
  const start = code[value]?.text === "async" ? value + 1 : value;
  const open = code.findIndex((token, index) => index >= start && token.text === "(");
  const isBare = code[start]?.type === "name" && code[start]?.text !== "function";
  const range = isBare ? { open: start - 1, close: start + 1 } : { open, close: closingIndex(code, open) };
  return finish(source, all, code, { name, kind: "function", first, last, ...range });
}

/** Whether a function expression or an arrow function begins here. */
function isFunctionStart(code: readonly Token[], at: number): boolean {
  const start = code[at]?.text === "async" && code[at + 1]?.text !== "=>" ? at + 1 : at;
  if (code[start]?.text === "function") return true;
  if (code[start]?.text === "(") return code[closingIndex(code, start) + 1]?.text === "=>";
  return code[start]?.type === "name" && code[start + 1]?.text === "=>";
}

/** The last token of the expression that begins at `at`: up to `;`, or up to a line that begins a new statement. */
function endOfExpression(code: readonly Token[], at: number): number {
  for (let index = at; index < code.length; index++) {
    const token = code[index];
    const next = code[index + 1];
    if (!token) break;
    if (isOpening(token)) {
      index = closingIndex(code, index) - 1;
      continue;
    }
    if (!next || next.text === ";" || next.text === ",") return index;
    if (next.line > token.line && endsOperand(token) && beginsStatement(next)) return index;
  }
  return code.length - 1;
}

const endsOperand = (token: Token): boolean => token.type !== "punct" || isClosing(token);
const beginsStatement = (token: Token): boolean => token.type !== "punct" && token.type !== "template";

interface Found {
  readonly name: string;
  readonly kind: Declaration["kind"];
  readonly first: number;
  readonly last: number;
  /** Indices of the parentheses around the parameters. */
  readonly open?: number;
  readonly close?: number;
  /** Index of the initializer's first token. */
  readonly value?: number;
}

function finish(
  source: string,
  all: readonly Token[],
  code: readonly Token[],
  found: Found,
): ReadDeclaration {
  const words = code.slice(found.first, found.last + 1);
  const [first, last] = [words[0], words.at(-1)];
  if (!first || !last) throw new Error(`no tokens for ${found.name}`);
  const params = found.open === undefined ? [] : code.slice(found.open + 1, found.close);
  const upToParams = code.slice(found.first, (found.open ?? found.first) + 1);
  return {
    last: found.last,
    declaration: {
      name: found.name,
      kind: found.kind,
      isAsync: found.kind === "function" && upToParams.some((token) => token.text === "async"),
      params: textBetween(source, params),
      initializer:
        found.value === undefined ? "" : textBetween(source, code.slice(found.value, found.last + 1)),
      start: first.start,
      end: last.end,
      line: first.line,
      doc: docBefore(all, first),
      members: found.kind === "class" ? memberDocs(all, first.start, last.end) : [],
    },
  };
}

function withPrefix(code: readonly Token[], at: number): number {
  let first = at;
  while (PREFIX.has(code[first - 1]?.text ?? "")) first--;
  return first;
}

function docBefore(all: readonly Token[], first: Token): DocComment | null {
  const before = all[all.indexOf(first) - 1];
  return before?.type === "comment" ? parseDoc(before.text) : null;
}

function memberDocs(all: readonly Token[], start: number, end: number): { name: string; doc: DocComment }[] {
  return all.flatMap((token, at) => {
    if (token.type !== "comment" || token.start < start || token.end > end) return [];
    const doc = parseDoc(token.text);
    const name = all
      .slice(at + 1)
      .find((next) => next.type !== "comment" && next.text !== "*" && !PREFIX.has(next.text));
    return doc && name ? [{ name: name.text, doc }] : [];
  });
}

function headerDoc(all: readonly Token[], declarations: readonly Declaration[]): DocComment | null {
  const first = all.find((token) => token.type !== "comment" || token.text.startsWith("/**"));
  if (!first || first.type !== "comment") return null;
  const next = all[all.indexOf(first) + 1];
  const belongs = declarations.some((declaration) => declaration.start === next?.start);
  return belongs ? null : parseDoc(first.text);
}

function esmExports(code: readonly Token[], declarations: readonly Declaration[]): Export[] {
  return code.flatMap((token, at): Export[] => {
    if (token.type !== "name" || token.text !== "export" || code[at - 1]?.text === ".") return [];
    const next = code[at + 1]?.text;
    if (next === "{") return exportList(code, at + 1, declarations);
    const declaration = declarations.find((entry) => entry.start === token.start);
    if (declaration) return [{ name: next === "default" ? "default" : declaration.name, declaration }];
    const named =
      next === "default" ? declarations.find((entry) => entry.name === code[at + 2]?.text) : undefined;
    return named ? [{ name: "default", declaration: named }] : [];
  });
}

/** `{ a, b as c }` after `export`, without a `from`. */
function exportList(code: readonly Token[], open: number, declarations: readonly Declaration[]): Export[] {
  const close = closingIndex(code, open);
  if (code[close + 1]?.text === "from") return [];
  return code.slice(open + 1, close).flatMap((token, at, inner): Export[] => {
    if (token.type !== "name" || (at > 0 && inner[at - 1]?.text !== ",")) return [];
    const declaration = declarations.find((entry) => entry.name === token.text);
    const name = inner[at + 1]?.text === "as" ? (inner[at + 2]?.text ?? token.text) : token.text;
    return declaration ? [{ name, declaration }] : [];
  });
}

function cjsExports(code: readonly Token[], declarations: readonly Declaration[]): Export[] {
  const byName = (name: string | undefined) => declarations.find((entry) => entry.name === name);
  return code.flatMap((token, at): Export[] => {
    const direct = declarations.find((entry) => entry.start === token.start);
    if (direct && (token.text === "exports" || token.text === "module"))
      return [{ name: direct.name, declaration: direct }];
    if (isModuleExports(code, at) && code[at + 3]?.text === "=") return wholeExports(code, at + 4, byName);
    const dot = isModuleExports(code, at)
      ? at + 3
      : token.text === "exports" && code[at - 1]?.text !== "."
        ? at + 1
        : -1;
    if (dot < 0 || code[dot]?.text !== "." || code[dot + 2]?.text !== "=") return [];
    const declaration = byName(code[dot + 3]?.text);
    return declaration ? [{ name: code[dot + 1]?.text ?? "", declaration }] : [];
  });
}

/** `module.exports = { a, b: c }` or `module.exports = name`. */
function wholeExports(
  code: readonly Token[],
  value: number,
  byName: (name: string | undefined) => Declaration | undefined,
): Export[] {
  if (code[value]?.text !== "{") {
    const declaration = byName(code[value]?.text);
    return declaration ? [{ name: "default", declaration }] : [];
  }
  return code.slice(value + 1, closingIndex(code, value)).flatMap((token, at, inner): Export[] => {
    if (token.type !== "name" || (at > 0 && inner[at - 1]?.text !== ",")) return [];
    const local = inner[at + 1]?.text === ":" ? inner[at + 2]?.text : token.text;
    const declaration = byName(local);
    return declaration ? [{ name: token.text, declaration }] : [];
  });
}

function findImports(code: readonly Token[]): string[] {
  const specifiers = code.flatMap((token, at) => {
    if (token.type !== "string") return [];
    const before = code[at - 1]?.text;
    const isRequire = before === "(" && ["require", "import"].includes(code[at - 2]?.text ?? "");
    return before === "from" || before === "import" || isRequire ? [token.text.slice(1, -1)] : [];
  });
  return [...new Set(specifiers)];
}

const uniqueBy = <T>(items: readonly T[], key: (item: T) => string): T[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
];
