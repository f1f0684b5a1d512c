import { systemClock, type Clock } from "../clock.ts";
import { autoWire } from "./auto-wire.ts";
import { chatModel } from "./chat-completions.ts";
import type { Model } from "./model.ts";
import { responsesModel } from "./responses.ts";
import { modelServer } from "./server.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";

export interface ModelOptions {
  readonly provider: "openai" | "compatible" | "offline";
  /** Up to and with the version, as in `OPENAI_BASE_URL`: `https://api.openai.com/v1`, which is the default. */
  readonly baseUrl?: string;
  /** Empty where the server wants none. */
  readonly apiKey: string;
  /** Default: `auto` for a compatible server, else `responses`. */
  readonly wire?: "responses" | "chat" | "auto";
  readonly clock?: Clock;
  /** How long the server may be silent, before its first byte and between two: milliseconds. Default 120,000. */
  readonly silenceLimitMs?: number;
}

/** The model behind a server. One object a server, so that what was found out about it is kept. */
export function createModel(options: ModelOptions): Model {
  const server = modelServer({
    baseUrl: options.baseUrl ?? "https://api.openai.com/v1",
    apiKey: options.apiKey,
    clock: options.clock ?? systemClock,
    silenceLimitMs: options.silenceLimitMs ?? 120_000,
  });
  const wire = options.wire ?? (options.provider === "compatible" ? "auto" : "responses");
  switch (wire) {
    case "responses":
      return responsesModel(options.provider, server);
    case "chat":
      return chatModel(options.provider, server);
    case "auto":
      return autoWire(responsesModel(options.provider, server), chatModel(options.provider, server));
    default:
      return assertNever(wire);
  }
}
