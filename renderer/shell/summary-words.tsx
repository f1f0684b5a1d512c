/** The small facts of a session that rows, tiles and panes share. */
import { plural } from "#shared/kernel/human.ts";
import type { ChangeSize } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import styles from "./summary-words.module.css";

/** `+42 −3`: lines against the session's base. Nothing where nothing changed. */
export function Changes({ changes }: { changes: ChangeSize | null }) {
  if (changes === null || changes.files === 0) return null;
  const files = plural(changes.files, "file");
  return (
    <span
      className={styles.changes}
      title={`${changes.added} lines added and ${changes.removed} removed in ${files}`}
    >
      <span className={styles.added}>+{changes.added}</span>{" "}
      <span className={styles.removed}>−{changes.removed}</span>
    </span>
  );
}

export interface PlanState {
  readonly done: number;
  readonly count: number;
  /** The step that is under way. */
  readonly step: string | null;
}

/** How far the plan is, or null without one. */
export function planState({ plan }: Pick<SessionSummary, "plan">): PlanState | null {
  if (plan.length === 0) return null;
  const done = plan.filter(({ status }) => status === "completed").length;
  return {
    done,
    count: plan.length,
    step: plan.find(({ status }) => status === "in_progress")?.text ?? null,
  };
}

export function PlanCount({ plan }: { plan: PlanState | null }) {
  if (plan === null) return null;
  return (
    <span className={styles.count} title={`${plan.done} of ${plan.count} steps of the plan are done`}>
      {plan.done}/{plan.count}
    </span>
  );
}

/** A line that a machine, an agent or Oriel wrote: cut at its end, whole when pointed at. */
export function LastLine({ text }: { text: string }) {
  const machine = text.startsWith("$ ");
  // The marks of code in a sentence say nothing in a plain line.
  const words = machine ? text : text.replaceAll("`", "");
  return (
    <span className={machine ? `${styles.line} ${styles.machine}` : styles.line} title={words}>
      {words}
    </span>
  );
}
