/** Parses the screens of all terminals, away from the thread that drains them. Started by screens.ts. */
import { parentPort } from "node:worker_threads";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { MAX_SAVED_BYTES, type SavedTerminal } from "./saved.ts";
import { type Screen, type ScreenFacts, type ScreenOptions, type Snapshot, createScreen } from "./screen.ts";
import { writeWhole } from "./whole-file.ts";

/** Handled in order, so that a snapshot is the state after exactly the writes sent before it. */
export type ToScreens =
  | { readonly type: "open"; readonly id: string; readonly options: ScreenOptions }
  | { readonly type: "write"; readonly id: string; readonly bytes: Uint8Array }
  | { readonly type: "resize"; readonly id: string; readonly cols: number; readonly rows: number }
  | { readonly type: "clear"; readonly id: string }
  | { readonly type: "snapshot"; readonly id: string; readonly ref: number; readonly short: boolean }
  | {
      readonly type: "save";
      readonly id: string;
      readonly ref: number;
      readonly file: string;
      readonly identity: Identity;
    }
  | { readonly type: "close"; readonly id: string };

/** What of a saved terminal is not its screen's. */
export type Identity = Omit<SavedTerminal, "cols" | "rows" | "title" | "marks">;

export type FromScreens =
  | {
      readonly type: "parsed";
      readonly id: string;
      readonly bytes: number;
      readonly answers: readonly string[];
    }
  | ({ readonly type: "facts"; readonly id: string } & ScreenFacts)
  | { readonly type: "saved"; readonly id: string; readonly ref: number; readonly error: string | null }
  | { readonly type: "snapshot"; readonly id: string; readonly ref: number; readonly state: Snapshot };

/** After it was saved, a screen that goes on being quiet for so long rests. */
const REST_MS = 5_000;
/** Several come to rest at about the same time. */
const COLLECT_MS = 1_000;

interface Held {
  readonly screen: Screen;
  restTimer: NodeJS.Timeout | null;
}
const screens = new Map<string, Held>();
let collectTimer: NodeJS.Timeout | null = null;
const post = (message: FromScreens): void => parentPort?.postMessage(message);

function handle(message: ToScreens): void {
  const { id } = message;
  if (message.type === "open") {
    const screen = createScreen(message.options, (facts) => post({ type: "facts", id, ...facts }));
    screens.set(id, { screen, restTimer: null });
    return;
  }
  const held = screens.get(id);
  if (!held) return;
  const { screen } = held;
  if (message.type !== "snapshot" && held.restTimer) clearTimeout(held.restTimer);
  switch (message.type) {
    case "write":
      screen.write(message.bytes, (answers) =>
        post({ type: "parsed", id, bytes: message.bytes.byteLength, answers }),
      );
      break;
    case "resize":
      screen.resize(message.cols, message.rows);
      break;
    case "clear":
      screen.clear();
      break;
    case "snapshot":
      void screen
        .snapshot({ short: message.short })
        .then((state) => post({ type: "snapshot", id, ref: message.ref, state }));
      break;
    case "save":
      held.restTimer = setTimeout(() => rest(screen), REST_MS);
      void save(screen, message).then((error) => post({ type: "saved", id, ref: message.ref, error }));
      break;
    case "close":
      screen[Symbol.dispose]();
      screens.delete(id);
      break;
    default:
      assertNever(message);
  }
}

function rest(screen: Screen): void {
  if (!screen.rest()) return;
  collectTimer ??= setTimeout(() => {
    collectTimer = null;
    // Nothing else makes it look: what rests allocates nothing. Only this flavour gives pages back. See launch.ts.
    globalThis.gc?.({ type: "major", execution: "sync", flavor: "last-resort" });
  }, COLLECT_MS);
}

/** Resolves with why it failed, or null. */
async function save(
  screen: Screen,
  { file, identity }: { file: string; identity: Identity },
): Promise<string | null> {
  const { text, cwd, cols, rows, title, marks } = await screen.snapshot({ maxBytes: MAX_SAVED_BYTES });
  const saved: SavedTerminal = { ...identity, cols, rows, title, marks, cwd: cwd ?? identity.cwd };
  return writeWhole(file, saved, text).then(
    () => null,
    (error: unknown) => String(error),
  );
}

parentPort?.on("message", handle);
