export interface DocParam {
  readonly name: string;
  readonly type: string;
  readonly isOptional: boolean;
  /** The default value as written in `[name=value]`. */
  readonly fallback: string | null;
  readonly text: string;
}

export interface DocComment {
  readonly description: string;
  readonly params: readonly DocParam[];
  readonly returns: { readonly type: string; readonly text: string } | null;
  readonly throws: readonly { readonly type: string; readonly text: string }[];
  /** Each `@example`, as written, without fences and caption. */
  readonly examples: readonly string[];
  readonly isDeprecated: boolean;
}

/** Reads a `/** … *\/` comment; null for any other. */
export function parseDoc(comment: string): DocComment | null {
  if (!comment.startsWith("/**") || comment.startsWith("/**/")) return null;
  const lines = comment
    .slice(3, -2)
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, "").trimEnd());
  const blocks = splitTags(lines);
  const of = (...names: readonly string[]) => blocks.filter((block) => names.includes(block.tag));
  const returned = of("returns", "return")[0];
  return {
    description: of("", "description", "desc")
      .map((block) => block.text)
      .join("\n\n")
      .trim(),
    params: of("param", "arg", "argument").flatMap((block) => parseParam(block.text)),
    returns: returned ? parseTyped(returned.text) : null,
    throws: of("throws", "exception").map((block) => parseTyped(block.text)),
    examples: of("example")
      .map((block) => parseExample(block.text))
      .filter((text) => text !== ""),
    isDeprecated: of("deprecated").length > 0,
  };
}

interface Block {
  readonly tag: string;
  readonly text: string;
}

function splitTags(lines: readonly string[]): readonly Block[] {
  const blocks: { tag: string; lines: string[] }[] = [{ tag: "", lines: [] }];
  for (const line of lines) {
    const tag = /^@(\w+)\s?(.*)$/.exec(line);
    if (tag) blocks.push({ tag: tag[1] ?? "", lines: [tag[2] ?? ""] });
    else blocks.at(-1)?.lines.push(line);
  }
  return blocks.map((block) => ({ tag: block.tag, text: block.lines.join("\n").trim() }));
}

function parseParam(text: string): DocParam[] {
  const { type, text: rest } = parseTyped(text);
  const optional = /^\[\s*([\w$.]+)\s*(?:=\s*((?:\[[^\]]*\]|[^\]])*))?\]/.exec(rest);
  const name = optional?.[1] ?? /^[\w$.]+/.exec(rest)?.[0];
  if (name === undefined) return [];
  const after = rest.slice((optional?.[0] ?? name).length);
  return [
    {
      name,
      type,
      isOptional: optional !== null,
      fallback: optional?.[2]?.trim() ?? null,
      text: oneLine(after.replace(/^\s*-?\s*/, "")),
    },
  ];
}

/** `{type} text`: the type may hold braces itself. */
function parseTyped(text: string): { type: string; text: string } {
  if (!text.startsWith("{")) return { type: "", text: text.trim() };
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "{") depth++;
    if (text[at] === "}" && --depth === 0) {
      return {
        type: oneLine(text.slice(1, at)),
        text: text
          .slice(at + 1)
          .replace(/^\s*-?\s*/, "")
          .trim(),
      };
    }
  }
  return { type: "", text: text.trim() };
}

const parseExample = (text: string): string =>
  text
    .replace(/^<caption>.*?<\/caption>\s*/s, "")
    .split("\n")
    .filter((line) => !/^\s*```/.test(line))
    .join("\n")
    .trim();

export const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ").trim();
