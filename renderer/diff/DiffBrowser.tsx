import { useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import type { CodeViewHandle } from "@pierre/diffs/react";
import type { ChangeSize } from "#shared/session/events.ts";
import { useStores, useView } from "../state/context.tsx";
import { createCodeItems } from "./code-items.ts";
import { DiffToolbar } from "./DiffToolbar.tsx";
import { DiffView } from "./DiffView.tsx";
import styles from "./DiffBrowser.module.css";
import { FileList } from "./FileList.tsx";
import { useDiffStyle } from "./preferences.ts";
import type { ShownFile } from "./shown-files.ts";
import { latinKey } from "../ui/latin-key.ts";
import { useWidth } from "../ui/use-width.ts";

interface DiffBrowserProps {
  readonly session: string;
  readonly files: readonly ShownFile[];
  readonly total: ChangeSize;
  readonly updating: boolean;
  readonly visible: boolean;
}

/** The list of files beside the code from this width on, in px; below it unfolds over the code. */
const LIST_WIDTH = 720;
/** Two columns of code below this width are two columns of line ends. In px. */
const SPLIT_WIDTH = 560;

/** The files on the left, their lines on the right. */
export function DiffBrowser({ session, files, total, updating, visible }: DiffBrowserProps) {
  const style = useDiffStyle();
  const view = useRef<CodeViewHandle<undefined, undefined>>(null);
  const browser = useRef<HTMLDivElement>(null);
  const width = useWidth(browser);
  const narrow = width < LIST_WIDTH;
  const [listed, setListed] = useState(false);
  const listId = useId();
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
    if (toShow) arranged.setState({ fileToShow: null });
    setChosen(id);
    view.current?.scrollTo({ type: "item", id, align: "start", behavior: "instant" });
  };
  const { view: arranged } = useStores();
  const toShow = useView(({ fileToShow }) => (fileToShow?.session === session ? fileToShow : null));
  useEffect(() => {
    const file = visible && toShow && files.find((shown) => shown.file.path === toShow.path);
    // It may come with the next answer; another that is chosen meanwhile is not taken away.
    if (!file) return;
    fold([file.id], false);
    goTo(file.id);
  }, [toShow, files, visible]);
  const at = files.findIndex(({ id }) => id === current);
  const toggle = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    setListed(false);
    toggle.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && narrow && listed) {
      event.preventDefault();
      event.stopPropagation();
      return close();
    }
    const key = latinKey(event);
    if (key === "n") goTo(files[at + 1]?.id);
    else if (key === "p") goTo(files[at - 1]?.id);
    else if (key === "c" && current !== null) fold([current], !folded.has(current));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const allFolded = files.every(({ id }) => folded.has(id));
  return (
    <div ref={browser} className={styles.browser}>
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
        splits={width >= SPLIT_WIDTH}
        files={
          narrow ? (
            <button
              ref={toggle}
              type="button"
              className={styles.toggle}
              aria-expanded={listed}
              aria-controls={listId}
              data-lists-files
              onClick={() => setListed(!listed)}
            >
              <span aria-hidden>{listed ? "▾" : "▸"}</span> File {at + 1} of {files.length}
            </button>
          ) : null
        }
      />
      <div className={styles.columns} onKeyDown={onKeyDown}>
        <FileList
          id={listId}
          files={files}
          current={current}
          over={narrow ? listed : null}
          onStepTo={goTo}
          // The button itself closes it by its click. A click that gives nothing the focus, such as on the code, does too.
          onLeave={(to) => to === toggle.current || setListed(false)}
          onChoose={(id) => {
            goTo(id);
            if (narrow) close();
          }}
        />
        <DiffView
          ref={view}
          items={shown}
          files={files}
          split={style === "split" && width >= SPLIT_WIDTH}
          current={current}
          onCurrent={setChosen}
          onFold={(id, isFolded) => fold([id], isFolded)}
        />
      </div>
    </div>
  );
}
