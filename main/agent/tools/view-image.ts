import { z } from "zod";
import { refusalText } from "./file-text.ts";
import { inWorktree } from "./paths.ts";
import { defineTool, textResult, toolContent, wholeOutput, type ToolResult } from "./tool.ts";

/** An image goes into the log and into every later request: larger ones must be made smaller first. */
const MAX_BYTES = 4 * 1024 * 1024;

export const viewImage = defineTool({
  name: "view_image",
  description: "Look at an image file (png, jpeg, gif, webp; up to 4 MB).",
  schema: z.strictObject({ path: z.string() }),
  prepare(args, { turn, ports }) {
    const path = inWorktree(turn.worktree, args.path);
    const content = toolContent("view_image", `view_image ${path}`, args);
    const run = async (): Promise<ToolResult> => {
      const read = await ports.files.read(path, MAX_BYTES);
      if (!read.ok) return textResult(content, refusalText(path, read.failure), "failed");
      const type = imageType(read.value);
      if (!type) return textResult(content, `${path}: not a png, jpeg, gif or webp image`, "failed");
      const text = `${type}, ${read.value.length} bytes`;
      const url = `data:${type};base64,${Buffer.from(read.value).toString("base64")}`;
      return {
        status: "completed",
        content: { ...content, output: wholeOutput(text) },
        output: [{ type: "input_image", image_url: url, detail: "auto" }],
        fingerprint: text,
      };
    };
    return { content, exclusive: false, run };
  },
});

/** The type by the first bytes, whatever the name says: https://en.wikipedia.org/wiki/List_of_file_signatures */
export function imageType(bytes: Uint8Array): string | null {
  const ascii = (from: number, to: number): string =>
    Buffer.from(bytes.subarray(from, to)).toString("latin1");
  if (ascii(0, 8) === "\x89PNG\r\n\x1a\n") return "image/png";
  if (ascii(0, 3) === "\xff\xd8\xff") return "image/jpeg";
  if (ascii(0, 6) === "GIF87a" || ascii(0, 6) === "GIF89a") return "image/gif";
  if (ascii(0, 4) === "RIFF" && ascii(8, 12) === "WEBP") return "image/webp";
  return null;
}
