/** A terminal of a daemon that is no more: its screen can be looked at, and a new shell can take its place. */
import { KILL_GRACE_MS } from "./command.ts";
import { endTree } from "./process-tree.ts";
import type { CommandExit } from "./protocol.ts";
import { type SavedTerminal, readSaved } from "./saved.ts";
import type { ScreenOptions } from "./screen.ts";
import { type Terminal, terminalMarker } from "./terminal.ts";
import { removeWhole, writeWholeNow } from "./whole-file.ts";

export interface PastTerminal extends Terminal {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly savedAt: number;
  /** How a new screen begins with this one; null where it can't be read any more. */
  restore(): NonNullable<ScreenOptions["restore"]> | null;
  forget(): void;
}

const NOTHING: Disposable = { [Symbol.dispose]() {} };

/** What `file` has; null where that is no terminal. Its processes that outlived the daemon end when it is closed. */
export function pastTerminal(file: string): PastTerminal | null {
  const saved = readSaved(file)?.saved;
  return saved ? terminalOf(saved, file) : null;
}

function terminalOf(saved: SavedTerminal, file: string): PastTerminal {
  const { id, session, argv, startedAt, cols, rows, title, cwd } = saved;
  // The kernel hangs up on the shell when its terminal's daemon dies.
  const exit: CommandExit = saved.exit ?? {
    exitCode: null,
    signal: "SIGHUP",
    durationMs: saved.savedAt - startedAt,
    at: saved.savedAt,
  };
  const last = saved.marks.at(-1);
  const command = last ? { state: last.state, exitCode: last.exitCode } : null;
  const kept = (): { text: string; marks: SavedTerminal["marks"] } => {
    try {
      const content = readSaved(file);
      return { text: content?.text ?? "", marks: content?.saved.marks ?? [] };
    } catch {
      return { text: "", marks: [] };
    }
  };
  const clearListeners = new Set<() => void>();
  return {
    id,
    savedAt: saved.savedAt,
    exited: Promise.resolve(exit),
    state: () => ({
      ...{ id, session, pid: 0, shell: "", argv, startedAt, cols, rows, title, cwd },
      ...{ total: 0, exit, lost: saved.exit === null, command },
    }),
    write() {},
    typed: () => ({ offset: 0 }),
    resize() {},
    screen: () =>
      Promise.resolve({
        ...{ ...kept(), cols, rows, title, cwd, markKey: null, short: false },
        ...{ offset: 0, unfinished: new Uint8Array(0) },
      }),
    // Nobody types at its last line.
    async clear() {
      writeWholeNow(file, { ...saved, marks: [] } satisfies SavedTerminal, "");
      for (const listener of clearListeners) listener();
    },
    onOutput: () => NOTHING,
    onCleared(listener) {
      clearListeners.add(listener);
      return { [Symbol.dispose]: () => void clearListeners.delete(listener) };
    },
    restore() {
      const content = readSaved(file);
      const time = new Date().toTimeString().slice(0, 5);
      const notice = `── Oriel's daemon ended; a new shell was started at ${time} ──`;
      return content && { text: content.text, cols, rows, marks: content.saved.marks, notice };
    },
    forget: () => removeWhole(file),
    async close() {
      await endTree({ marker: terminalMarker(id), leader: null }, ["SIGHUP", "SIGTERM"], KILL_GRACE_MS);
      removeWhole(file);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
