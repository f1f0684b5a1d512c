import type { SessionSummary } from "#shared/session/summary.ts";
import { Elapsed } from "./Elapsed.tsx";
import type { Outbox } from "./use-outbox.ts";
import styles from "./Waiting.module.css";

/** What the agent has not got yet, in the order in which it will, and what was asked aside and has no answer yet. */
export function Waiting({ summary, asides }: { summary: SessionSummary; asides: Outbox["asides"] }) {
  const { messages } = summary;
  if (messages.length === 0 && asides.length === 0) return null;
  return (
    <ul className={styles.waiting} aria-label="Not delivered yet" tabIndex={0}>
      {messages.map(({ id, text, delivery }) => (
        <li key={id} title={text}>
          <span className={styles.how}>
            {delivery === "steer" ? "Steers at its next step" : "After this turn"}
          </span>{" "}
          <span className={styles.what}>{text}</span>
        </li>
      ))}
      {asides.map(({ id, question, askedAt }) => (
        <li key={`aside-${id}`} title={question}>
          <span className={styles.how}>
            Asked aside · <Elapsed since={askedAt} />
          </span>{" "}
          <span className={styles.what}>{question}</span>
        </li>
      ))}
    </ul>
  );
}
