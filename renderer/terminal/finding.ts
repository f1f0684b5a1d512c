/** Find in a terminal: found again where the screen is written anew, and in the colours of another theme. */
import { SearchAddon } from "@xterm/addon-search";
import type { Terminal } from "@xterm/xterm";
import { select } from "./place.ts";
import type { Scrollback } from "./scrollback.ts";
import { findColours, pageToken } from "./theme.ts";

export interface Finding {
  find(text: string, direction: "next" | "previous" | "as typed"): void;
  /** From the selection on: the same match, left where it is. Nothing where nothing is searched for. */
  again(): void;
  end(): void;
}

/** `onFound`: which of the matches is selected, from 0 on, or -1, and how many there are. */
export function trackFinding(
  terminal: Terminal,
  scrollback: Pick<Scrollback, "hold">,
  onFound: (found: { readonly index: number; readonly count: number }) => void,
): Finding {
  const search = new SearchAddon();
  terminal.loadAddon(search);
  search.onDidChangeResults(({ resultIndex, resultCount }) =>
    onFound({ index: resultIndex, count: resultCount }),
  );
  const decorations = () => findColours(pageToken());
  let finding = "";
  return {
    find(text, direction) {
      finding = text;
      scrollback.hold(text !== "");
      if (text === "") return search.clearDecorations();
      if (direction === "previous") search.findPrevious(text, { decorations: decorations() });
      else search.findNext(text, { decorations: decorations(), incremental: direction === "as typed" });
    },
    again() {
      if (finding === "") return;
      const { viewportY } = terminal.buffer.active;
      const hadMatch = terminal.hasSelection();
      // The addon keeps the colours of the first search for a text.
      search.clearDecorations();
      search.findNext(finding, { decorations: decorations(), incremental: true });
      if (hadMatch) terminal.scrollToLine(viewportY);
    },
    end() {
      finding = "";
      scrollback.hold(false);
      const selected = terminal.getSelectionPosition();
      search.clearDecorations();
      // The last match stays selected, for copying.
      if (selected) select(terminal, selected);
    },
  };
}
