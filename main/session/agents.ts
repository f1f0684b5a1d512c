import { startOfflineModel, OFFLINE_MODEL } from "#main/agent/models/offline/server.ts";
import { createModel } from "#main/agent/models/create-model.ts";
import type { ModelOptions } from "#main/agent/models/create-model.ts";
import type { Model } from "#main/agent/models/model.ts";
import type { Agent } from "#main/agent/agent.ts";
import { createOrielAgent } from "#main/agent/oriel/oriel-agent.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import type { ModelChoice } from "./create.ts";
import type { SessionSummary } from "#shared/session/summary.ts";

/** What is used where no model is named. */
export const DEFAULT_MODEL = "gpt-5.3-codex";

/** How fast the demo's replies stream, in characters a second: as fast as a quick model, so that a person can follow. */
const DEMO_SPEED = 500;

export interface Credentials {
  readonly apiKey?: string | undefined;
  readonly baseUrl?: string | undefined;
}

/** What a person set, for the whole data directory; null for the environment's, or the default. */
export interface ModelDefaults {
  readonly model: string | null;
  readonly baseUrl: string | null;
}

/** A model provider as it would be asked, and the model of it that is used where none is named. */
export interface ModelPlace {
  readonly provider: "openai" | "compatible" | "offline";
  readonly model: string;
  readonly apiKey: string;
  readonly baseUrl?: string;
}

type OnlineOptions = Pick<ModelPlace, "provider" | "apiKey" | "baseUrl">;
type ModelOwner = Pick<SessionSummary, "provider" | "baseUrl">;

/** The agents that can drive a session, and the models behind them. */
export interface Agents extends AsyncDisposable {
  /**
   * From now on these, for what is new: a session keeps its server, whoever comes after. A key is kept for its server
   * alone, in memory only; without key and address the keys of what is configured are forgotten.
   */
  use(credentials: Credentials): void;
  configure(defaults: ModelDefaults): void;
  chooseModel(model: string | undefined): Result<ModelChoice, "no_model">;
  agentFor(summary: SessionSummary): Promise<Result<Agent, "no_model">>;
  /** The model behind a session, for a question beside its course. */
  modelFor(summary: ModelOwner): Promise<Result<Model, "no_model">>;
  /** The provider as it is configured, or as it would be with these; `no_model` where there is none. */
  place(wish: Credentials & { readonly model?: string | undefined }): Promise<Result<ModelPlace, "no_model">>;
}

export function createAgents(initial: Credentials, { offlineSpeed = DEMO_SPEED } = {}): Agents {
  let credentials = initial;
  /** By the server's address; of the provider's own by the empty one. */
  const keys = new Map<string, string>();
  let defaults: ModelDefaults = { model: null, baseUrl: null };
  let offline: ReturnType<typeof startOfflineModel> | null = null;
  const online = new Map<string, Model>();

  const keep = ({ apiKey, baseUrl = "" }: Credentials): void => {
    if (apiKey) keys.set(baseUrl, apiKey);
  };
  keep(initial);
  /** What a person set in the settings goes with the key that has no address of its own, or that of the environment. */
  const keyFor = (baseUrl: string | undefined): string => {
    const configured = baseUrl !== undefined && baseUrl === defaults.baseUrl;
    return keys.get(baseUrl ?? "") ?? (configured ? (keys.get("") ?? initial.apiKey) : undefined) ?? "";
  };
  const optionsAt = (baseUrl: string | undefined, apiKey: string): OnlineOptions | null => {
    if (!apiKey && !baseUrl) return null;
    return { provider: baseUrl ? "compatible" : "openai", apiKey, ...(baseUrl && { baseUrl }) };
  };
  const onlineOptions = (wish: Credentials): OnlineOptions | null => {
    const baseUrl = wish.baseUrl || defaults.baseUrl || credentials.baseUrl;
    // Who tries another address in the settings tries it with the key that there is.
    const tried = wish.baseUrl ? keyFor(credentials.baseUrl) : "";
    return optionsAt(baseUrl, wish.apiKey || keyFor(baseUrl) || tried);
  };
  /** Where a session's conversation goes: where it began, or what the settings say now. */
  const optionsOf = ({ provider, baseUrl }: ModelOwner): OnlineOptions | null => {
    const address = provider === "openai" ? undefined : baseUrl || defaults.baseUrl || initial.baseUrl;
    return optionsAt(address, keyFor(address));
  };
  const offlineOptions = async (): Promise<ModelOptions> => {
    const { baseUrl } = await (offline ??= startOfflineModel({ charactersPerSecond: offlineSpeed }));
    return { provider: "offline", baseUrl, apiKey: "none" };
  };
  const modelFor = async (owner: ModelOwner): Promise<Result<Model, "no_model">> => {
    if (owner.provider === "offline") return ok(createModel(await offlineOptions()));
    const options = optionsOf(owner);
    if (options === null) return fail(NO_MODEL);
    const name = JSON.stringify(options);
    const model = online.get(name) ?? createModel(options);
    online.set(name, model);
    return ok(model);
  };

  return {
    use: (next) => {
      credentials = next;
      if (!next.apiKey && !next.baseUrl) for (const at of ["", defaults.baseUrl ?? ""]) keys.delete(at);
      keep(next);
    },
    configure: (next) => {
      defaults = next;
    },
    chooseModel: (wish) => {
      const model = wish ?? defaults.model ?? DEFAULT_MODEL;
      if (isOffline(model)) return ok({ provider: "offline", model: OFFLINE_MODEL });
      const options = onlineOptions({});
      if (options === null) return fail(NO_MODEL);
      const { provider, baseUrl } = options;
      return ok({ provider, model, ...(baseUrl && baseUrl !== defaults.baseUrl && { baseUrl }) });
    },
    agentFor: async (summary) => {
      const model = await modelFor(summary);
      return model.ok ? ok(createOrielAgent({ model: model.value })) : model;
    },
    modelFor,
    place: async (wish) => {
      const model = wish.model || defaults.model || DEFAULT_MODEL;
      if (isOffline(model)) return ok({ ...(await offlineOptions()), model: OFFLINE_MODEL });
      const options = onlineOptions(wish);
      return options === null ? fail(NO_MODEL) : ok({ ...options, model });
    },
    [Symbol.asyncDispose]: async () => {
      await (await offline)?.[Symbol.asyncDispose]();
    },
  };
}

const isOffline = (model: string): boolean => model === "offline" || model === OFFLINE_MODEL;

const NO_MODEL = {
  code: "no_model",
  message: "There is no model to work with: no key is set.",
  kept: "Nothing was started.",
  hint: "Set OPENAI_API_KEY (or OPENAI_BASE_URL for another server), enter a key in the settings, or take the model “offline” (--model offline): the demo's recipes need no key.",
} as const;
