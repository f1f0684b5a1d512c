import type { ModelInput } from "#shared/session/items.ts";

/** A person's words as the `oriel` agent's conversation holds them. The session stores this beside the message. */
export const personMessage = (text: string): ModelInput => [
  { role: "user", content: [{ type: "input_text", text }] },
];
