import { memo } from "react";
import { useFleet, useView } from "../../state/context.tsx";
import { REASON_WORDS, reasonOf } from "../../needs-you/rank.ts";
import { StateMark } from "../../ui/StateMark.tsx";
import { useSessionActions } from "../actions.ts";
import { Changes, LastLine, planState } from "../summary-words.tsx";
import type { PlanState } from "../summary-words.tsx";
import { Age } from "../time.tsx";
import styles from "./Tile.module.css";

/** One session on the wall: how it stands, how far it is, what it says. Enter opens it. */
export const Tile = memo(function Tile({ session: id }: { session: string }) {
  const session = useFleet((state) => state.sessions[id]);
  const current = useView((state) => state.focused === id);
  const { open } = useSessionActions();
  if (!session) return null;
  const reason = reasonOf(session);
  const plan = planState(session);
  return (
    <li className={styles.place}>
      <button
        type="button"
        data-item={id}
        data-state={session.state}
        tabIndex={-1}
        className={styles.tile}
        aria-current={current || undefined}
        onClick={() => open(id)}
      >
        <span className={styles.head}>
          <StateMark state={session.state} />
          {reason !== null && <span className={styles.reason}>{REASON_WORDS[reason]}</span>}
          <span className={styles.age}>
            <Age at={session.turn?.startedAt ?? session.createdAt} />
          </span>
        </span>
        <span className={styles.title} title={session.title}>
          {session.title}
        </span>
        <Progress plan={plan} />
        <span className={styles.last}>
          <LastLine text={session.lastLine} />
        </span>
        <span className={styles.foot}>
          <span className={styles.who}>
            {session.agent} · {session.model}
          </span>
          <Changes changes={session.changes} />
        </span>
      </button>
    </li>
  );
});

function Progress({ plan }: { plan: PlanState | null }) {
  if (plan === null) return <span className={styles.plan}>No plan</span>;
  return (
    <span className={styles.plan}>
      <span className={styles.bar} aria-hidden>
        <span className={styles.done} style={{ width: `${(100 * plan.done) / plan.count}%` }} />
      </span>
      <span>
        {plan.done}/{plan.count}
      </span>
      <span className={styles.step} title={plan.step ?? undefined}>
        {plan.step ?? ""}
      </span>
    </span>
  );
}
