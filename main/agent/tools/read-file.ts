import { z } from "zod";
import { refusalText } from "./file-text.ts";
import { inWorktree } from "./paths.ts";
import { defineTool, textResult, toolContent, type ToolResult } from "./tool.ts";

const MAX_BYTES = 10 * 1024 * 1024;
const DEFAULT_LINES = 1000;
/** Characters of one result. A model's context is dearer than a second call. */
const MAX_CHARACTERS = 32_000;

export const readFile = defineTool({
  name: "read_file",
  description: "Read lines of a text file.",
  schema: z.strictObject({
    path: z.string(),
    offset: z.number().int().nullable().describe("first line, from 1"),
    limit: z.number().int().nullable().describe(`lines, default ${DEFAULT_LINES}`),
  }),
  prepare({ path: given, offset, limit }, { turn, ports }) {
    const path = inWorktree(turn.worktree, given);
    const content = toolContent("read_file", `read_file ${path}`, { path: given, offset, limit });
    const run = async (): Promise<ToolResult> => {
      const read = await ports.files.read(path, MAX_BYTES);
      if (!read.ok) return textResult(content, refusalText(path, read.failure), "failed");
      if (read.value.subarray(0, 8192).includes(0)) {
        return textResult(
          content,
          `${path}: a binary file of ${read.value.length} bytes; view_image shows images`,
          "failed",
        );
      }
      return textResult(content, linesOf(textOf(read.value), offset ?? 1, limit ?? DEFAULT_LINES));
    };
    return { content, exclusive: false, run };
  },
});

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes).replaceAll("\r\n", "\n");

/** Lines `first`… of `text`, raw, with a last line in brackets that says what is missing and how to get it. */
export function linesOf(text: string, first: number, limit: number): string {
  if (text === "") return "[the file is empty]";
  const all = text.endsWith("\n") ? text.slice(0, -1).split("\n") : text.split("\n");
  const from = Math.max(first, 1) - 1;
  if (from >= all.length) return `[the file has ${all.length} lines]`;
  const lines = all.slice(from, from + Math.max(limit, 1));
  const shown = fitting(lines);
  const last = from + shown.length;
  const body = shown.join("\n");
  if (shown.length === 0)
    return `${lines[0]?.slice(0, MAX_CHARACTERS)}\n[line ${from + 1} is longer than ${MAX_CHARACTERS} characters]`;
  return last < all.length
    ? `${body}\n[lines ${from + 1}-${last} of ${all.length}; go on with offset ${last + 1}]`
    : body;
}

function fitting(lines: string[]): string[] {
  let size = 0;
  const end = lines.findIndex((line) => (size += line.length + 1) > MAX_CHARACTERS);
  return end < 0 ? lines : lines.slice(0, end);
}
