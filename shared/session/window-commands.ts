import { z } from "zod";

/** The page's own commands that the Electron window's menu has too, by their id. */
export const menuCommand = z.enum([
  "new-session",
  "add-project",
  "palette",
  "next-needs-you",
  "columns",
  "wall",
  "focus",
  "sidebar",
  "settings",
  "shortcuts",
  "stop-all",
]);
export type MenuCommand = z.infer<typeof menuCommand>;

/** What the Electron window's menu and notifications ask of the page. */
export const windowCommand = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("command"), id: menuCommand }),
  z.object({ kind: z.literal("open"), session: z.string() }),
]);
export type WindowCommand = z.infer<typeof windowCommand>;
