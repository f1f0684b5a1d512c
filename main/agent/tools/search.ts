import { z } from "zod";
import { findLines } from "./find-command.ts";
import { inWorktree, quote } from "./paths.ts";
import { defineTool, toolContent } from "./tool.ts";

export const search = defineTool({
  name: "search",
  description: "Search file contents with a regular expression (ripgrep). Returns path:line:text.",
  schema: z.strictObject({ pattern: z.string(), path: z.string().nullable(), glob: z.string().nullable() }),
  prepare(args, context) {
    const path = inWorktree(context.turn.worktree, args.path ?? "") || ".";
    const content = toolContent("search", `search ${args.pattern} in ${path}`, args);
    const command = searchCommand(args.pattern, path, args.glob);
    return {
      content,
      exclusive: false,
      run: (item) => findLines(content, { item, command, none: "[no matches]" }, context),
    };
  },
});

/** `grep -E` is the nearest that every system has; a long line is cut, since one of a bundle would be the whole answer. */
export function searchCommand(pattern: string, path: string, glob: string | null): string {
  const from = path.startsWith("-") ? `./${path}` : path;
  const where = `-e ${quote(pattern)} -- ${quote(from)}`;
  const rgGlob = glob === null ? "" : ` -g ${quote(glob)}`;
  const rg = `rg --line-number --with-filename --no-heading --color never --hidden --sort path --max-columns 300 --max-columns-preview -g '!.git'${rgGlob} ${where}`;
  const grepGlob = glob === null ? "" : ` --include=${quote(glob.replace(/^.*\//, ""))}`;
  const grep = `grep -rnHIE --color=never --exclude-dir=.git${grepGlob} ${where} | cut -c 1-400`;
  return `if command -v rg >/dev/null 2>&1; then ${rg}; else ${grep}; fi`;
}
