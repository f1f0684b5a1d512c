import type { TokenCount } from "./model.ts";

/** US dollars per million tokens. */
interface Price {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
}

const price = (input: number, cached: number, output: number): Price => ({ input, cached, output });

/**
 * Standard-tier list prices as of 2026-11 (https://developers.openai.com/api/docs/pricing). What they leave out: the
 * surcharge above 272,000 tokens of input, cache writes, and other tiers, so a cost is an estimate from below.
 */
const PRICES: Readonly<Record<string, Price>> = {
  "gpt-6-astra": price(10, 1, 50),
  "gpt-6.1-sol": price(2, 0.1, 10),
  "gpt-6-sol": price(2, 0.2, 10),
  "gpt-6-luna": price(0.1, 0.01, 0.5),
  "gpt-5.5": price(5, 0.5, 30),
  "gpt-5.4": price(2.5, 0.25, 15),
  "gpt-5.4-mini": price(0.75, 0.075, 4.5),
  "gpt-5.4-nano": price(0.2, 0.02, 1.25),
  "gpt-5.3-codex": price(1.75, 0.175, 14),
  "gpt-5.2": price(1.75, 0.175, 14),
  "gpt-5.2-codex": price(1.75, 0.175, 14),
  "gpt-5.1": price(1.25, 0.125, 10),
  "gpt-5.1-codex": price(1.25, 0.125, 10),
  "gpt-5": price(1.25, 0.125, 10),
  "gpt-5-codex": price(1.25, 0.125, 10),
  "gpt-5-mini": price(0.25, 0.025, 2),
  "gpt-5-nano": price(0.05, 0.005, 0.4),
  "gpt-4.1": price(2, 0.5, 8),
  "gpt-4.1-mini": price(0.4, 0.1, 1.6),
  "gpt-4.1-nano": price(0.1, 0.025, 0.4),
  "gpt-4o": price(2.5, 1.25, 10),
  "gpt-4o-mini": price(0.15, 0.075, 0.6),
  "o4-mini": price(1.1, 0.275, 4.4),
  o3: price(2, 0.5, 8),
  "o3-mini": price(1.1, 0.55, 4.4),
};

/** A model's name without the date of its release: `gpt-5.5-2026-04-23` is `gpt-5.5`. */
const family = (model: string): string => model.replace(/-\d{4}-\d{2}-\d{2}$/, "");

/** US dollars for `tokens`, or null where the table does not have the model. Never a guess. */
export function costOf(model: string, tokens: TokenCount): number | null {
  const name = family(model);
  const row = Object.hasOwn(PRICES, name) ? PRICES[name] : undefined;
  if (!row) return null;
  const fresh = Math.max(0, tokens.input - tokens.cached);
  return (fresh * row.input + tokens.cached * row.cached + tokens.output * row.output) / 1_000_000;
}
