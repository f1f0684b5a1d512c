import type { Fault, Model } from "./model.ts";

/**
 * The Responses API where the server has it, else Chat Completions: found out by the first request that the server
 * answers as to an unknown address, and remembered.
 */
export function autoWire(responses: Model, chat: Model): Model {
  let wire: Model | null = null;
  return {
    provider: responses.provider,
    async *stream(request, signal) {
      if (wire) return yield* wire.stream(request, signal);
      for await (const event of responses.stream(request, signal)) {
        if (event.type === "fault" && wire === null && isUnknownAddress(event.fault)) {
          wire = chat;
          return yield* chat.stream(request, signal);
        }
        if (event.type !== "fault") wire = responses;
        yield event;
      }
    },
  };
}

/** A 404 may also mean the model; then it says so, and the other wire would answer the same. */
const isUnknownAddress = ({ failure }: Fault): boolean => {
  const details = failure.details ?? "";
  if (/unknown (url|request url|path|endpoint|route)/i.test(details)) return true;
  return failure.code === "model_not_found" && !/\bmodel\b/i.test(details);
};
