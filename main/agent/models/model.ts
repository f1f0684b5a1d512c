/**
 * A model behind a server, whatever its wire format: one request in, one stream of `ModelEvent`s out. Entries of
 * `input` have the shape of the Responses API; an adapter for another wire converts them.
 */
import type { Failure } from "#shared/kernel/failure.ts";
import type { ModelInput } from "#shared/session/items.ts";

export type RawItem = ModelInput[number];

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** Strict JSON schema: every property required, nothing else allowed. */
  readonly parameters: Record<string, unknown>;
}

export interface ModelRequest {
  readonly model: string;
  /** The fixed text: the same for every session, so that a prefix cache holds across them. */
  readonly instructions: string;
  readonly tools: readonly ToolDefinition[];
  readonly input: readonly RawItem[];
  /** Routes requests that share a prefix to the same cache. */
  readonly cacheKey: string;
}

/** Tokens as the server counted them: `cached` is part of `input`, `reasoning` part of `output`. */
export interface TokenCount {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

/** Whole output items. `raw` goes into the next request; null where it must not (thoughts of a chat server). */
export type OutputItem =
  | { readonly kind: "message"; readonly text: string; readonly raw: RawItem }
  | { readonly kind: "reasoning"; readonly text: string; readonly raw: RawItem | null }
  | {
      readonly kind: "call";
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
      readonly raw: RawItem;
    };

export interface Fault {
  readonly failure: Failure;
  /** How to go on: again after the usual wait or after what the server asked for (ms); null where that can't help. */
  readonly retry: { readonly afterMs: number | null } | null;
}

/**
 * `key` names one output item within one response. The last event is `completed`, `incomplete` or `fault`; only after
 * an abort there may be none.
 */
export type ModelEvent =
  | {
      readonly type: "delta";
      readonly key: string;
      readonly kind: "message" | "reasoning";
      readonly text: string;
    }
  | { readonly type: "item"; readonly key: string; readonly item: OutputItem }
  | { readonly type: "garbage"; readonly details: string }
  | { readonly type: "completed"; readonly usage: TokenCount | null }
  | { readonly type: "incomplete"; readonly reason: string; readonly usage: TokenCount | null }
  | { readonly type: "fault"; readonly fault: Fault };

export interface Model {
  readonly provider: string;
  /** Must not throw for anything that a server does: that ends in a `fault` event. Ends soon after `signal` aborts. */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}
