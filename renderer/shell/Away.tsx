import { memo } from "react";
import { itemLine } from "#shared/session/summary.ts";
import { Words } from "../activity/Words.tsx";
import { useFleet, useStores, useView } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { StateMark } from "../ui/StateMark.tsx";
import { useSessionActions } from "./actions.ts";
import styles from "./Away.module.css";
import { isAway } from "./commands.ts";

/** What the host's last end cut off and still waits: what happened, what was under way, and one key to go on. */
export function Away() {
  const cutOff = useFleet((state) => state.cutOff);
  const seen = useView((state) => state.awaySeen);
  // A text, so that only a change of who waits renders this again.
  const waiting = useFleet((state) => cutOff.filter((id) => isAway(state.sessions[id], seen)).join(" "));
  const { fleet, view } = useStores();
  const { continueAll } = useSessionActions();
  if (waiting === "") return null;
  const ids = waiting.split(" ");
  const dismiss = (): void => {
    const { sessions } = fleet.getState();
    const turns = ids.map((id) => sessions[id]?.turn?.id).filter((turn) => turn !== undefined);
    view.setState((state) => ({ awaySeen: [...state.awaySeen.slice(-200), ...turns] }));
  };
  return (
    <section className={styles.away} aria-labelledby="away">
      <header className={styles.head}>
        <h2 id="away" className={styles.title}>
          While you were away
        </h2>
        <p className={styles.words}>
          Oriel ended in the middle of {ids.length === 1 ? "a turn" : `${ids.length} turns`}. Nothing is lost,
          and nothing runs twice by itself.
        </p>
        {ids.length > 1 && (
          <Button look="primary" onClick={() => void continueAll(ids)}>
            Continue all {ids.length}
          </Button>
        )}
        <Button onClick={dismiss}>Later</Button>
      </header>
      <ul className={styles.list} data-list>
        {ids.map((id) => (
          <AwayRow key={id} session={id} />
        ))}
      </ul>
    </section>
  );
}

const AwayRow = memo(function AwayRow({ session: id }: { session: string }) {
  const session = useFleet((state) => state.sessions[id]);
  const actions = useSessionActions();
  if (!session) return null;
  const underWay = session.open.map(({ content }) => itemLine(content)).filter(Boolean);
  return (
    <li className={styles.row}>
      <StateMark state={session.state} compact />
      <button type="button" className={styles.name} onClick={() => actions.open(id)} title="Open it">
        {session.title}
      </button>
      <p className={styles.what}>
        <Words text={session.turn?.text ?? session.lastLine} />
        {underWay.length > 0 && (
          <>
            {" "}
            Under way: <code>{underWay.join(", ")}</code>
          </>
        )}
      </p>
      <Button className={styles.continue} data-item={id} onClick={() => void actions.continue(id)}>
        Continue
      </Button>
    </li>
  );
});
