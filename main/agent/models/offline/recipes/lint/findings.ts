/** What a linter said, in whatever of the usual formats, and the same from our own few rules. */
import { codeTokens, tokenize, type Token } from "../../js/tokens.ts";

export type Rule = "trailing" | "var" | "eqeqeq" | "unused" | "const" | "semi" | "debugger" | "tabs";

export interface Finding {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
  /** Null for what the recipe can't fix. */
  readonly rule: Rule | null;
  /** The variable that an `unused` is about. */
  readonly name: string | null;
}

/** Reads `path:line[:column][:] message` and eslint's default format. Paths become relative to the project. */
export function readFindings(output: string, files: readonly string[]): readonly Finding[] {
  const findings: Finding[] = [];
  let header: string | null = null;
  for (const line of output.split("\n")) {
    const inline = /^\s*(\S.*?):(\d+)(?::\d+)?:?\s+(.*\S)\s*$/.exec(line);
    const path = inline ? known(inline[1] ?? "", files) : null;
    if (inline && path) {
      findings.push(finding(path, Number(inline[2]), inline[3] ?? ""));
      continue;
    }
    const below = /^\s+(\d+):\d+\s+(?:(?:error|warning)\s+)?(.*\S)\s*$/.exec(line);
    if (below && header) findings.push(finding(header, Number(below[1]), below[2] ?? ""));
    else header = known(line.trim(), files) ?? header;
  }
  return findings;
}

const known = (text: string, files: readonly string[]): string | null =>
  files.find((file) => text === file || text === `./${file}` || text.endsWith(`/${file}`)) ?? null;

const RULES: readonly [Rule, RegExp][] = [
  ["trailing", /trailing[ -](white)?space|no-trailing-spaces/i],
  ["var", /\bno-var\b|unexpected var\b|instead of [`'"]?var\b/i],
  ["eqeqeq", /eqeqeq|expected [`'"]?[!=]==|use [`'"]?[!=]==|strict equal/i],
  ["unused", /unused|never (used|read)/i],
  ["const", /prefer-const|never reassigned|use [`'"]?const\b/i],
  ["semi", /missing semicolon/i],
  ["debugger", /\bdebugger\b/i],
  ["tabs", /no-tabs|\btabs?\b/i],
];

function finding(path: string, line: number, message: string): Finding {
  const rule = RULES.find(([, pattern]) => pattern.test(message))?.[0] ?? null;
  const quoted = /['"`‘“]([\p{ID_Start}$_][\p{ID_Continue}$]*)['"`’”]/u.exec(message)?.[1];
  const bare = /(?:unused (?:variable|import|function|name)?:?\s*)([\w$]+)/i.exec(message)?.[1];
  return { path, line, message, rule, name: rule === "unused" ? (quoted ?? bare ?? null) : null };
}

/** Our own rules, for projects without a linter. */
export function ownFindings(path: string, text: string): readonly Finding[] {
  const tokens = codeTokens(text);
  const found = (line: number, rule: Rule, message: string, name: string | null = null): Finding => ({
    path,
    line,
    message,
    rule,
    name,
  });
  const unused = declaredNames(tokens)
    .filter((token) => tokens.filter((other) => other.text === token.text).length === 1)
    .map((token) => found(token.line, "unused", `\`${token.text}\` is never used`, token.text));
  return [
    ...trailingLines(text).map((line) => found(line, "trailing", "trailing white space")),
    ...tokens.flatMap((token, at) => {
      if (token.type === "name" && token.text === "var" && tokens[at - 1]?.text !== ".")
        return [found(token.line, "var", "`var` instead of `let` or `const`")];
      if (token.text === "debugger") return [found(token.line, "debugger", "`debugger` left in")];
      const isNull = tokens[at + 1]?.text === "null" || tokens[at - 1]?.text === "null";
      const isLoose = token.type === "punct" && (token.text === "==" || token.text === "!=") && !isNull;
      return isLoose ? [found(token.line, "eqeqeq", `\`${token.text}\` instead of \`${token.text}=\``)] : [];
    }),
    ...unused,
  ];
}

/** Lines that end in white space, from 1, outside of template strings. */
function trailingLines(text: string): number[] {
  const inTemplate = new Set(
    tokenize(text)
      .filter((token) => token.type === "template")
      .flatMap((token) =>
        token.text
          .split("\n")
          .slice(0, -1)
          .map((_, offset) => token.line + offset),
      ),
  );
  return text
    .split("\n")
    .flatMap((line, at) => (/[ \t]+$/.test(line) && !inTemplate.has(at + 1) ? [at + 1] : []));
}

/** Variables and imports; exported ones are used by others. */
function declaredNames(tokens: readonly Token[]): Token[] {
  return tokens.filter((token, at) => {
    if (token.type !== "name") return false;
    const before = tokens[at - 1]?.text ?? "";
    if (["const", "let", "var"].includes(before)) return tokens[at - 2]?.text !== "export";
    return before === "import" || (["{", ","].includes(before) && isImported(tokens, at));
  });
}

function isImported(tokens: readonly Token[], at: number): boolean {
  let open = at;
  while (open > 0 && !["{", "}", ";"].includes(tokens[open]?.text ?? "")) open--;
  const next = tokens[at + 1]?.text;
  return tokens[open - 1]?.text === "import" && next !== "as" && (next === "," || next === "}");
}
