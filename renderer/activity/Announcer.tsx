import { useEffect, useState } from "react";
import { isUnanswered } from "#shared/session/summary.ts";
import type { FleetState } from "../state/fleet.ts";
import { useFleet } from "../state/context.tsx";

/** A reader hears so much of a message; all of it is in the log. */
const HEARD = 500;

/**
 * Reads out what the agent has finished saying, what it asks, and how a turn ended: each once, with the session's title,
 * since several may be at work. Not the list itself: its text streams, and a reader that is told of each word tells nothing.
 */
export function Announcer({ session }: { session: string }) {
  const latest = useFleet((state) => latestWords(state, session));
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

function latestWords({ sessions, transcripts }: FleetState, id: string): string | null {
  const [session, transcript] = [sessions[id], transcripts[id]];
  const turn = transcript?.turns.at(-1);
  if (!session || !transcript || !turn) return null;
  const say = (words: string): string => `${session.title}: ${words.slice(0, HEARD)}`;
  if (turn.status !== "running") return say(`Turn ${turn.status}.`);
  const [approval] = session.approvals;
  if (approval) return say(`Asks for approval: ${approval.action}`);
  const content = session.open.find(isUnanswered)?.content;
  if (content?.kind === "question") return say(`Asks: ${content.question}`);
  for (let index = turn.items.length - 1; index >= Math.max(0, turn.items.length - 50); index -= 1) {
    const item = transcript.items[turn.items[index]!];
    if (item?.status === "completed" && item.content.kind === "message" && item.content.role === "agent") {
      return say(item.content.text);
    }
  }
  return "";
}
