import { cost, tokens } from "#shared/kernel/human.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { STATE_WORDS } from "#shared/session/words.ts";
import { useStores } from "../../state/context.tsx";
import { Button } from "../../ui/Button.tsx";
import { Menu } from "../../ui/Menu.tsx";
import type { MenuItem } from "../../ui/Menu.tsx";
import { StateMark } from "../../ui/StateMark.tsx";
import { useSessionActions } from "../actions.ts";
import type { SessionActions } from "../actions.ts";
import { canArchive, canContinue, canMerge, canRestore, canStop, keysOf } from "../commands.ts";
import { keysWords } from "../keys.ts";
import { PlanCount, planState } from "../summary-words.tsx";
import { Elapsed } from "../time.tsx";
import styles from "./PaneHeader.module.css";
import { Title } from "./Title.tsx";

const shortcut = (id: string): string | undefined => {
  const keys = keysOf(id);
  return keys === undefined ? undefined : keysWords(keys);
};

/** What the session is, how it stands, what it took, and what can be done to it. */
export function PaneHeader({ session }: { session: SessionSummary }) {
  const actions = useSessionActions();
  const { id, turn, usage } = session;
  return (
    <header className={styles.header}>
      <div className={styles.first}>
        <StateMark state={session.state} compact />
        <Title session={id} title={session.title} />
        <span className={styles.plan}>
          <PlanCount plan={planState(session)} />
        </span>
        <MainAction session={session} actions={actions} />
        <SessionMenu session={session} actions={actions} />
        <Button
          look="quiet"
          className={styles.close}
          aria-label="Close the pane"
          title="Close the pane (the session goes on)"
          onClick={() => actions.close(id)}
        >
          <span aria-hidden>×</span>
        </Button>
      </div>
      <p className={styles.facts}>
        <span className={styles.who} title={`${session.agent} with ${session.model}, on ${session.branch}`}>
          <span aria-hidden className={styles.state} data-state={session.state}>
            {STATE_WORDS[session.state].word}
          </span>{" "}
          · {session.agent} · {session.model}
        </span>
        <span className={styles.spent}>
          <Elapsed base={session.activeMs} since={turn?.status === "running" ? turn.startedAt : null} />
          {usage.cost !== null && <span title="Cost by the table of prices">{cost(usage.cost)}</span>}
          {usage.input + usage.output > 0 && (
            <span title={`${usage.input} tokens in (${usage.cached} cached), ${usage.output} out`}>
              {tokens(usage.input + usage.output)}
            </span>
          )}
        </span>
      </p>
    </header>
  );
}

/** What is to be done about a session that is done. "Stop" and "Continue" stand beside the composer. */
function MainAction({ session, actions }: { session: SessionSummary; actions: SessionActions }) {
  const { view } = useStores();
  const { id } = session;
  if (session.state === "ready" && canMerge(session))
    return (
      <Button
        look="primary"
        className={styles.action}
        onClick={() => view.setState({ focused: id, dialog: "merge" })}
      >
        Merge…
      </Button>
    );
  if (canRestore(session))
    return (
      <Button className={styles.action} onClick={() => void actions.restore(id)}>
        Restore
      </Button>
    );
  return null;
}

function SessionMenu({ session, actions }: { session: SessionSummary; actions: SessionActions }) {
  const { view } = useStores();
  const { id } = session;
  const items: readonly (MenuItem | false)[] = [
    canContinue(session) && {
      words: "Continue",
      shortcut: shortcut("continue"),
      act: () => void actions.continue(id),
    },
    canStop(session) && { words: "Stop", shortcut: shortcut("stop"), act: () => void actions.stop(id) },
    canMerge(session) && { words: "Merge…", act: () => view.setState({ focused: id, dialog: "merge" }) },
    canArchive(session) && {
      words: "Rename",
      shortcut: shortcut("rename"),
      act: () => view.setState({ renaming: id }),
    },
    canArchive(session) && { words: "Archive", act: () => void actions.archive(id) },
    canRestore(session) && { words: "Restore", act: () => void actions.restore(id) },
    { words: "Close the pane", act: () => actions.close(id) },
  ];
  return (
    <Menu label="Session menu" items={items.filter((item) => item !== false)}>
      <span aria-hidden>⋯</span>
    </Menu>
  );
}
