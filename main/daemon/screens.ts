/** The screens of all terminals, parsed in one worker that starts with the first of them. */
import { Worker } from "node:worker_threads";
import { assertNever } from "#shared/kernel/assert-never.ts";
import type { Log } from "./log.ts";
import type { ScreenState } from "./screen.ts";
import type { FromScreens, ToScreens } from "./screen-worker.ts";

export interface RemoteScreen extends Disposable {
  /** Takes a copy. */
  write(bytes: Uint8Array): void;
  resize(cols: number, rows: number): void;
  /** The state after all that was written so far. */
  snapshot(): Promise<ScreenState>;
  /** Bytes that were written and not yet parsed. */
  readonly unparsed: number;
}

export interface ScreenListener {
  /** Some of what was written has been parsed; `answers` are what a terminal would say to the queries in it. */
  onParsed(answers: readonly string[]): void;
  /** The programs' title or folder changed. */
  onFacts(facts: { title: string; cwd: string | null }): void;
}

export interface Screens extends AsyncDisposable {
  open(id: string, cols: number, rows: number, listener: ScreenListener): RemoteScreen;
}

interface OpenScreen {
  cols: number;
  rows: number;
  unparsed: number;
  readonly listener: ScreenListener;
  readonly snapshots: Map<number, (state: ScreenState) => void>;
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

  const post = (message: ToScreens): void => {
    worker ??= startWorker();
    worker.postMessage(message);
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
      post({ type: "open", id, cols: screen.cols, rows: screen.rows });
      for (const ref of screen.snapshots.keys()) post({ type: "snapshot", id, ref });
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
        screen.listener.onFacts({ title: message.title, cwd: message.cwd });
        break;
      case "snapshot":
        screen.snapshots.get(message.ref)?.(message.state);
        screen.snapshots.delete(message.ref);
        break;
      default:
        assertNever(message);
    }
  };

  return {
    open(id, cols, rows, listener) {
      const screen: OpenScreen = { cols, rows, unparsed: 0, listener, snapshots: new Map() };
      screens.set(id, screen);
      post({ type: "open", id, cols, rows });
      return {
        get unparsed() {
          return screen.unparsed;
        },
        write(bytes) {
          screen.unparsed += bytes.byteLength;
          post({ type: "write", id, bytes });
        },
        resize(cols, rows) {
          Object.assign(screen, { cols, rows });
          post({ type: "resize", id, cols, rows });
        },
        snapshot: () =>
          new Promise((resolve) => {
            const ref = ++lastRef;
            screen.snapshots.set(ref, resolve);
            post({ type: "snapshot", id, ref });
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
