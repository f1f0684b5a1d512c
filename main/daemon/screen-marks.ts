/**
 * Where commands begin in a screen and how they ended, as the shell says by OSC 133 (shell-integration.ts makes it say
 * so). Only with the shell's key: a file that is printed could otherwise forge a prompt or a success.
 */
import type { IMarker, Terminal } from "@xterm/headless";
import type { CommandMark } from "./protocol.ts";

export interface MarkTracker {
  /** Oldest first; lines count from line `firstLine` of the scrollback, and marks before it are left out. */
  list(firstLine: number): CommandMark[];
  latest(): Omit<CommandMark, "line"> | null;
  /** Sets marks in a screen that was written from a snapshot. */
  restore(marks: readonly CommandMark[]): void;
  /** Of what `clear` leaves, the cursor's line, the mark stays. */
  through(clear: () => void): void;
}

const MAX_MARKS = 1000;

interface Mark {
  readonly marker: IMarker;
  state: CommandMark["state"];
  exitCode: number | null;
}

/** Without a key nothing is a mark. `onChange` is called after each change of what `latest` says. */
export function trackMarks(terminal: Terminal, key: string | null, onChange: () => void): MarkTracker {
  let marks: Mark[] = [];

  const add = (marker: IMarker | undefined, state: Mark["state"], exitCode: number | null): void => {
    // There is none in the alternate screen, which has no history.
    if (!marker) return;
    marks = marks.filter((mark) => !mark.marker.isDisposed);
    if (marks.length === MAX_MARKS) marks.shift()?.marker.dispose();
    marks.push({ marker, state, exitCode });
  };
  const startPrompt = (): void => {
    // A prompt at which nothing was run is no command: the new one takes its place.
    if (marks.at(-1)?.state === "prompt") marks.pop()?.marker.dispose();
    add(terminal.registerMarker(0), "prompt", null);
  };
  const receive = (kind: string, exitCode: number): void => {
    const last = marks.at(-1);
    if (kind === "A") startPrompt();
    else if (kind === "C" && last?.state === "prompt") last.state = "running";
    else if (kind === "D" && last?.state === "running") {
      last.state = "done";
      last.exitCode = Number.isInteger(exitCode) ? exitCode : null;
    } else return;
    onChange();
  };
  terminal.parser.registerOscHandler(133, (text) => {
    const [kind = "", ...rest] = text.split(";");
    if (key !== null && rest.includes(`k=${key}`)) receive(kind, Number.parseInt(rest[0] ?? "", 10));
    return true;
  });

  return {
    list: (firstLine) =>
      marks
        .filter(({ marker }) => !marker.isDisposed && marker.line >= firstLine)
        .map(({ marker, state, exitCode }) => ({ line: marker.line - firstLine, state, exitCode })),
    latest() {
      const last = marks.at(-1);
      return last ? { state: last.state, exitCode: last.exitCode } : null;
    },
    restore(saved) {
      const { baseY, cursorY } = terminal.buffer.normal;
      for (const { line, state, exitCode } of saved) {
        // What ran when the daemon died has no exit that anybody knows.
        add(terminal.registerMarker(line - baseY - cursorY), state === "running" ? "done" : state, exitCode);
      }
    },
    through(clear) {
      const { baseY, cursorY } = terminal.buffer.normal;
      const isKept = marks.map(({ marker }) => marker.line === baseY + cursorY);
      clear();
      // Without a display xterm leaves them where they were. The last one goes on without a line: what runs there has not ended.
      for (const { marker } of marks) marker.dispose();
      marks = marks.map((mark, at) =>
        isKept[at] ? { ...mark, marker: terminal.registerMarker(0) ?? mark.marker } : mark,
      );
    },
  };
}
