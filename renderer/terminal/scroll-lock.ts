/** Output never moves a view that a person has scrolled up: xterm holds it. This says what came below meanwhile. */
import type { Terminal } from "@xterm/xterm";

/**
 * Calls back with whether there is output below the view that came after it was scrolled up. To be told when some came: a
 * screen that is written once more has none.
 */
export function followOutput(terminal: Terminal, onBehind: (behind: boolean) => void): () => void {
  let behind = false;
  const say = (now: boolean): void => {
    if (now !== behind) onBehind((behind = now));
  };
  const isAtEnd = (): boolean => {
    const { viewportY, baseY } = terminal.buffer.active;
    return viewportY >= baseY;
  };
  terminal.onRender(() => {
    if (isAtEnd()) say(false);
  });
  return () => {
    if (!isAtEnd()) say(true);
  };
}
