import { useCallback, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import type { CodeViewHandle } from "@pierre/diffs/react";
import type { ChangeSize } from "#shared/session/events.ts";
import { createCodeItems } from "./code-items.ts";
import { DiffToolbar } from "./DiffToolbar.tsx";
import { DiffView } from "./DiffView.tsx";
import styles from "./DiffBrowser.module.css";
import { FileList } from "./FileList.tsx";
import { useDiffStyle } from "./preferences.ts";
import type { ShownFile } from "./shown-files.ts";

interface DiffBrowserProps {
  readonly files: readonly ShownFile[];
  readonly total: ChangeSize;
  readonly updating: boolean;
  readonly visible: boolean;
}

/** The files on the left, their lines on the right. */
export default function DiffBrowser({ files, total, updating }: DiffBrowserProps) {
  const style = useDiffStyle();
  const view = useRef<CodeViewHandle<undefined, undefined>>(null);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [chosen, setChosen] = useState<string | null>(null);
  const [items] = useState(createCodeItems);
  const shown = useMemo(() => items(files, folded), [items, files, folded]);
  const current = files.some(({ id }) => id === chosen) ? chosen : (files[0]?.id ?? null);

  const fold = useCallback((ids: readonly string[], fold: boolean) => {
    setFolded((before) => {
      const next = new Set(before);
      for (const id of ids)
        if (fold) next.add(id);
        else next.delete(id);
      return next;
    });
  }, []);
  const goTo = (id: string | undefined): void => {
    if (id === undefined) return;
    setChosen(id);
    view.current?.scrollTo({ type: "item", id, align: "start", behavior: "instant" });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = files.findIndex(({ id }) => id === current);
    if (event.key === "n") goTo(files[at + 1]?.id);
    else if (event.key === "p") goTo(files[at - 1]?.id);
    else if (event.key === "c" && current !== null) fold([current], !folded.has(current));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const allFolded = files.every(({ id }) => folded.has(id));
  return (
    <div className={styles.browser}>
      <DiffToolbar
        total={total}
        updating={updating}
        style={style}
        allFolded={allFolded}
        onFoldAll={() =>
          fold(
            files.map(({ id }) => id),
            !allFolded,
          )
        }
      />
      <div className={styles.columns} onKeyDown={onKeyDown}>
        <FileList files={files} current={current} onChoose={goTo} />
        <DiffView
          ref={view}
          items={shown}
          files={files}
          style={style}
          current={current}
          onCurrent={setChosen}
          onFold={(id, isFolded) => fold([id], isFolded)}
        />
      </div>
    </div>
  );
}
