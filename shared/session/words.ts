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
