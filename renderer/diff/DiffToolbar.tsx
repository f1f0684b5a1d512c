import type { ChangeSize } from "#shared/session/events.ts";
import { Button } from "../ui/Button.tsx";
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
}

export function DiffToolbar({ total, updating, style, allFolded, onFoldAll }: DiffToolbarProps) {
  return (
    <div className={styles.bar}>
      <span className={styles.total}>
        {total.files === 1 ? "1 file" : `${total.files} files`}{" "}
        <Counts added={total.added} removed={total.removed} />
      </span>
      <span className={styles.updating} data-on={updating}>
        {updating ? "updating…" : ""}
      </span>
      <span className={styles.legend}>
        <kbd>n</kbd> next file <kbd>p</kbd> previous <kbd>c</kbd> fold
      </span>
      <Button look="quiet" onClick={onFoldAll}>
        {allFolded ? "Unfold all" : "Fold all"}
      </Button>
      <div role="group" aria-label="How lines are shown" className={styles.switch}>
        <button type="button" aria-pressed={style === "unified"} onClick={() => setDiffStyle("unified")}>
          Unified
        </button>
        <button type="button" aria-pressed={style === "split"} onClick={() => setDiffStyle("split")}>
          Side by side
        </button>
      </div>
    </div>
  );
}
