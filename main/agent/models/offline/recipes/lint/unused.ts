import { closingIndex, splitAt, tokenize, type Token } from "../../js/tokens.ts";
import type { Finding } from "./findings.ts";
import type { Edit, SourceText } from "./fixes.ts";

/** Takes out a variable, import or function that nobody uses. What its initializer does besides stays. */
export function removeUnused(source: SourceText, finding: Finding): readonly Edit[] {
  const { tokens } = source;
  const at = tokens.findIndex(
    (token) => token.line === finding.line && token.type === "name" && token.text === finding.name,
  );
  const before = tokens[at - 1]?.text ?? "";
  if (at < 0) return [];
  if (["const", "let", "var"].includes(before)) return removeVariable(source, at);
  if (before === "function" && tokens[at - 2]?.text !== "export") return removeFunction(source, at - 1);
  if (before === "(" && tokens[at - 2]?.text === "catch") return catchBinding(tokens, at);
  const open = tokens.findLastIndex((token, index) => index < at && token.text === "{");
  if (open >= 0 && closingIndex(tokens, open) > at) return removeFromList(source, open, at);
  return before === "import" && tokens[at + 1]?.text === "from" ? removeStatement(source, at - 1) : [];
}

/** `catch (error) {` becomes `catch {`. */
function catchBinding(tokens: readonly Token[], at: number): Edit[] {
  const [word, close] = [tokens[at - 2], tokens[at + 1]];
  return word && close?.text === ")" ? [{ start: word.end, end: close.end, text: "" }] : [];
}

function removeVariable(source: SourceText, at: number): Edit[] {
  const { tokens } = source;
  const keyword = tokens[at - 1];
  const end = statementEnd(tokens, at);
  const value = tokens.slice(at + 2, end + 1).filter((token) => token.text !== ";");
  const [first] = value;
  if (!keyword || tokens[at - 2]?.text === "export" || tokens[at - 2]?.text === "(") return [];
  if (tokens[at + 1]?.text !== "=" || !first)
    return tokens[at + 1]?.text === "," ? [] : removeStatement(source, at - 1);
  if (splitAt(value, ",").length > 1) return [];
  if (isPure(value)) return removeStatement(source, at - 1);
  return [{ start: keyword.start, end: first.start, text: "" }];
}

/** Whether leaving an expression out changes nothing: no assignment, no call but `require` and what only computes. */
function isPure(value: readonly Token[]): boolean {
  if (isFunctionValue(value)) return true;
  return value.every((token, at) => {
    const before = value[at - 1];
    if (["await", "yield", "new", "++", "--", "=", "delete"].includes(token.text)) return false;
    if (token.type === "template") return !(token.text.startsWith("`") && before?.type === "name");
    const isCall = token.text === "(" && (before?.type === "name" || [")", "]"].includes(before?.text ?? ""));
    return !isCall || before?.text === "require" || onlyComputes(value[at - 3]?.text, before?.text);
  });
}

/** A function that is not called at once. */
function isFunctionValue(value: readonly Token[]): boolean {
  const [first, ...rest] = value[0]?.text === "async" ? value.slice(1) : value;
  if (first?.text === "function") return value.at(-1)?.text === "}";
  if (first?.text === "(") return value[closingIndex(value, value.indexOf(first)) + 1]?.text === "=>";
  return rest[0]?.text === "=>";
}

/** `Date.now(…)`, `Math.max(…)`, `Object.keys(…)` and their like. */
const onlyComputes = (object: string | undefined, method: string | undefined): boolean =>
  object === "Math" ||
  (object === "Date" && method === "now") ||
  (object === "Object" && method !== "assign");

function removeFunction(source: SourceText, at: number): Edit[] {
  const { tokens } = source;
  const open = tokens.findIndex((token, index) => index > at && token.text === "(");
  const end = closingIndex(tokens, closingIndex(tokens, open) + 1);
  const first = tokens[at - 1]?.text === "async" ? at - 1 : at;
  return removeRange(source, docStart(source, tokens[first]), tokens[end]);
}

/** The doc comment directly before a token, else the token itself. */
function docStart(source: SourceText, token: Token | undefined): Token | undefined {
  const all = tokenize(source.text);
  const before = all[all.findIndex((other) => other.start === token?.start) - 1];
  return before?.type === "comment" && before.text.startsWith("/**") ? before : token;
}

/** A name out of `import { a, b } from …` or `const { a, b } = …`; the whole statement when it was the only one. */
function removeFromList(source: SourceText, open: number, at: number): Edit[] {
  const { tokens } = source;
  const close = closingIndex(tokens, open);
  const parts = splitAt(tokens.slice(open + 1, close), ",");
  const keyword = tokens[open - 1]?.text ?? "";
  if (!["import", "const", "let", "var"].includes(keyword) || parts.some((part) => part[0]?.text === "..."))
    return [];
  const index = parts.findIndex((part) => part.some((token) => token === tokens[at]));
  if (parts.length === 1) return removeStatement(source, open - 1);
  const [part, next, last] = [parts[index], parts[index + 1], parts[index - 1]];
  const [start, end] = next ? [part?.[0]?.start, next[0]?.start] : [last?.at(-1)?.end, part?.at(-1)?.end];
  return start === undefined || end === undefined ? [] : [{ start, end, text: "" }];
}

function removeStatement(source: SourceText, at: number): Edit[] {
  return removeRange(
    source,
    docStart(source, source.tokens[at]),
    source.tokens[statementEnd(source.tokens, at)],
  );
}

/** The last token of the statement that `at` is in: its `;`, or the last before a line that begins another. */
function statementEnd(tokens: readonly Token[], at: number): number {
  for (let index = at; index < tokens.length; index++) {
    const [token, next] = [tokens[index], tokens[index + 1]];
    if (!token || token.text === ";") return index;
    if (["(", "[", "{"].includes(token.text)) {
      index = closingIndex(tokens, index) - 1;
      continue;
    }
    if (!next || next.text === "}") return index;
    const isOperandEnd = token.type !== "punct" || [")", "]", "}"].includes(token.text);
    if (
      next.line > token.line &&
      isOperandEnd &&
      next.type !== "punct" &&
      !["from", "of", "in"].includes(next.text)
    )
      return index;
  }
  return tokens.length - 1;
}

/** With its line when nothing else is on it, and with one of the blank lines that would stay behind. */
function removeRange(source: SourceText, first: Token | undefined, last: Token | undefined): Edit[] {
  if (!first || !last) return [];
  const { text } = source;
  const start = text.lastIndexOf("\n", first.start - 1) + 1;
  const newline = text.indexOf("\n", last.end);
  const end = newline < 0 ? text.length : newline + 1;
  const isAlone = text.slice(start, first.start).trim() === "" && text.slice(last.end, end).trim() === "";
  if (!isAlone) return [{ start: first.start, end: last.end, text: "" }];
  const isBetweenBlanks = (start === 0 || text.slice(0, start).endsWith("\n\n")) && text[end] === "\n";
  return [{ start, end: isBetweenBlanks ? end + 1 : end, text: "" }];
}
