/** A lexer for JavaScript: enough to find names, calls and literals, and never to mistake text or comments for code. */
export type TokenType = "name" | "number" | "string" | "template" | "regex" | "punct" | "comment";

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  /** Offsets in the source; `end` is after the last character. */
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
}

const PUNCTUATORS = [
  ">>>=", "...", "===", "!==", "**=", "<<=", ">>=", ">>>", "&&=", "||=", "??=",
  "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<", ">>", "**",
]; // prettier-ignore

const NAME = /[\p{ID_Start}$_#@][\p{ID_Continue}$\u200c\u200d]*/uy;
const NUMBER = /(?:0[xXbBoO][\da-fA-F_]+n?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?n?)/y;
const STRING = /'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const REGEX = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*/y;
const TEMPLATE_PIECE = /(?:\\[\s\S]|\$(?!\{)|[^`\\$])*(?:`|\$\{|$)/y;
const SPACE = /\s+/y;

/** After these words a slash begins a regular expression. */
const BEFORE_EXPRESSION = new Set([
  "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "await", "yield", "else", "do", "instanceof",
]); // prettier-ignore

/** Splits `source` into tokens, comments included. Unreadable characters become punctuators: it never fails. */
export function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = [];
  /** For each `${` that is open: how deep in braces its expression is. */
  const templates: number[] = [];
  let at = 0;
  let line = 1;
  let last: Token | null = null;

  const push = (type: TokenType, text: string): void => {
    const token = { type, text, start: at, end: at + text.length, line };
    tokens.push(token);
    if (type !== "comment") last = token;
    skip(text);
  };
  const skip = (text: string): void => {
    at += text.length;
    line += text.split("\n").length - 1;
  };
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0] ?? null;
  };
  const template = (opening: string): void => {
    at += opening.length;
    const piece = match(TEMPLATE_PIECE) ?? "";
    at -= opening.length;
    push("template", opening + piece);
    if (piece.endsWith("${")) templates.push(0);
  };

  while (at < source.length) {
    const space = match(SPACE);
    if (space) {
      skip(space);
      continue;
    }
    const comment = match(COMMENT);
    if (comment) {
      push("comment", comment);
      continue;
    }
    const char = source.charAt(at);
    if (char === "`") {
      template("`");
      continue;
    }
    const depth = templates.at(-1);
    if (char === "}" && depth === 0) {
      templates.pop();
      template("}");
      continue;
    }
    if (depth !== undefined && (char === "{" || char === "}"))
      templates[templates.length - 1] = depth + (char === "{" ? 1 : -1);
    const word = nextWord(source, at, match, last);
    push(word.type, word.text);
  }
  return tokens;
}

function nextWord(
  source: string,
  at: number,
  match: (pattern: RegExp) => string | null,
  last: Token | null,
): { type: TokenType; text: string } {
  const name = match(NAME);
  if (name) return { type: "name", text: name };
  const isNumber = /[\d.]/.test(source.charAt(at)) && match(NUMBER);
  if (isNumber) return { type: "number", text: isNumber };
  const string = match(STRING);
  if (string) return { type: "string", text: string };
  const regex = beginsExpression(last) ? match(REGEX) : null;
  if (regex) return { type: "regex", text: regex };
  const punctuator = PUNCTUATORS.find((text) => source.startsWith(text, at));
  return { type: "punct", text: punctuator ?? source.charAt(at) };
}

function beginsExpression(last: Token | null): boolean {
  if (!last) return true;
  if (last.type === "name") return BEFORE_EXPRESSION.has(last.text);
  if (last.type === "template") return last.text.endsWith("${");
  return last.type === "punct" && ![")", "]", "}"].includes(last.text);
}

/** Tokens without comments. */
export const codeTokens = (source: string): readonly Token[] =>
  tokenize(source).filter((token) => token.type !== "comment");

const OPENING = new Set(["(", "[", "{"]);
const CLOSING = new Set([")", "]", "}"]);

export const isOpening = (token: Token): boolean => token.type === "punct" && OPENING.has(token.text);
export const isClosing = (token: Token): boolean => token.type === "punct" && CLOSING.has(token.text);

/** The index of the bracket that closes the one at `open`; the last index where there is none. */
export function closingIndex(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const token = tokens[index];
    if (!token) break;
    if (isOpening(token)) depth++;
    if (isClosing(token) && --depth === 0) return index;
  }
  return tokens.length - 1;
}

/** Whether all brackets and templates of a piece of code are closed. */
export function isBalanced(code: string): boolean {
  let depth = 0;
  let open = 0;
  for (const token of tokenize(code)) {
    if (isOpening(token)) depth++;
    if (isClosing(token)) depth--;
    if (token.type === "template") {
      if (!token.text.startsWith("}") && !token.text.endsWith("`")) open++;
      if (token.text === "`") open++;
      if (token.text.startsWith("}") && token.text.endsWith("`")) open--;
    }
    if (depth < 0) return false;
  }
  return depth === 0 && open <= 0;
}

const PUNCTUATION = new Set([",", ";"]);

/** Splits tokens at `separator` outside of any bracket. */
export function splitAt(tokens: readonly Token[], separator: string): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (isOpening(token)) depth++;
    if (isClosing(token)) depth--;
    if (depth === 0 && token.type === "punct" && token.text === separator) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return PUNCTUATION.has(separator) && parts.at(-1)?.length === 0 ? parts.slice(0, -1) : parts;
}

/** The source that a run of tokens spans. */
export const textBetween = (source: string, tokens: readonly Token[]): string => {
  const [first, last] = [tokens[0], tokens.at(-1)];
  return first && last ? source.slice(first.start, last.end) : "";
};
