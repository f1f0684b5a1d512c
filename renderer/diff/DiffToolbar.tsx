import type { ReactNode } from "react";
import { plural } from "#shared/kernel/human.ts";
import type { ChangeSize } from "#shared/session/events.ts";
import { Button } from "../ui/Button.tsx";
import { Menu } from "../ui/Menu.tsx";
import { Counts } from "./Counts.tsx";
import styles from "./DiffToolbar.module.css";
import { setDiffStyle } from "./preferences.ts";
import type { DiffStyle } from "./preferences.ts";

interface DiffToolbarProps {
  readonly total: ChangeSize;
  readonly updating: boolean;
  readonly style: DiffStyle;
  readonly allFolded: boolean;
  readonly onFoldAll: () => void;
  /** What opens the list of files, where there is no room for it beside the code; null where there is. */
  readonly files: ReactNode;
  /** Whether two columns of code have room. */
  readonly splits: boolean;
}

/** One line, whatever the width: in a narrow pane the list and the choices fold into it, and the code has the room. */
export function DiffToolbar({
  total,
  updating,
  style,
  allFolded,
  onFoldAll,
  files,
  splits,
}: DiffToolbarProps) {
  const fold = allFolded ? "Unfold all" : "Fold all";
  return (
    <div className={styles.bar}>
      {files ?? <span className={styles.total}>{plural(total.files, "file")}</span>}
      <Counts added={total.added} removed={total.removed} />
      <span className={styles.updating}>{updating && <span>updating…</span>}</span>
      {files === null ? (
        <>
          <span className={styles.legend}>
            <kbd>n</kbd> next file <kbd>p</kbd> previous <kbd>c</kbd> fold
          </span>
          <Button look="quiet" onClick={onFoldAll}>
            {fold}
          </Button>
          <div role="group" aria-label="How lines are shown" className={styles.switch}>
            <button type="button" aria-pressed={style === "unified"} onClick={() => setDiffStyle("unified")}>
              Unified
            </button>
            <button type="button" aria-pressed={style === "split"} onClick={() => setDiffStyle("split")}>
              Side by side
            </button>
          </div>
        </>
      ) : (
        <Menu
          label="View: how the diff is shown"
          className={styles.menu}
          items={[
            { words: fold, act: onFoldAll },
            { words: "Unified", chosen: style === "unified", act: () => setDiffStyle("unified") },
            {
              words: splits ? "Side by side" : "Side by side, once the pane is wider",
              chosen: style === "split",
              act: () => setDiffStyle("split"),
            },
          ]}
        >
          View
        </Menu>
      )}
    </div>
  );
}
