/**
 * A selection that a person is drawing would end with the screen: a new one waits, and all that comes behind it. So one drag
 * selects no more than was there when it began.
 */
import type { Terminal } from "@xterm/xterm";

export interface Selecting extends Disposable {
  /** Whether something waits. */
  readonly isHolding: boolean;
  /** Runs what writes a screen, when no selection is being drawn. */
  whenReleased(write: () => void): void;
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
  const press = ({ button, shiftKey }: PointerEvent): void => {
    // Where a program has the mouse, it is the program's but with Shift.
    pressed ||= button === 0 && (shiftKey || terminal.modes.mouseTrackingMode === "none");
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
    get isHolding() {
      return waiting.length > 0;
    },
    whenReleased: (write) => (pressed ? void waiting.push(write) : inTurn(write)),
    inTurn,
    [Symbol.dispose]: () => listening.abort(),
  };
}
