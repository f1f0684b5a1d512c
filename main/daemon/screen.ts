/** One terminal's screen: xterm without a display, and what its own snapshot leaves out. Runs in a worker. */
import { SerializeAddon } from "@xterm/addon-serialize";
import xterm from "@xterm/headless";
import { trackModes } from "./screen-modes.ts";

export const SCROLLBACK_LINES = 10_000;
/** A screen goes to a client in one frame: where colours make it larger, its scrollback is cut. */
export const MAX_SCREEN_BYTES = 16 * 1024 * 1024;
/** Titles and folders come from programs, and are shown: no more than a person can read. */
const MAX_TITLE = 512;
const MAX_CWD = 4096;

export interface ScreenState {
  /** Written to an empty terminal of the same size, this gives the same screen, scrollback, cursor and modes. */
  readonly text: string;
  readonly cols: number;
  readonly rows: number;
  readonly title: string;
  /** As the shell said by OSC 7, or null. */
  readonly cwd: string | null;
}

export interface Screen extends Disposable {
  /** Calls back when `bytes` have been parsed, with the answers that a terminal would give to the queries in them. */
  write(bytes: Uint8Array, onParsed: (answers: readonly string[]) => void): void;
  resize(cols: number, rows: number): void;
  /** The state after all that was written so far, and before anything written later. */
  snapshot(): Promise<ScreenState>;
}

/** `onFacts` is called when the programs' title or folder has changed. */
export function createScreen(
  cols: number,
  rows: number,
  onFacts: (facts: { title: string; cwd: string | null }) => void = () => {},
): Screen {
  const terminal = new xterm.Terminal({
    cols,
    rows,
    scrollback: SCROLLBACK_LINES,
    allowProposedApi: true,
    // It would print a page for each sequence that it can't parse, into the daemon's log.
    logLevel: "off",
  });
  const serializer = new SerializeAddon();
  terminal.loadAddon(serializer);
  const modes = trackModes(terminal);
  let title = "";
  let cwd: string | null = null;
  let answers: string[] = [];

  let factsChanged = false;

  terminal.onTitleChange((text) => {
    title = text.slice(0, MAX_TITLE);
    factsChanged = true;
  });
  terminal.parser.registerOscHandler(7, (text) => {
    cwd = folderOf(text) ?? cwd;
    factsChanged = true;
    return true;
  });
  terminal.onData((answer) => {
    // One answer of a kind for each piece: a storm of queries is not a storm of input.
    if (isHarmless(answer) && !answers.includes(answer)) answers.push(answer);
  });

  const text = (): string => {
    for (let scrollback = SCROLLBACK_LINES; ; scrollback = Math.floor(scrollback / 2)) {
      const whole = serializer.serialize({ scrollback }) + modes.restore();
      if (Buffer.byteLength(whole) <= MAX_SCREEN_BYTES || scrollback === 0) return whole;
    }
  };
  return {
    write(bytes, onParsed) {
      terminal.write(bytes, () => {
        const given = answers;
        answers = [];
        if (factsChanged) onFacts({ title, cwd });
        factsChanged = false;
        onParsed(given);
      });
    },
    // In turn with the writes: the bytes before it were meant for the old size.
    resize: (cols, rows) => terminal.write("", () => terminal.resize(cols, rows)),
    snapshot: () =>
      new Promise((resolve) => {
        terminal.write("", () =>
          resolve({ text: text(), cols: terminal.cols, rows: terminal.rows, title, cwd }),
        );
      }),
    [Symbol.dispose]: () => terminal.dispose(),
  };
}

/**
 * Answers without anything in them that a program's output could choose: device attributes, "terminal is fine", where
 * the cursor is. Never a title, a colour or a setting, which would be typed into whatever reads next.
 */
const isHarmless = (answer: string): boolean =>
  answer.startsWith("\x1b[") && /^([?>]?[\d;]*c|0n|\d+;\d+R)$/.test(answer.slice(2));

function folderOf(text: string): string | null {
  if (text.length > MAX_CWD || !URL.canParse(text)) return null;
  const url = new URL(text);
  try {
    return url.protocol === "file:" ? decodeURIComponent(url.pathname) : null;
  } catch {
    return null;
  }
}
