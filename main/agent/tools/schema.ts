import { z } from "zod";
import type { ToolDefinition } from "../models/model.ts";
import type { Tool } from "./tool.ts";

/**
 * What the model is told of a tool: a strict JSON schema (every property required, optional ones nullable, nothing
 * else), in as few tokens as it can be said.
 */
export const definition = (tool: Tool): ToolDefinition => ({
  name: tool.name,
  description: tool.description,
  parameters: compact(z.toJSONSchema(tool.schema)),
});

function compact(schema: unknown): Record<string, unknown> {
  const result = compactValue(schema);
  return isRecord(result) ? result : {};
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function compactValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compactValue);
  if (!isRecord(value)) return value;
  const { anyOf, ...rest } = value;
  if (Array.isArray(anyOf)) return compactValue({ ...nullable(anyOf), ...rest });
  const kept = Object.entries(rest).filter(([key, inner]) => key !== "$schema" && !isSafeIntegerBound(inner));
  return Object.fromEntries(kept.map(([key, inner]) => [key, compactValue(inner)]));
}

/** `anyOf: [X, null]`, which is all that tools use, as `type: [X, "null"]`. */
function nullable(options: unknown[]): Record<string, unknown> {
  const value = options.find((option) => isRecord(option) && option["type"] !== "null");
  return isRecord(value) ? { ...value, type: [value["type"], "null"] } : {};
}

/** zod writes the bounds of JavaScript's integers with each `int()`; strict schemas do not know them. */
const isSafeIntegerBound = (value: unknown): boolean =>
  value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER;
