import { memo } from "react";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { useFleet } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { beginningOf } from "./excerpt.ts";
import { useFold } from "./folds.ts";
import type { ItemOf } from "./ItemRow.tsx";
import { Markdown } from "./Markdown.tsx";
import { clock } from "./clock.ts";
import styles from "./Message.module.css";

type MessageItem = ItemOf<"message">;

/** A pasted task can have a megabyte: at first it shows so much. */
const FIRST = { lines: 12, characters: 2000 };

export function PersonMessage({ item }: { item: MessageItem }) {
  const { text, delivery } = item.content;
  return <Said id={item.id} text={text} delivery={delivery} at={item.startedAt} />;
}

interface SaidProps {
  readonly id: string;
  readonly text: string;
  readonly delivery?: MessageItem["content"]["delivery"];
  readonly at: number;
}

/** What the person said, as typed, and how it reached the agent. */
export function Said({ id, text, delivery, at }: SaidProps) {
  const [open, setOpen] = useFold(id);
  const beginning = beginningOf(text, FIRST);
  return (
    <div className={styles.person} role="group" aria-label="Your message">
      <p className={styles.by}>
        You{deliveryWord(delivery)} · {clock(at)}
      </p>
      <p className={styles.text}>{open || beginning === null ? text : `${beginning}…`}</p>
      {beginning !== null && (
        <Button look="quiet" aria-expanded={open ?? false} onClick={() => setOpen(!open)}>
          {open ? "Show less" : `Show all ${text.length.toLocaleString()} characters`}
        </Button>
      )}
    </div>
  );
}

function deliveryWord(delivery: MessageItem["content"]["delivery"]): string {
  switch (delivery) {
    case undefined:
    case "start":
      return "";
    case "steer":
      return " · steered";
    case "queue":
      return " · queued";
    case "continue":
      return " · continued";
    default:
      return assertNever(delivery);
  }
}

/** What the agent says; while it is being written, as far as it is. */
export const AgentMessage = memo(function AgentMessage({ item }: { item: MessageItem }) {
  const open = item.status === "open";
  const live = useFleet((state) => (open ? state.live[item.id] : undefined));
  const cut = live !== undefined && live.end > live.text.length;
  const text = live === undefined ? item.content.text : `${cut ? "…" : ""}${live.text}`;
  return (
    <div
      className={styles.agent}
      role="group"
      aria-label="Message of the agent"
      data-growing={open || undefined}
    >
      <Markdown text={text} growing={open} />
    </div>
  );
});
