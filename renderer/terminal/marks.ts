/**
 * Where commands begin in a terminal and how they ended: a sign beside the line of the prompt. The shell says it by
 * OSC 133, and only what carries the shell's own key counts: a file that is printed could forge a success.
 */
import type { IDecoration, IMarker, Terminal } from "@xterm/xterm";
import type { CommandMark, ScreenHeader } from "#shared/terminal/protocol.ts";
import styles from "./marks.module.css";
import { markWords } from "./mark-words.ts";

export interface CommandMarks {
  /** The marks of a screen that was just written. */
  show(screen: Pick<ScreenHeader, "marks" | "markKey">): void;
  /** Scrolls to the command before or after the one that was jumped to last, or else before the end. */
  jump(direction: "previous" | "next"): void;
  /** The shell has ended, and so has what ran in it; null: another may run from the next screen on. */
  shellEnded(exitCode: number | null): void;
}

interface Mark extends Pick<CommandMark, "state" | "exitCode"> {
  readonly marker: IMarker;
  readonly decoration: IDecoration | undefined;
}

const MAX_MARKS = 1000;
/** So many lines stay above a command that was jumped to. */
const LINES_ABOVE = 1;

export function trackCommands(terminal: Terminal): CommandMarks {
  let key: string | null = null;
  let marks: Mark[] = [];
  let current: IMarker | null = null;
  let waiting: (() => void) | null = null;
  let running: Pick<Mark, "state" | "exitCode"> = { state: "running", exitCode: null };

  const paint = (mark: Mark): void => {
    const element = mark.decoration?.element;
    if (!element) return;
    const { shape, words } = markWords(mark);
    element.classList.add(styles["mark"] ?? "");
    element.dataset["mark"] = mark.state === "done" && mark.exitCode !== 0 ? "failed" : mark.state;
    element.toggleAttribute("data-current", mark.marker === current);
    element.textContent = shape;
    element.title = words;
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", words);
  };
  const change = (mark: Mark, to: Pick<Mark, "state" | "exitCode">): void => {
    const changed = { ...mark, ...to };
    marks = marks.map((one) => (one === mark ? changed : one));
    paint(changed);
  };
  const drop = ({ marker }: Mark): void => marker.dispose();
  const add = (line: number, { state, exitCode }: Pick<Mark, "state" | "exitCode">): void => {
    const { baseY, cursorY } = terminal.buffer.normal;
    const marker = terminal.registerMarker(line - baseY - cursorY);
    // There is none in the alternate screen, which has no history.
    if (!marker) return;
    const decoration = terminal.registerDecoration({ marker, width: 1 });
    marks = marks.filter((mark) => !mark.marker.isDisposed);
    if (marks.length === MAX_MARKS) marks.splice(0, 1).forEach(drop);
    marks.push({ marker, decoration, state, exitCode });
    decoration?.onRender(() => {
      const shown = marks.find((mark) => mark.marker === marker);
      if (shown) paint(shown);
    });
  };
  const receive = (kind: string, exitCode: number): void => {
    const last = marks.at(-1);
    if (kind === "A") {
      // A prompt at which nothing was run is no command: the new one takes its place.
      if (last?.state === "prompt") marks.splice(-1, 1).forEach(drop);
      const { baseY, cursorY } = terminal.buffer.normal;
      add(baseY + cursorY, { state: "prompt", exitCode: null });
    } else if (kind === "C" && last?.state === "prompt") {
      change(last, running);
    } else if (kind === "D" && last?.state === "running") {
      change(last, { state: "done", exitCode: Number.isInteger(exitCode) ? exitCode : null });
    }
  };
  terminal.parser.registerOscHandler(133, (text) => {
    const [kind = "", ...rest] = text.split(";");
    if (key !== null && rest.includes(`k=${key}`)) receive(kind, Number.parseInt(rest[0] ?? "", 10));
    return true;
  });
  // A screen that a full-screen program covers has its marks when the program has ended.
  terminal.buffer.onBufferChange((buffer) => {
    if (buffer.type !== "normal" || !waiting) return;
    const set = waiting;
    waiting = null;
    set();
  });
  // Who types is at the prompt again.
  terminal.onData(() => setCurrent(null));

  const setCurrent = (marker: IMarker | null): void => {
    if (current === marker) return;
    current = marker;
    for (const mark of marks) if (mark.decoration?.element) paint(mark);
  };
  return {
    show(screen) {
      marks.splice(0).forEach(drop);
      ({ markKey: key } = screen);
      current = null;
      const set = (): void => {
        for (const mark of screen.marks) add(mark.line, mark.state === "running" ? running : mark);
      };
      waiting = terminal.buffer.active.type === "normal" ? null : set;
      if (!waiting) set();
    },
    jump(direction) {
      const commands = marks.filter(({ marker, state }) => !marker.isDisposed && state !== "prompt");
      const at = commands.findIndex(({ marker }) => marker === current);
      const from = at < 0 ? commands.length : at;
      const to = commands[direction === "previous" ? Math.max(0, from - 1) : from + 1];
      setCurrent(to?.marker ?? null);
      if (to) terminal.scrollToLine(Math.max(0, to.marker.line - LINES_ABOVE));
      else terminal.scrollToBottom();
    },
    shellEnded(exitCode) {
      running = { state: exitCode === null ? "running" : "done", exitCode };
      if (exitCode === null) return;
      const last = marks.at(-1);
      if (last?.state === "running") change(last, running);
    },
  };
}
