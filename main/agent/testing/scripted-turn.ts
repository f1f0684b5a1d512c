import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import type { Agent, Turn, TurnEnd } from "../agent.ts";
import type { ModelOptions } from "../models/create-model.ts";
import { createModel } from "../models/create-model.ts";
import { createOrielAgent } from "../oriel/oriel-agent.ts";
import { manualClock, type ManualClock } from "./manual-clock.ts";
import {
  startModelServer,
  type ModelServerOptions,
  type ScriptedModelServer,
} from "./model-server/model-server.ts";
import type { Step } from "./model-server/script.ts";
import { story } from "./story.ts";
import { testSession, type TestSession, type TestSessionOptions } from "./test-session.ts";

export interface ScriptedSession extends AsyncDisposable {
  readonly server: ScriptedModelServer;
  readonly clock: ManualClock;
  readonly session: TestSession;
  readonly agent: Agent;
  readonly worktree: string;
  run(message?: string, turn?: Partial<Turn>): Promise<TurnEnd>;
  /** The log as `story` tells it, without the two events that begin the first turn. */
  told(): string[];
}

export interface ScriptedOptions {
  readonly session?: TestSessionOptions;
  readonly model?: Partial<ModelOptions>;
  readonly server?: ModelServerOptions;
  readonly clock?: ManualClock;
}

/** The waits before a retry end at once; all others only when the test rings them. */
export const isRetryWait = (ms: number): boolean =>
  ms !== SILENCE_MS && ms < 40_000 && ms !== 10_000 && ms !== 5_000;
export const SILENCE_MS = 120_000;

/** The agent against a scripted server, on a worktree and with commands of its own. */
export async function scriptedSession(
  steps: readonly Step[],
  options: ScriptedOptions = {},
): Promise<ScriptedSession> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await tempDir());
  const server = stack.use(await startModelServer([{ match: "", steps }], options.server));
  const session = stack.use(testSession(folder.path, options.session));
  const clock = options.clock ?? manualClock(isRetryWait);
  const model = createModel({
    provider: "openai",
    baseUrl: server.url,
    apiKey: "test-key",
    clock,
    silenceLimitMs: SILENCE_MS,
    ...options.model,
  });
  // In the middle of its range: the waits are exactly those of the policy.
  const agent = createOrielAgent({ model, clock, random: () => 0.5 });
  const owned = stack.move();
  return {
    server,
    clock,
    session,
    agent,
    worktree: folder.path,
    run: (message = "do it", turn = {}) => session.run(agent, message, turn),
    told: () => story(session.log).slice(2),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
