import { useEffect, useRef } from "react";
import { Button } from "../ui/Button.tsx";
import styles from "./AddProjectDialog.module.css";
import type { Completion, Folder } from "./completion.ts";

export const rowId = (list: string, index: number): string => `${list}-${index}`;

/** The folders that the typed path can go on with; a repository says that it is one. */
export function FolderList({
  id,
  state,
  onGoTo,
  onTake,
}: {
  id: string;
  state: Completion;
  onGoTo: (path: string) => void;
  onTake: (folder: Folder) => void;
}) {
  const { listed, active } = state;
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    if (active !== null) list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [active]);
  if (listed === null) return <p className={styles.empty}>Looking…</p>;
  const { parent, folder, repository, entries } = listed;
  return (
    <section className={styles.browser} aria-label="Folders">
      <header className={styles.at}>
        <span className={styles.folder}>{folder}</span>
        {repository && <span className={styles.mark}>repository</span>}
        {parent !== null && (
          <Button look="quiet" shortcut="Alt+↑" onClick={() => onGoTo(parent)}>
            Up
          </Button>
        )}
      </header>
      <ul ref={list} id={id} role="listbox" aria-label={`Folders in ${folder}`} className={styles.rows}>
        {entries.map((entry, index) => (
          <li
            key={entry.path}
            id={rowId(id, index)}
            role="option"
            aria-selected={index === active}
            className={styles.row}
            // Not a click: the field would lose the focus before it.
            onMouseDown={(event) => {
              event.preventDefault();
              if (event.button === 0) onTake(entry);
            }}
          >
            <span className={styles.name}>{entry.name}</span>
            {entry.repository && <span className={styles.mark}>repository</span>}
          </li>
        ))}
      </ul>
      {entries.length === 0 && (
        <p className={styles.empty}>
          {repository ? "No folders in it." : "No folder here goes on like that."}
        </p>
      )}
    </section>
  );
}
