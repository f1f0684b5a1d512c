/** Takes a patch in git's format apart, file by file: pure text, before anything is drawn. */
export interface PatchSection {
  /** As the file is called after the change. */
  readonly path: string;
  /** From `diff --git` to the next. */
  readonly text: string;
}

const START = "diff --git ";

/** The sections in their order. A file that became a link, or the reverse, has two. */
export function splitPatch(patch: string): PatchSection[] {
  const starts: number[] = patch.startsWith(START) ? [0] : [];
  // In a hunk every line begins with a sign, so that this can only be a file's first line.
  for (let at = patch.indexOf(`\n${START}`); at !== -1; at = patch.indexOf(`\n${START}`, at + 1))
    starts.push(at + 1);
  return starts.map((start, index) => {
    const text = patch.slice(start, starts[index + 1]);
    return { path: pathOf(text), text };
  });
}

/** The path by the lines that name one side only; the first line names both, and spaces make it ambiguous. */
function pathOf(section: string): string {
  const hunks = section.indexOf("\n@@ ");
  const head = (hunks === -1 ? section : section.slice(0, hunks)).split("\n");
  const named = (prefix: string): string | null => {
    const line = head.find((candidate) => candidate.startsWith(prefix));
    // A tab ends a name that has spaces in it.
    return line === undefined ? null : unquote(line.slice(prefix.length).replace(/\t$/, ""));
  };
  const after = named("+++ ");
  if (after !== null && after !== "/dev/null") return withoutSide(after);
  const before = named("--- ");
  if (before !== null && before !== "/dev/null") return withoutSide(before);
  return named("rename to ") ?? named("copy to ") ?? sameOnBothSides(head[0] ?? "");
}

const withoutSide = (name: string): string => name.replace(/^[ab]\//, "");

/** Of `diff --git a/X b/X`, where both sides have the same name: half of it. */
function sameOnBothSides(line: string): string {
  const names = line.slice(START.length).replace(/\r$/, "");
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(names);
  if (quoted) return withoutSide(unquote(quoted[0]));
  return withoutSide(names.slice(0, (names.length - 1) / 2));
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** A name as git quotes it where it has quotes, backslashes, control characters or bytes that are no ASCII. */
function unquote(name: string): string {
  if (!name.startsWith('"') || !name.endsWith('"')) return name;
  const pieces = name.slice(1, -1).match(/\\[0-7]{3}|\\.|[^\\]+/gs) ?? [];
  const bytes = pieces.flatMap((piece) => {
    if (!piece.startsWith("\\")) return [...new TextEncoder().encode(piece)];
    const escape = piece.slice(1);
    return escape.length === 3 ? [Number.parseInt(escape, 8)] : [ESCAPES[escape] ?? escape.charCodeAt(0)];
  });
  return new TextDecoder().decode(new Uint8Array(bytes));
}
