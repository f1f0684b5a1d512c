/** What is for all of a terminal's scrollback: it waits until that is there, unless the person goes on with something else. */
import type { Terminal } from "@xterm/xterm";
import type { Scrollback } from "./scrollback.ts";

export interface Whole extends Disposable {
  selectAll(): void;
  /** Whether something is selected, or all is to be. */
  hasSelection(): boolean;
  /** What is selected, or an empty text: where all was to be, all of it. */
  selection(): Promise<string>;
  /** Calls back when all is there; not where the person has typed meanwhile, or pressed the mouse here. */
  whenWhole(run: () => void): void;
}

export function takeWhole(
  terminal: Terminal,
  container: HTMLElement,
  scrollback: Pick<Scrollback, "whenWhole">,
): Whole {
  const owned = new DisposableStack();
  let acts = 0;
  const countAct = (): void => void (acts += 1);
  terminal.onData(countAct);
  container.addEventListener("pointerdown", countAct);
  owned.defer(() => container.removeEventListener("pointerdown", countAct));
  let selectsAllSince: number | null = null;
  const selectsAll = (): boolean => selectsAllSince === acts;
  const whenWhole = (run: () => void): void => {
    const before = acts;
    scrollback.whenWhole(() => {
      if (acts === before) run();
    });
  };
  return {
    selectAll() {
      selectsAllSince = acts;
      whenWhole(() => {
        selectsAllSince = null;
        terminal.selectAll();
      });
    },
    hasSelection: () => terminal.hasSelection() || selectsAll(),
    selection: () =>
      new Promise((resolve) => {
        const give = (): void => resolve(terminal.getSelection());
        if (selectsAll()) scrollback.whenWhole(give);
        else give();
      }),
    whenWhole,
    [Symbol.dispose]: () => owned.dispose(),
  };
}
