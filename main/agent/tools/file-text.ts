import type { Failure } from "#shared/kernel/failure.ts";
import type { FileRefusal } from "../agent.ts";

/** Why a file could not be had, in words that let a model correct itself. */
export function refusalText(path: string, failure: Failure<FileRefusal>): string {
  const hint = failure.hint ? ` ${failure.hint}` : "";
  return `${path}: ${failure.message}${hint}`;
}

/** The text of a file, or null where it is not UTF-8: what is written back must not change bytes nobody touched. */
export function decodeText(bytes: Uint8Array): string | null {
  if (bytes.subarray(0, 8192).includes(0)) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
