import { useEffect, useState } from "react";
import type { Transcript } from "#shared/session/transcript.ts";
import { useFleet } from "../state/context.tsx";

/** A reader hears so much of a message; all of it is in the log. */
const HEARD = 500;

/**
 * Reads out what the agent has finished saying, and how a turn ended. Not the list itself: its text streams, and a
 * reader that is told of each word tells nothing.
 */
export function Announcer({ session }: { session: string }) {
  const latest = useFleet((state) => latestWords(state.transcripts[session]));
  const [first, setFirst] = useState(latest);
  useEffect(() => {
    if (first === null) setFirst(latest);
  }, [first, latest]);
  return (
    <div className="visually-hidden" aria-live="polite">
      {/* What was there before the pane opened is no news. */}
      {latest === first ? "" : latest}
    </div>
  );
}

function latestWords(transcript: Transcript | undefined): string | null {
  const turn = transcript?.turns.at(-1);
  if (!transcript || !turn) return null;
  if (turn.status !== "running") return `Turn ${turn.status}.`;
  for (let index = turn.items.length - 1; index >= Math.max(0, turn.items.length - 50); index -= 1) {
    const item = transcript.items[turn.items[index]!];
    if (item?.status === "completed" && item.content.kind === "message" && item.content.role === "agent") {
      return item.content.text.slice(0, HEARD);
    }
  }
  return "";
}
