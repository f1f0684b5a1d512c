import { useId, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { SECTIONS, selectRanked } from "../../needs-you/rank.ts";
import type { Section } from "../../needs-you/rank.ts";
import { useFleet, useStores } from "../../state/context.tsx";
import { Button } from "../../ui/Button.tsx";
import { latinKey } from "../../ui/latin-key.ts";
import { Toasts } from "../../ui/toasts.tsx";
import { useRoving } from "../../ui/use-roving.ts";
import { useSessionActions } from "../actions.ts";
import { canArchive, canContinue, canMerge, canStop, keysOf } from "../commands.ts";
import { keysWords } from "../keys.ts";
import { SessionRow } from "./SessionRow.tsx";
import styles from "./Sidebar.module.css";

/** A section shows this many at first, the most urgent ones: a thousand rows would be most of the page's first second. */
const FIRST_SHOWN = 30;
/** And so many more at a time. */
const STEP = 100;

/** All sessions by their state: who waits for a person comes first. */
export function Sidebar() {
  const ranked = useFleet(selectRanked);
  const list = useRef<HTMLDivElement>(null);
  const roving = useRoving(list);
  const onListKey = useListKeys();
  const [inside, setInside] = useState(false);
  const { view } = useStores();
  const empty = SECTIONS.every(({ section }) => ranked[section].length === 0);
  return (
    <nav className={styles.sidebar} aria-label="Sessions">
      <div className={styles.head}>
        <h2 className={styles.heading}>Sessions</h2>
        <Button
          look="quiet"
          onClick={() => view.setState({ dialog: "new-session" })}
          title={`New sessions (${keysWords(keysOf("new-session") ?? "")})`}
        >
          <span aria-hidden>+</span> New
        </Button>
      </div>
      <div
        ref={list}
        className={styles.list}
        data-list
        onFocus={(event) => {
          roving.onFocus(event);
          setInside(event.target.matches("[data-item]"));
        }}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) setInside(false);
        }}
        onKeyDown={(event) => {
          if (!roving.onKeyDown(event)) onListKey(event);
        }}
      >
        {empty && <p className={styles.empty}>No sessions yet. Each task that you start stands here.</p>}
        {SECTIONS.map(({ section, word }) => (
          <SectionList key={section} section={section} word={word} ids={ranked[section]} />
        ))}
      </div>
      {inside && <Legend />}
      {/* Last: it must not move from under the pointer that takes the focus from the list, and its legend with it. */}
      <Toasts />
    </nav>
  );
}

function SectionList({ section, word, ids }: { section: Section; word: string; ids: readonly string[] }) {
  const headingId = useId();
  const [most, setMost] = useState(FIRST_SHOWN);
  if (ids.length === 0) return null;
  const shown = ids.slice(0, most);
  const left = ids.length - shown.length;
  return (
    <section aria-labelledby={headingId} className={styles.section} data-section={section}>
      <h3 id={headingId} className={styles.sectionHead}>
        {word} <span className={styles.count}>{ids.length}</span>
      </h3>
      <ul>
        {shown.map((id) => (
          <SessionRow key={id} session={id} />
        ))}
      </ul>
      {left > 0 && (
        <Button look="quiet" className={styles.more} onClick={() => setMost(most + STEP)}>
          {left > STEP ? `Show ${STEP} more of ${left}` : `Show ${left} more`}
        </Button>
      )}
    </section>
  );
}

const LEGEND = [
  ["↑↓", "move"],
  ["Enter", "open"],
  ["S", "stop"],
  ["C", "continue"],
  ["M", "merge"],
  ["A", "archive"],
  ["R", "rename"],
  ["?", "all keys"],
] as const;

/** The keys of the list, while it has the focus and they work. */
function Legend() {
  return (
    <ul className={styles.legend} aria-label="Keys of this list">
      {LEGEND.map(([key, word]) => (
        <li key={key}>
          <kbd>{key}</kbd> {word}
        </li>
      ))}
    </ul>
  );
}

/** One letter does something to the row that has the focus. */
function useListKeys(): (event: KeyboardEvent) => void {
  const { fleet, view } = useStores();
  const actions = useSessionActions();
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !(event.target instanceof HTMLElement)) return;
    const session = fleet.getState().sessions[event.target.dataset["item"] ?? ""];
    if (!session) return;
    const { id } = session;
    const does: Record<string, () => void> = {
      s: () => canStop(session) && void actions.stop(id),
      c: () => canContinue(session) && void actions.continue(id),
      m: () => canMerge(session) && view.setState({ focused: id, dialog: "merge" }),
      a: () => canArchive(session) && void actions.archive(id),
      r: () => {
        actions.open(id);
        view.setState({ renaming: id });
      },
    };
    const act = does[latinKey(event)];
    if (!act) return;
    event.preventDefault();
    act();
  };
}
