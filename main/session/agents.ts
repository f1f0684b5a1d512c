import { startOfflineModel, OFFLINE_MODEL } from "#main/agent/models/offline/server.ts";
import { createModel } from "#main/agent/models/create-model.ts";
import type { Agent } from "#main/agent/agent.ts";
import { createOrielAgent } from "#main/agent/oriel/oriel-agent.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import type { SessionSummary } from "#shared/session/reducer.ts";

/** What is used where no model is named. */
export const DEFAULT_MODEL = "gpt-5.3";

/** Between two pieces of the demo's text, in ms: fast enough not to bore, slow enough to see what happens. */
const DEMO_STEP_MS = 12;

export interface Credentials {
  readonly apiKey?: string | undefined;
  readonly baseUrl?: string | undefined;
}

/** The agents that can drive a session, and the models behind them. */
export interface Agents extends AsyncDisposable {
  /** From now on these. Kept in memory only. */
  use(credentials: Credentials): void;
  chooseModel(model: string | undefined): Result<{ provider: string; model: string }, "no_model">;
  agentFor(summary: SessionSummary): Promise<Result<Agent, "no_model">>;
}

export function createAgents(initial: Credentials): Agents {
  let credentials = initial;
  let offline: ReturnType<typeof startOfflineModel> | null = null;
  let online: Agent | null = null;
  const configured = (): boolean => Boolean(credentials.apiKey || credentials.baseUrl);

  const connect = (): Agent => {
    const { apiKey = "", baseUrl } = credentials;
    const provider = baseUrl ? "compatible" : "openai";
    return createOrielAgent({ model: createModel({ provider, apiKey, ...(baseUrl && { baseUrl }) }) });
  };

  return {
    use: (next) => {
      if (next.apiKey === credentials.apiKey && next.baseUrl === credentials.baseUrl) return;
      credentials = next;
      online = null;
    },
    chooseModel: (model) => {
      if (model === "offline" || model === OFFLINE_MODEL) return ok({ provider: "offline", model: OFFLINE_MODEL });
      if (!configured()) return fail(NO_MODEL);
      return ok({ provider: credentials.baseUrl ? "compatible" : "openai", model: model ?? DEFAULT_MODEL });
    },
    agentFor: async (summary) => {
      if (summary.provider === "offline") {
        const { baseUrl } = await (offline ??= startOfflineModel({ stepDelayMs: DEMO_STEP_MS }));
        return ok(createOrielAgent({ model: createModel({ provider: "offline", baseUrl, apiKey: "none" }) }));
      }
      if (!configured()) return fail(NO_MODEL);
      return ok((online ??= connect()));
    },
    [Symbol.asyncDispose]: async () => {
      await (await offline)?.[Symbol.asyncDispose]();
    },
  };
}

const NO_MODEL = {
  code: "no_model",
  message: "There is no model to work with: no key is set.",
  kept: "Nothing was started.",
  hint: "Set OPENAI_API_KEY (or OPENAI_BASE_URL for another server), or try `--model offline`: the demo's recipes need no key.",
} as const;
