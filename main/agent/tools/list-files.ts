import { z } from "zod";
import { findLines } from "./find-command.ts";
import { inWorktree, quote } from "./paths.ts";
import { defineTool, toolContent } from "./tool.ts";

export const listFiles = defineTool({
  name: "list_files",
  description: "List files below path, ignored ones left out.",
  schema: z.strictObject({
    path: z.string().nullable(),
    glob: z.string().nullable().describe("for example *.ts or src/**/*.md"),
  }),
  prepare(args, context) {
    const path = inWorktree(context.turn.worktree, args.path ?? "") || ".";
    const title = `list_files ${path}${args.glob === null ? "" : ` ${args.glob}`}`;
    const content = toolContent("list_files", title, args);
    const command = listCommand(path, args.glob);
    return {
      content,
      exclusive: false,
      run: (item) => findLines(content, { item, command, none: "[no files]" }, context),
    };
  },
});

/** `find` knows no ignore files, and its globs match the name or the whole path: near enough where `rg` is missing. */
export function listCommand(path: string, glob: string | null): string {
  const from = path.startsWith("-") ? `./${path}` : path;
  const globs = glob === null ? "" : ` -g ${quote(glob)}`;
  const rg = `rg --files --hidden --sort path -g '!.git'${globs} -- ${quote(from)}`;
  const test = glob === null ? "" : ` ${glob.includes("/") ? "-path" : "-name"} ${quote(findGlob(glob))}`;
  const find = `find ${quote(from)} -name .git -prune -o -type f${test} -print | sort`;
  return `if command -v rg >/dev/null 2>&1; then ${rg}; else ${find}; fi`;
}

const findGlob = (glob: string): string => (glob.includes("/") ? `*${glob.replaceAll("**", "*")}` : glob);
