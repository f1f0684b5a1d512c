import { CodeView, WorkerPoolContextProvider } from "@pierre/diffs/react";
import type { CodeViewHandle, CodeViewItem, CodeViewReactOptions } from "@pierre/diffs/react";
import { useCallback, useMemo } from "react";
import type { Ref } from "react";
import { useTheme } from "../ui/use-theme.ts";
import styles from "./DiffView.module.css";
import { FileHeader } from "./FileHeader.tsx";
import type { ShownFile } from "./shown-files.ts";

interface DiffViewProps {
  readonly ref: Ref<CodeViewHandle<undefined, undefined>>;
  readonly items: readonly CodeViewItem<undefined>[];
  readonly files: readonly ShownFile[];
  /** Whether old and new stand side by side. */
  readonly split: boolean;
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
const HEADER_HEIGHT = 28;
const LINE_HEIGHT = 18;

export function DiffView({ ref, items, files, split, current, onCurrent, onFold }: DiffViewProps) {
  const theme = useTheme();
  const byId = useMemo(() => new Map(files.map((file) => [file.id, file])), [files]);
  const options = useMemo(
    (): CodeViewReactOptions<undefined, undefined> => ({
      theme: HIGHLIGHTER.theme,
      themeType: theme,
      diffStyle: split ? "split" : "unified",
      diffIndicators: "classic",
      hunkSeparators: "line-info-basic",
      overflow: "scroll",
      stickyHeaders: true,
      itemMetrics: { lineHeight: LINE_HEIGHT, diffHeaderHeight: HEADER_HEIGHT },
      layout: { paddingTop: 0, paddingBottom: 16, gap: 8 },
    }),
    [theme, split],
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
