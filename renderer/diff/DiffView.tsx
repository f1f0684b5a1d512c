import { CodeView, WorkerPoolContextProvider } from "@pierre/diffs/react";
import type { CodeViewHandle, CodeViewItem, CodeViewReactOptions } from "@pierre/diffs/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Ref, RefObject } from "react";
import { useTheme } from "../ui/use-theme.ts";
import styles from "./DiffView.module.css";
import { FileHeader } from "./FileHeader.tsx";
import type { DiffStyle } from "./preferences.ts";
import type { ShownFile } from "./shown-files.ts";

interface DiffViewProps {
  readonly ref: Ref<CodeViewHandle<undefined, undefined>>;
  readonly items: readonly CodeViewItem<undefined>[];
  readonly files: readonly ShownFile[];
  readonly style: DiffStyle;
  readonly current: string | null;
  /** Which file is at the top now, by scrolling. */
  readonly onCurrent: (id: string) => void;
  readonly onFold: (id: string, folded: boolean) => void;
}

/** Of two cores, one stays for the page. */
const POOL = {
  workerFactory: () => new Worker(new URL("./diff-worker.ts", import.meta.url), { type: "module" }),
  poolSize: 1,
};
/** Of the themes that there are, those whose every colour can be read on a coloured line too. */
const HIGHLIGHTER = { theme: { dark: "github-dark-high-contrast", light: "github-light-high-contrast" } };
/** Two columns of code below this width are two columns of line ends. Pixels. */
const SPLIT_WIDTH = 560;
const HEADER_HEIGHT = 36;
const LINE_HEIGHT = 18;

export function DiffView({ ref, items, files, style, current, onCurrent, onFold }: DiffViewProps) {
  const theme = useTheme();
  const container = useRef<HTMLDivElement>(null);
  const width = useWidth(container);
  const byId = useMemo(() => new Map(files.map((file) => [file.id, file])), [files]);
  const options = useMemo(
    (): CodeViewReactOptions<undefined, undefined> => ({
      theme: HIGHLIGHTER.theme,
      themeType: theme,
      diffStyle: style === "split" && width >= SPLIT_WIDTH ? "split" : "unified",
      diffIndicators: "classic",
      hunkSeparators: "line-info-basic",
      overflow: "scroll",
      stickyHeaders: true,
      itemMetrics: { lineHeight: LINE_HEIGHT, diffHeaderHeight: HEADER_HEIGHT },
      layout: { paddingTop: 0, paddingBottom: 16, gap: 8 },
    }),
    [theme, style, width >= SPLIT_WIDTH],
  );
  const header = useCallback(
    (item: CodeViewItem<undefined>) => {
      const shown = byId.get(item.id);
      return (
        shown && (
          <FileHeader
            shown={shown}
            folded={item.collapsed ?? false}
            onFold={(folded) => onFold(item.id, folded)}
          />
        )
      );
    },
    [byId, onFold],
  );
  return (
    <div className={styles.frame}>
      <WorkerPoolContextProvider poolOptions={POOL} highlighterOptions={HIGHLIGHTER}>
        <CodeView
          ref={ref}
          containerRef={container}
          className={styles.view}
          items={items}
          options={options}
          renderCustomHeader={header}
          onScroll={(scrollTop, viewer) => {
            const top = viewer
              .getRenderedItems()
              .findLast(({ id }) => (viewer.getTopForItem(id) ?? Number.POSITIVE_INFINITY) <= scrollTop + 1);
            if (top && top.id !== current) onCurrent(top.id);
          }}
        />
      </WorkerPoolContextProvider>
    </div>
  );
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return;
    const observer = new ResizeObserver(([entry]) => entry && setWidth(entry.contentRect.width));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
