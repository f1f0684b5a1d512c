/**
 * A recipe is a generator: it yields what the model does next and gets the outputs of those tool calls back. It keeps no
 * state between requests: each request replays it from its first step against the outputs in the conversation.
 */
export interface ToolCall {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export type Move =
  | { readonly kind: "act"; readonly say: string; readonly calls: readonly ToolCall[] }
  /** Ends the recipe early with this last message: what was expected of the repository is not there. */
  | { readonly kind: "stop"; readonly text: string };

/** Steps of a recipe: yields moves, is resumed with the outputs of the calls in order, returns what it found. */
export type Steps<Value> = Generator<Move, Value, readonly string[]>;

/** Returns the final message. Must be deterministic: the same outputs lead to the same moves. */
export type Recipe = () => Steps<string>;

/** Yields one message with parallel calls. */
export function* act(say: string, ...calls: readonly ToolCall[]): Steps<readonly string[]> {
  return yield { kind: "act", say, calls };
}

/** Ends the recipe with `text` as the final message. */
export function* stop(text: string): Steps<never> {
  yield { kind: "stop", text };
  throw new Error("a stopped recipe was resumed");
}
