/** The way to a model's server: the SDK for addresses, headers and errors; the body read as it comes. */
import OpenAI from "openai";
import type { Clock } from "../clock.ts";
import type { Fault } from "./model.ts";
import { cut, faultOf, unreachable } from "./faults.ts";
import { EventTooLarge, serverSentEvents, type ServerSentEvent } from "./sse.ts";
import { watchdog, type Watchdog } from "./watchdog.ts";

export interface ServerOptions {
  /** For example `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly clock: Clock;
  /** How long the server may be silent, before its first byte and between two: milliseconds. */
  readonly silenceLimitMs: number;
}

/** An event of the body, or what ended it too early. */
export type ServerEvent = { readonly sse: ServerSentEvent } | { readonly fault: Fault };

export interface ModelServer {
  /** Posts and reads the answer's events. Ends after a fault; ends silently after an abort. */
  post(path: string, body: Record<string, unknown>, signal: AbortSignal): AsyncGenerator<ServerEvent>;
}

export function modelServer(options: ServerOptions): ModelServer {
  const client = new OpenAI({
    // Named, all of them: the SDK else takes them from the environment, and sends OpenAI's to any server.
    apiKey: options.apiKey.trim() || "none",
    baseURL: options.baseUrl,
    organization: null,
    project: null,
    logLevel: "off",
    // The loop retries, so that each retry is an event.
    maxRetries: 0,
  });
  return {
    async *post(path, body, signal) {
      using dog = watchdog(options.clock, options.silenceLimitMs, signal);
      try {
        yield* answer(client, path, body, dog);
      } catch (error) {
        if (signal.aborted) return;
        yield { fault: whatHappened(error, dog, options) };
      }
    },
  };
}

async function* answer(
  client: OpenAI,
  path: string,
  body: Record<string, unknown>,
  dog: Watchdog,
): AsyncGenerator<ServerEvent> {
  const response = await client.post(path, { body, stream: true, signal: dog.signal }).asResponse();
  dog.touch();
  const type = response.headers.get("content-type") ?? "";
  if (!response.body || (type !== "" && !type.includes("text/event-stream"))) {
    await response.body?.cancel();
    yield { fault: cut("broken", `expected a stream of events, got content-type "${type}"`) };
    return;
  }
  for await (const sse of serverSentEvents(response.body, () => dog.touch())) yield { sse };
}

function whatHappened(error: unknown, dog: Watchdog, options: ServerOptions): Fault {
  if (dog.silent) return cut("silent", `nothing came for ${Math.round(options.silenceLimitMs / 1000)} s`);
  if (error instanceof EventTooLarge) return cut("broken", "one event is larger than 32 MB");
  const fault = faultOf(error, options.clock.now());
  if (fault) return fault;
  if (error instanceof Error && error.name === "AbortError") return unreachable(error.message);
  throw error;
}
