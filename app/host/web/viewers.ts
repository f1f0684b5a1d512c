/** Who looks at which terminal, so that one viewer's resize reaches the others. */
export interface Viewers {
  join(terminal: string, onSize: (cols: number, rows: number) => void): Viewer;
}

export interface Viewer extends Disposable {
  /** Tells the others. */
  resized(cols: number, rows: number): void;
}

type OnSize = (cols: number, rows: number) => void;

export function createViewers(): Viewers {
  const terminals = new Map<string, Set<OnSize>>();
  return {
    join: (terminal, onSize) => {
      const viewers = terminals.get(terminal) ?? new Set();
      terminals.set(terminal, viewers.add(onSize));
      return {
        resized: (cols, rows) => {
          for (const other of viewers) if (other !== onSize) other(cols, rows);
        },
        [Symbol.dispose]: () => {
          viewers.delete(onSize);
          if (viewers.size === 0 && terminals.get(terminal) === viewers) terminals.delete(terminal);
        },
      };
    },
  };
}
