import { z } from "zod";

/** What the Electron window's menu, tray and notifications ask of the page. */
export const windowCommand = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("dialog"),
    dialog: z.enum(["new-session", "add-project", "palette", "shortcuts", "settings"]),
  }),
  z.object({ kind: z.literal("layout"), layout: z.enum(["columns", "wall", "focus"]) }),
  z.object({ kind: z.literal("open"), session: z.string() }),
]);
export type WindowCommand = z.infer<typeof windowCommand>;
