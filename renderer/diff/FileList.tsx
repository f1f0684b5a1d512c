import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef, useState } from "react";
import { Counts } from "./Counts.tsx";
import styles from "./FileList.module.css";
import { statusWords } from "./shown-files.ts";
import type { ShownFile } from "./shown-files.ts";

interface FileListProps {
  readonly files: readonly ShownFile[];
  readonly current: string | null;
  readonly onChoose: (id: string) => void;
}

const ROW = 28;

/** Every changed file. Arrows move in it; in a narrow pane it folds to one line. */
export function FileList({ files, current, onChoose }: FileListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
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
  }, [at, rows]);

  return (
    <nav aria-label="Changed files" className={styles.list} data-open={open}>
      <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span aria-hidden>{open ? "▾" : "▸"}</span> {files[at]?.file.path ?? "Files"}
        <span className={styles.place}>
          {at + 1} of {files.length}
        </span>
      </button>
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
                    onChoose={() => {
                      onChoose(file.id);
                      setOpen(false);
                    }}
                    onStep={(step) => {
                      const next = files[index + step];
                      if (!next) return;
                      onChoose(next.id);
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

function focusRow(scroller: HTMLElement | null, id: string): void {
  scroller?.querySelector<HTMLElement>(`[data-file="${CSS.escape(id)}"]`)?.focus();
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
