/** The screens of all terminals, parsed in one worker that starts with the first of them. */
import { Worker } from "node:worker_threads";
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { Log } from "./log.ts";
import type { ScreenFacts, ScreenOptions, Snapshot } from "./screen.ts";
import type { FromScreens, Identity, ToScreens } from "./screen-worker.ts";

export interface RemoteScreen extends Disposable {
  /** Takes `bytes` away from the caller, with the whole of their buffer. */
  write(bytes: Uint8Array<ArrayBuffer>): void;
  resize(cols: number, rows: number): void;
  /** As Screen's. */
  clear(): void;
  /** The state after all that was written so far; a short one has only the last lines of its scrollback. */
  snapshot(short?: boolean): Promise<Snapshot>;
  /** Writes the state after all that was written so far to `file`. Resolves with why it could not, or null. */
  save(file: string, identity: Identity): Promise<string | null>;
  /** Bytes that were written and not yet parsed. */
  readonly unparsed: number;
}

export interface ScreenListener {
  /** Some of what was written has been parsed; `answers` are what a terminal would say to the queries in it. */
  onParsed(answers: readonly string[]): void;
  onFacts(facts: ScreenFacts): void;
}

export interface Screens extends AsyncDisposable {
  open(id: string, options: ScreenOptions, listener: ScreenListener): RemoteScreen;
}

interface OpenScreen {
  options: ScreenOptions;
  unparsed: number;
  readonly listener: ScreenListener;
  readonly snapshots: Map<number, { readonly short: boolean; resolve(state: Snapshot): void }>;
  readonly saves: Map<number, (error: string | null) => void>;
}

const WORKER = new URL(
  import.meta.url.endsWith(".ts") ? "./screen-worker.ts" : "./screen-worker.js",
  import.meta.url,
);

export function createScreens(log: Log, workerUrl: URL = WORKER): Screens {
  const screens = new Map<string, OpenScreen>();
  let worker: Worker | null = null;
  let lastRef = 0;
  let closing = false;

  const post = (message: ToScreens, transfer: ArrayBuffer[] = []): void => {
    worker ??= startWorker();
    worker.postMessage(message, transfer);
  };
  const startWorker = (): Worker => {
    const started = new Worker(workerUrl);
    started.on("message", receive);
    started.on("error", (error) => log(`screens: ${String(error)}`));
    started.on("exit", () => {
      worker = null;
      if (!closing) startAfresh();
    });
    return started;
  };
  /** The parser died of what it was given. The shells live: their screens start empty. */
  const startAfresh = (): void => {
    for (const [id, screen] of screens) {
      screen.unparsed = 0;
      post({ type: "open", id, options: screen.options });
      for (const [ref, { short }] of screen.snapshots) post({ type: "snapshot", id, ref, short });
      for (const settle of screen.saves.values()) settle("the parser ended");
      screen.saves.clear();
      screen.listener.onParsed([]);
    }
  };
  const receive = (message: FromScreens): void => {
    const screen = screens.get(message.id);
    if (!screen) return;
    switch (message.type) {
      case "parsed":
        screen.unparsed -= message.bytes;
        screen.listener.onParsed(message.answers);
        break;
      case "facts":
        screen.listener.onFacts({ title: message.title, cwd: message.cwd, command: message.command });
        break;
      case "snapshot":
        screen.snapshots.get(message.ref)?.resolve(message.state);
        screen.snapshots.delete(message.ref);
        break;
      case "saved":
        screen.saves.get(message.ref)?.(message.error);
        screen.saves.delete(message.ref);
        break;
      default:
        assertNever(message);
    }
  };

  return {
    open(id, options, listener) {
      const screen: OpenScreen = {
        options,
        unparsed: 0,
        listener,
        snapshots: new Map(),
        saves: new Map(),
      };
      screens.set(id, screen);
      post({ type: "open", id, options });
      return {
        get unparsed() {
          return screen.unparsed;
        },
        write(bytes) {
          screen.unparsed += bytes.byteLength;
          post({ type: "write", id, bytes }, [bytes.buffer]);
        },
        resize(cols, rows) {
          screen.options = { ...screen.options, cols, rows };
          post({ type: "resize", id, cols, rows });
        },
        clear() {
          // What it began with is gone too, also where the parser dies later.
          const { restore: _, ...options } = screen.options;
          screen.options = options;
          post({ type: "clear", id });
        },
        snapshot: (short = false) =>
          new Promise((resolve) => {
            const ref = ++lastRef;
            screen.snapshots.set(ref, { short, resolve });
            post({ type: "snapshot", id, ref, short });
          }),
        save: (file, identity) =>
          new Promise((resolve) => {
            const ref = ++lastRef;
            screen.saves.set(ref, resolve);
            post({ type: "save", id, ref, file, identity });
          }),
        [Symbol.dispose]() {
          screens.delete(id);
          post({ type: "close", id });
        },
      };
    },
    async [Symbol.asyncDispose]() {
      closing = true;
      await worker?.terminate();
    },
  };
}
