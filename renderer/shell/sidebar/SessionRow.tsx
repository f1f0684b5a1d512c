import { memo } from "react";
import { REASON_WORDS, reasonOf, sectionOf } from "../../needs-you/rank.ts";
import { STATE_WORDS } from "#shared/session/words.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { useFleet, useView } from "../../state/context.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { useSessionActions } from "../actions.ts";
import { Changes, LastLine, PlanCount, planState } from "../summary-words.tsx";
import { Age } from "../time.tsx";
import styles from "./SessionRow.module.css";

/** One session in the list. It selects itself, and renders again for its own events only. */
export const SessionRow = memo(function SessionRow({ session: id }: { session: string }) {
  const session = useFleet((state) => state.sessions[id]);
  const current = useView((state) => state.focused === id);
  const projects = useFleet((state) => state.projects);
  const { open } = useSessionActions();
  if (!session) return null;
  const plan = planState(session);
  const project = projectName(projects, session);
  const going = sectionOf(session.state) === "running" || session.state === "needs_you";
  // A plan whose last step is done has none under way, although the turn goes on.
  const step = going ? (plan?.step ?? null) : null;
  // Beside a project's name, nothing of the latest line would be left.
  const apart = project !== null && step === null;
  const facts = (
    <>
      {project !== null && <span className={styles.project}>{project}</span>}
      {apart && <span className={styles.gap} />}
      <Changes changes={session.changes} />
      {step === null && <PlanCount plan={plan} />}
    </>
  );
  return (
    <li>
      <button
        type="button"
        data-item={id}
        tabIndex={-1}
        className={styles.row}
        aria-current={current || undefined}
        onClick={() => open(id)}
      >
        <span className={styles.first}>
          <StateMark state={session.state} compact />
          <span className={styles.title} title={session.title}>
            {session.title}
          </span>
          <span className={styles.age}>
            <Age at={session.turn?.startedAt ?? session.createdAt} />
          </span>
        </span>
        {step !== null && (
          <span className={styles.second}>
            <span className={styles.step} title={step}>
              {step}
            </span>
            <PlanCount plan={plan} />
          </span>
        )}
        <span className={styles.second}>
          <Word session={session} />
          {/* A step that has just begun is the latest line too: once is enough. */}
          <LastLine text={session.lastLine === step ? "" : session.lastLine} />
          {!apart && facts}
        </span>
        {apart && <span className={styles.second}>{facts}</span>}
      </button>
    </li>
  );
});

/** What the section's heading does not say already. */
function Word({ session }: { session: SessionSummary }) {
  const reason = reasonOf(session);
  // The latest line of one that asks begins with the same word.
  if (reason === "approval" || reason === "question") return null;
  if (reason !== null) return <span className={styles.reason}>{REASON_WORDS[reason]}</span>;
  if (session.state === "running" || session.state === "ready") return null;
  if (session.state === "merged" && session.lastLine.startsWith("Merged")) return null;
  return <span className={styles.word}>{STATE_WORDS[session.state].word}</span>;
}

/** The project's name, where there is more than one project that it could be. */
function projectName(
  projects: Readonly<Record<string, { path: string; name: string }>>,
  session: SessionSummary,
): string | null {
  const all = Object.values(projects);
  if (all.length < 2) return null;
  return all.find(({ path }) => path === session.project)?.name ?? null;
}
