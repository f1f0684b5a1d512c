import { z } from "zod";
import { createModel } from "#main/agent/models/create-model.ts";
import { OFFLINE_MODEL_NAME } from "#main/agent/models/offline/server.ts";
import { personMessage } from "#main/agent/person-message.ts";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Failure, Result } from "#shared/kernel/failure.ts";
import type { Agents, Credentials, ModelPlace } from "./agents.ts";
import { DEFAULT_MODEL } from "./agents.ts";

export interface ModelEntry {
  id: string;
  name: string;
  provider: string;
  usable: boolean;
}

export interface Models {
  /** The configured provider's models and the offline demo; what could not be used now says so. */
  list(signal?: AbortSignal): Promise<Result<ModelEntry[]>>;
  /** One tiny real request. */
  test(
    wish: Credentials & { readonly model?: string | undefined },
    signal?: AbortSignal,
  ): Promise<Result<{ model: string; ms: number }>>;
}

export interface ModelsOptions {
  readonly agents: Pick<Agents, "place">;
  /** Takes secrets out of what a server said; `key` is the one that it was asked with. */
  redact(failure: Failure, key: string): Failure;
}

const LIST_MS = 5000;
const TEST_SILENCE_MS = 30_000;
const OFFLINE: ModelEntry = { id: "offline", name: OFFLINE_MODEL_NAME, provider: "offline", usable: true };

export function createModels({ agents, redact }: ModelsOptions): Models {
  return {
    list: async (signal) => {
      const place = await agents.place({});
      if (!place.ok) return ok([entry(DEFAULT_MODEL, "openai", false), OFFLINE]);
      const online =
        place.value.provider === "offline" ? await agents.place({ model: DEFAULT_MODEL }) : place;
      if (!online.ok) return ok([entry(DEFAULT_MODEL, "openai", false), OFFLINE]);
      return ok([...(await listOf(online.value, signal)), OFFLINE]);
    },
    test: async (wish, signal = new AbortController().signal) => {
      const place = await agents.place(wish);
      if (!place.ok) return place;
      const tested = await tryModel(place.value, signal);
      return tested.ok ? tested : fail(redact(tested.failure, place.value.apiKey));
    },
  };
}

const entry = (id: string, provider: string, usable: boolean): ModelEntry => ({
  id,
  name: id,
  provider,
  usable,
});

const modelList = z.object({ data: z.array(z.object({ id: z.string().min(1).max(200) })) });

/**
 * What the server lists, the default first. One that lists nothing (many compatible servers) may still have the default;
 * one that does not accept the key or can't be reached has nothing that could be used.
 */
async function listOf(place: ModelPlace, caller?: AbortSignal): Promise<ModelEntry[]> {
  const { provider, apiKey, model, baseUrl = "https://api.openai.com/v1" } = place;
  const signal = AbortSignal.any([AbortSignal.timeout(LIST_MS), ...(caller ? [caller] : [])]);
  const headers = { accept: "application/json", ...(apiKey && { authorization: `Bearer ${apiKey}` }) };
  const response = await fetch(`${baseUrl.replace(/\/+$/, "")}/models`, { headers, signal }).catch(
    () => null,
  );
  if (response === null || response.status === 401 || response.status === 403)
    return [entry(model, provider, false)];
  const parsed = modelList.safeParse(await response.json().catch(() => null));
  const ids = parsed.success
    ? parsed.data.data.map(({ id }) => id).filter((id) => canWork(id, provider))
    : [];
  return [...new Set([model, ...ids.toSorted()])].map((id) => entry(id, provider, true));
}

/** Providers list what makes pictures, speech and vectors beside what can drive an agent, and do not say which is which. */
function canWork(id: string, provider: string): boolean {
  if (/embed|whisper|tts|audio|realtime|transcribe|image|dall-e|moderation|sora|rerank/i.test(id))
    return false;
  return provider !== "openai" || /^(gpt-|o\d|codex)/.test(id);
}

async function tryModel(
  place: ModelPlace,
  signal: AbortSignal,
): Promise<Result<{ model: string; ms: number }>> {
  const { model, ...server } = place;
  const began = performance.now();
  const request = {
    model,
    instructions: "Answer with one word.",
    tools: [],
    input: personMessage('Say "ready".'),
    cacheKey: "oriel-connection-test",
  };
  const events = createModel({ ...server, silenceLimitMs: TEST_SILENCE_MS }).stream(request, signal);
  for await (const event of events) {
    if (event.type === "fault") return fail(forTest(event.fault.failure));
    if (event.type === "completed" || event.type === "incomplete")
      return ok({ model, ms: performance.now() - began });
  }
  return fail({ code: "cancelled", message: "The test was stopped before the server answered." });
}

/** A failed test has nothing to continue: its hint is about the settings. */
function forTest({ code, message, details }: Failure): Failure {
  const hint = HINTS[code] ?? "The details say why.";
  return { code, message, kept: "Nothing was changed.", hint, ...(details && { details }) };
}

const HINTS: Readonly<Record<string, string>> = {
  model_unreachable: "Check the network and the server's address.",
  model_unauthorized: "Check the key: it must belong to this server.",
  model_forbidden: "Choose another model, or ask for access at the provider.",
  model_not_found: "Check the model's name, and that the address ends with the version, such as /v1.",
  model_rate_limited: "The key works; wait a little, then try again.",
  model_quota: "The key works; check plan and billing at the provider.",
};
