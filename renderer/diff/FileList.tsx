import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useLayoutEffect, useRef } from "react";
import { Counts } from "./Counts.tsx";
import styles from "./FileList.module.css";
import { statusWords } from "./shown-files.ts";
import type { ShownFile } from "./shown-files.ts";

interface FileListProps {
  readonly files: readonly ShownFile[];
  readonly current: string | null;
  readonly onChoose: (id: string) => void;
  /** By the arrows: the list stays. */
  readonly onStepTo: (id: string) => void;
  /** The focus went out of the list that stands over the code, to there. */
  readonly onLeave: (to: Element | null) => void;
  /** Where the pane is too narrow for it: whether it stands over the code now. Null where it is beside the code. */
  readonly over: boolean | null;
  readonly id: string;
}

const ROW = 28;

/** Every changed file. Arrows move in it. */
export function FileList({ files, current, onChoose, onStepTo, onLeave, over, id }: FileListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const at = files.findIndex(({ id }) => id === current);
  const rows = useVirtualizer({
    count: files.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 12,
    getItemKey: (index) => files[index]?.id ?? index,
  });
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: "auto" });
  }, [at, rows, over]);
  /** Opened over the code it takes the focus, once its rows are there: a list without a height has none. */
  const wantsFocus = useRef(false);
  useLayoutEffect(() => void (wantsFocus.current = over === true), [over]);
  useEffect(() => {
    if (wantsFocus.current && focusRow(scroller.current, current)) wantsFocus.current = false;
  });

  return (
    <nav
      id={id}
      aria-label="Changed files"
      className={over === null ? styles.list : `${styles.list} ${styles.over}`}
      hidden={over === false}
      onBlur={({ currentTarget, relatedTarget }) => {
        if (over && !currentTarget.contains(relatedTarget)) onLeave(relatedTarget);
      }}
    >
      <div ref={scroller} className={styles.scroller}>
        <ul style={{ height: rows.getTotalSize() }} className={styles.rows}>
          {rows.getVirtualItems().map(({ index, key, start }) => {
            const file = files[index];
            return (
              file && (
                <li
                  key={key}
                  aria-setsize={files.length}
                  aria-posinset={index + 1}
                  className={styles.row}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  <FileRow
                    shown={file}
                    current={file.id === current}
                    onChoose={() => onChoose(file.id)}
                    onStep={(step) => {
                      const next = files[index + step];
                      if (!next) return;
                      onStepTo(next.id);
                      rows.scrollToIndex(index + step);
                      requestAnimationFrame(() => focusRow(scroller.current, next.id));
                    }}
                  />
                </li>
              )
            );
          })}
        </ul>
      </div>
    </nav>
  );
}

/** Whether it is there. */
function focusRow(scroller: HTMLElement | null, id: string | null): boolean {
  const row = scroller?.querySelector<HTMLElement>(`[data-file="${CSS.escape(id ?? "")}"]`);
  row?.focus();
  return row != null;
}

interface FileRowProps {
  readonly shown: ShownFile;
  readonly current: boolean;
  readonly onChoose: () => void;
  readonly onStep: (step: number) => void;
}

function FileRow({ shown: { id, file }, current, onChoose, onStep }: FileRowProps) {
  const { letter, word } = statusWords(file.status);
  const slash = file.path.lastIndexOf("/") + 1;
  const before = file.oldPath && file.oldPath !== file.path ? `${file.oldPath} → ` : "";
  return (
    <button
      type="button"
      data-file={id}
      aria-current={current || undefined}
      title={`${word}: ${before}${file.path}`}
      aria-label={`${word} ${file.path}, ${file.binary ? "binary" : `${file.added} added, ${file.removed} removed`}`}
      className={styles.file}
      onClick={onChoose}
      onKeyDown={(event) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        onStep(step);
      }}
    >
      <span className={styles.status} data-status={file.status}>
        {letter}
      </span>
      <span className={styles.path}>
        {/* The end of a long path says most: it is the beginning that is cut. */}
        <span className={styles.folder}>
          <bdi>{file.path.slice(0, slash)}</bdi>
        </span>
        <span className={styles.base}>{file.path.slice(slash)}</span>
      </span>
      {file.binary ? (
        <span className={styles.binary}>binary</span>
      ) : (
        <Counts added={file.added} removed={file.removed} />
      )}
    </button>
  );
}
