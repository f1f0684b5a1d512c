import { until } from "../driver/until.ts";

/** What takes longer does not come any more, on however loaded a machine. Milliseconds. */
const PATIENT_MS = 120_000;

/** Resolves with the first value of `look` that is not null; rejects, and names `what`, when it never comes. */
export async function patiently<Value>(
  what: string | (() => string),
  look: () => Value | null | Promise<Value | null>,
): Promise<Value> {
  const end = Date.now() + PATIENT_MS;
  return until(async () => {
    const found = await look();
    if (found === null && Date.now() > end)
      throw new Error(`never came: ${typeof what === "string" ? what : what()}`);
    return found;
  });
}

/** Rejects, and names `what`, when `promise` does not settle. */
export async function withPatience<Value>(what: string, promise: Promise<Value>): Promise<Value> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`never came: ${what}`)), PATIENT_MS);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
