/**
 * Splits a plain shell line into its simple commands, each a list of words. Null for anything that is not plain: this
 * does not understand the shell, it knows a small part of it that has one meaning, and refuses the rest.
 *
 * Plain: words of ordinary characters, 'single' and "double" quoted text without `$`, backtick and backslash, joined by
 * `&&`, `||`, `;` and `|`. Not plain: new lines, redirections, substitutions, variables, assignments before a command,
 * globs (a file may be named like an option), comments, groups, `&`, escapes, control characters.
 */
export function simpleCommands(line: string): string[][] | null {
  const tokens = tokenize(line);
  if (tokens === null) return null;
  const commands: string[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "operator") commands.push([]);
    else commands.at(-1)?.push(token.text);
  }
  // A line may end in `;`, but an empty command anywhere else is no plain line.
  if (tokens.at(-1)?.kind === "operator" && tokens.at(-1)?.text === ";") commands.pop();
  return commands.length > 0 && commands.every((words) => words.length > 0) ? commands : null;
}

interface Token {
  readonly kind: "word" | "operator";
  readonly text: string;
}

const OPERATOR = /(?:&&|\|\||;(?!;)|\|(?![|&]))/y;
const BLANKS = /[ \t]+/y;
/** One or more quoted or plain pieces side by side: `--format='%h %s'`. Bare non-ASCII is not plain: some locales know blanks there. */
const WORD = /(?:[A-Za-z0-9_@%+=:,./^~-]|'[^'\p{Cc}]*'|"[^"$`\\!\p{Cc}]*")+/uy;

function tokenize(line: string): Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(line)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  while (at < line.length) {
    if (take(BLANKS) !== null) continue;
    const operator = take(OPERATOR);
    if (operator !== null) {
      tokens.push({ kind: "operator", text: operator });
      continue;
    }
    const word = take(WORD);
    // A tilde at the beginning is another user's home, and what it becomes can't be known here.
    if (word === null || word.startsWith("~")) return null;
    tokens.push({ kind: "word", text: unquote(word) });
  }
  return tokens;
}

const unquote = (word: string): string =>
  word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_whole, single: unknown, double: unknown) =>
    typeof single === "string" ? single : String(double),
  );
