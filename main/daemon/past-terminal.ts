/** A terminal of a daemon that is no more: its screen can be looked at, and a new shell can take its place. */
import { KILL_GRACE_MS } from "./command.ts";
import { endTree } from "./process-tree.ts";
import type { CommandExit } from "./protocol.ts";
import { type SavedTerminal, readSaved, removeSaved, saveTerminalNow } from "./saved.ts";
import type { ScreenOptions } from "./screen.ts";
import type { Terminal } from "./terminal.ts";

export interface PastTerminal extends Terminal {
  /** How a new screen begins with this one; null where it can't be read any more. */
  restore(): NonNullable<ScreenOptions["restore"]> | null;
  forget(): void;
}

const NOTHING: Disposable = { [Symbol.dispose]() {} };

/** `marker`: what its processes carry in their environment; those that outlived the daemon end when it is closed. */
export function pastTerminal(saved: SavedTerminal, file: string, marker: string): PastTerminal {
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
    const content = readSaved(file);
    return { text: content?.text ?? "", marks: content?.saved.marks ?? [] };
  };
  const clearListeners = new Set<() => void>();
  return {
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
      saveTerminalNow(file, { ...saved, marks: [] }, "");
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
    forget: () => removeSaved(file),
    async close() {
      await endTree({ marker, leader: null }, ["SIGHUP", "SIGTERM"], KILL_GRACE_MS);
      removeSaved(file);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
