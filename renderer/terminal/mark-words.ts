import type { CommandMark } from "#shared/terminal/protocol.ts";

/** A command's sign in the margin, and what it means. */
export function markWords({ state, exitCode }: Pick<CommandMark, "state" | "exitCode">): {
  readonly shape: string;
  readonly words: string;
} {
  if (state === "prompt") return { shape: "○", words: "Nothing was run here yet" };
  if (state === "running") return { shape: "●", words: "Running" };
  if (exitCode === null) return { shape: "–", words: "Ended; its exit code is not known" };
  if (exitCode === 0) return { shape: "✓", words: "Exit code 0" };
  return { shape: "✗", words: `Failed with exit code ${exitCode}` };
}
