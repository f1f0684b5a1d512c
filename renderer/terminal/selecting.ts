/** A selection that a person is drawing would end with the screen: a new one waits, and all that comes behind it. */
import type { Terminal } from "@xterm/xterm";

export interface Selecting extends Disposable {
  /** Runs what writes a screen, when none is drawn. */
  whenDrawn(write: () => void): void;
  /** Runs what comes behind a screen, after it. */
  inTurn(write: () => void): void;
}

export function trackSelecting(terminal: Terminal, container: HTMLElement): Selecting {
  let pressed = false;
  let waiting: (() => void)[] = [];

  const release = (): void => {
    pressed = false;
    const ready = waiting;
    waiting = [];
    for (const write of ready) write();
  };
  const press = ({ button }: PointerEvent): void => {
    // Where a program has the mouse, nothing is selected.
    pressed = button === 0 && terminal.modes.mouseTrackingMode === "none";
  };
  // The release may have been somewhere else.
  const move = ({ buttons }: PointerEvent): void => {
    if (pressed && buttons === 0) release();
  };
  const listening = new AbortController();
  const { signal } = listening;
  container.addEventListener("pointerdown", press, { signal });
  container.addEventListener("pointermove", move, { signal });
  for (const type of ["pointerup", "pointercancel", "blur"])
    window.addEventListener(type, release, { signal });

  const inTurn = (write: () => void): void => (waiting.length > 0 ? void waiting.push(write) : write());
  return {
    whenDrawn: (write) => (pressed ? void waiting.push(write) : inTurn(write)),
    inTurn,
    [Symbol.dispose]: () => listening.abort(),
  };
}
