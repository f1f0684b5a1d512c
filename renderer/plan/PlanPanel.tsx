import { useEffect, useId, useRef } from "react";
import type { PlanStep } from "#shared/session/items.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { useFleet, useView } from "../state/context.tsx";
import { usePlanChoice } from "./plan-choices.ts";
import { useLowPane } from "./use-low-pane.ts";
import { countPlan, planOpen, withChoice } from "./plan-view.ts";
import styles from "./PlanPanel.module.css";

const NO_STEPS: readonly PlanStep[] = [];

/** The session's plan, docked where the eye is: open while a turn runs, one line when it has ended. */
export function PlanPanel({ session }: { session: string }) {
  const steps = useFleet((state) => state.sessions[session]?.plan ?? NO_STEPS);
  const turnId = useFleet((state) => state.sessions[session]?.turn?.id ?? null);
  const running = useFleet((state) => isRunning(state.sessions[session]));
  const asks = useFleet(
    (state) => isRunning(state.sessions[session]) && state.sessions[session]?.state === "needs_you",
  );
  const reading = useView((state) => state.tabs[session] === "diff");
  const [choice, choose] = usePlanChoice(session);
  const listId = useId();
  const panel = useRef<HTMLDivElement>(null);
  const low = useLowPane(panel, { there: steps.length > 0, beside: asks || reading });
  if (steps.length === 0) return null;
  const turn = turnId === null ? null : { id: turnId, running };
  const { done, all, current } = countPlan(steps);
  const open = planOpen(choice, turn, low || current === null);
  const step = current === null ? undefined : steps[current];
  return (
    <div ref={panel} className={styles.plan}>
      <button
        type="button"
        className={styles.head}
        aria-expanded={open}
        aria-controls={listId}
        onClick={() => choose(withChoice(choice, turn, !open))}
      >
        <span aria-hidden className={styles.arrow}>
          {open ? "▾" : "▸"}
        </span>
        <strong>
          Plan {done}/{all}
        </strong>
        {current === null && <span className={styles.now}>all done</span>}
        {!open && step && <span className={styles.now}>{step.text}</span>}
      </button>
      {open ? (
        <Steps id={listId} steps={steps} current={current} />
      ) : (
        <ol id={listId} aria-label="Plan" hidden />
      )}
    </div>
  );
}

const isRunning = (session: SessionSummary | undefined): boolean =>
  session?.turn?.status === "running" || session?.queuedTurn != null;

const SHAPES = { pending: "○", in_progress: "●", completed: "✓" } as const;
const WORDS = { pending: "to do", in_progress: "in progress", completed: "done" } as const;

function Steps({ id, steps, current }: { id: string; steps: readonly PlanStep[]; current: number | null }) {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    const element = list.current;
    const step = current === null ? undefined : element?.children[current];
    if (!element || !(step instanceof HTMLElement)) return;
    // Not scrollIntoView: that would also scroll whatever the panel stands in. A step's offset is from its list.
    const above = step.offsetTop - element.scrollTop;
    if (above < 0 || above + step.offsetHeight > element.clientHeight) {
      element.scrollTop += above - element.clientHeight / 2;
    }
  }, [current, steps.length]);
  return (
    <ol ref={list} id={id} className={styles.steps} aria-label="Plan" tabIndex={0}>
      {steps.map((step, index) => (
        <li
          // Two steps may have the same words; a step keeps its place.
          key={index}
          className={styles.step}
          data-status={step.status}
          aria-current={step.status === "in_progress" ? "step" : undefined}
        >
          <span aria-hidden className={styles.shape}>
            {SHAPES[step.status]}
          </span>
          <span className="visually-hidden">{WORDS[step.status]}: </span>
          <span className={styles.text} title={step.text}>
            {step.text}
          </span>
        </li>
      ))}
    </ol>
  );
}
