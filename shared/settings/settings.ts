import { z } from "zod";
import { approvalPolicy, sandboxMode } from "../session/items.ts";

/** What a person can set, for the whole data directory. Keys of model providers are never among it. */
export const settings = z.object({
  theme: z.enum(["system", "dark", "light"]),
  /** The model of new sessions; null for the provider's default. */
  model: z.string().nullable(),
  /** Where the model provider is, for a server other than OpenAI's; null for the environment's. */
  baseUrl: z.string().nullable(),
  approval: approvalPolicy,
  sandbox: sandboxMode,
  /** How many turns run at once; null for twice the processors. */
  places: z.number().int().min(1).max(64).nullable(),
  /** What happens to a turn that was cut off when Oriel starts again. */
  resume: z.enum(["ask", "auto"]),
  /** Whether agents go on when the last window is closed. */
  keepRunning: z.boolean(),
  notifications: z.boolean(),
});
export type Settings = z.infer<typeof settings>;

export const DEFAULT_SETTINGS: Settings = {
  theme: "system",
  model: null,
  baseUrl: null,
  approval: "on-request",
  sandbox: "workspace-write",
  places: null,
  resume: "ask",
  keepRunning: true,
  notifications: true,
};
