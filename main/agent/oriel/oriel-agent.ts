import type { Agent } from "../agent.ts";
import { systemClock, type Clock } from "../clock.ts";
import type { Model } from "../models/model.ts";
import { runLoop } from "./loop.ts";
import { RETRY, type RetryPolicy } from "./retry.ts";

export interface OrielAgentOptions {
  readonly model: Model;
  readonly clock?: Clock;
  readonly retry?: RetryPolicy;
  readonly random?: () => number;
}

/** Our own agent: a streaming loop over a model, with tools. Keeps nothing between turns; the log has it all. */
export function createOrielAgent(options: OrielAgentOptions): Agent {
  const { model, clock = systemClock, retry = RETRY, random = Math.random } = options;
  return {
    runTurn: (turn, ports) =>
      runLoop(turn, ports, {
        stream: (request, signal) => model.stream(request, signal),
        clock,
        retry,
        random,
      }),
  };
}
