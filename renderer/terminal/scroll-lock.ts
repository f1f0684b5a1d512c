/** Output never moves a view that a person has scrolled up: xterm holds it. This says what came below meanwhile. */
import type { Terminal } from "@xterm/xterm";

/**
 * Calls back with whether there is output below the view that came after it was scrolled up. To be told when something was
 * parsed: it may be new, or a screen that was written once more.
 */
export function followOutput(
  terminal: Terminal,
  onBehind: (behind: boolean) => void,
): (isNew: boolean) => void {
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
  let lines = 0;
  terminal.onLineFeed(() => (lines += 1));
  return (isNew) => {
    // A prompt that is drawn again, for another size, is no output.
    if (isNew && lines > 0 && !isAtEnd()) say(true);
    lines = 0;
  };
}
