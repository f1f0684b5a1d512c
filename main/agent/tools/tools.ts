import { applyPatch } from "./apply-patch/apply-patch.ts";
import { askUser } from "./ask-user.ts";
import { listFiles } from "./list-files.ts";
import { readFile } from "./read-file.ts";
import { search } from "./search.ts";
import { shell } from "./shell.ts";
import { shellIo } from "./shell-io.ts";
import type { Tool } from "./tool.ts";
import { updatePlan } from "./update-plan.ts";
import { viewImage } from "./view-image.ts";

/** All tools, in the order in which every model sees them: changing it empties the caches of all sessions. */
export const TOOLS: readonly Tool[] = [
  shell,
  shellIo,
  applyPatch,
  readFile,
  listFiles,
  search,
  updatePlan,
  askUser,
  viewImage,
];

export const findTool = (name: string): Tool | undefined => TOOLS.find((tool) => tool.name === name);
