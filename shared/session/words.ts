import { plural } from "../kernel/human.ts";
import type { RunningCounts } from "./contract.ts";
import type { SessionState } from "./summary.ts";

/** The word and the shape of each state: the same in the window, in the command and for a screen reader. */
export const STATE_WORDS: Readonly<Record<SessionState, { readonly word: string; readonly shape: string }>> =
  {
    queued: { word: "Queued", shape: "○" },
    preparing: { word: "Preparing", shape: "◌" },
    running: { word: "Running", shape: "●" },
    needs_you: { word: "Needs you", shape: "◆" },
    ready: { word: "Ready", shape: "✓" },
    idle: { word: "Idle", shape: "–" },
    merged: { word: "Merged", shape: "⇥" },
    archived: { word: "Archived", shape: "▽" },
  };

/** `2 turns, 3 shells and 1 command`; `nothing` where nothing runs. */
export function runningWords({ turns, shells, commands }: RunningCounts): string {
  const words = [
    turns > 0 && plural(turns, "turn"),
    shells > 0 && plural(shells, "shell"),
    commands > 0 && plural(commands, "command"),
  ].filter((word) => word !== false);
  return words.length < 2 ? (words[0] ?? "nothing") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
