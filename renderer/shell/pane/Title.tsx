import { useEffect, useRef, useState } from "react";
import { useStores, useView } from "../../state/context.tsx";
import { useSessionActions } from "../actions.ts";
import styles from "./Title.module.css";

/** The contract's longest title, in characters. */
const LONGEST = 120;

/** The session's title; F2 or a double click makes it a field. Enter keeps what is typed, Escape what was there. */
export function Title({ session, title }: { session: string; title: string }) {
  const { view } = useStores();
  const editing = useView((state) => state.renaming === session);
  if (editing) return <TitleField key={title} session={session} title={title} />;
  return (
    <h2 className={styles.title} title={title} onDoubleClick={() => view.setState({ renaming: session })}>
      {title}
    </h2>
  );
}

function TitleField({ session, title }: { session: string; title: string }) {
  const { view } = useStores();
  const { rename } = useSessionActions();
  const [text, setText] = useState(title);
  const field = useRef<HTMLInputElement>(null);
  const [before] = useState(() => document.activeElement);
  useEffect(() => field.current?.select(), []);
  const end = (keep: boolean): void => {
    if (view.getState().renaming !== session) return;
    view.setState({ renaming: null });
    // The field goes, and the focus with it: back to where it was in the pane, or else to the pane.
    const pane = field.current?.closest<HTMLElement>("[data-pane]");
    if (before instanceof HTMLElement && pane?.contains(before)) before.focus();
    else pane?.focus();
    const wanted = text.trim();
    if (keep && wanted !== "" && wanted !== title) void rename(session, wanted);
  };
  return (
    <input
      ref={field}
      className={styles.field}
      aria-label="Title of the session"
      value={text}
      maxLength={LONGEST}
      onChange={(event) => setText(event.target.value)}
      onBlur={() => end(true)}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key !== "Enter" && event.key !== "Escape") return;
        // Or the key would be taken again by what has the focus then.
        event.preventDefault();
        end(event.key === "Enter");
      }}
    />
  );
}
