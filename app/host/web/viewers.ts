/** Who looks at which terminal, so that one viewer's resize reaches the others. */
export interface Viewers {
  join(terminal: string, onSize: OnSize): Viewer;
}

export interface Viewer extends Disposable {
  /**
   * It wishes for a size, which the terminal has when `done`: the others are told. Until then it is told of no other,
   * which the terminal had before. Rejects as `done` does.
   */
  resizes(cols: number, rows: number, done: Promise<void>): Promise<void>;
  /** It was sent a screen of that size: it is told where the terminal has another by now. */
  sentScreen(cols: number, rows: number): void;
}

type OnSize = (cols: number, rows: number) => void;

interface Watched {
  readonly viewers: Set<{ wishes: number; readonly onSize: OnSize }>;
  /** Null until somebody wished for one. */
  size: { readonly cols: number; readonly rows: number } | null;
}

export function createViewers(): Viewers {
  const terminals = new Map<string, Watched>();
  return {
    join: (terminal, onSize) => {
      const watched = terminals.get(terminal) ?? { viewers: new Set(), size: null };
      terminals.set(terminal, watched);
      const viewer = { wishes: 0, onSize };
      watched.viewers.add(viewer);
      return {
        async resizes(cols, rows, done) {
          viewer.wishes += 1;
          await done;
          viewer.wishes -= 1;
          watched.size = { cols, rows };
          for (const other of watched.viewers)
            if (other !== viewer && other.wishes === 0) other.onSize(cols, rows);
        },
        sentScreen(cols, rows) {
          const { size } = watched;
          if (!size || viewer.wishes > 0 || (size.cols === cols && size.rows === rows)) return;
          onSize(size.cols, size.rows);
        },
        [Symbol.dispose]: () => {
          watched.viewers.delete(viewer);
          if (watched.viewers.size === 0 && terminals.get(terminal) === watched) terminals.delete(terminal);
        },
      };
    },
  };
}
