/** Parses the screens of all terminals, away from the thread that drains them. Started by screens.ts. */
import { parentPort } from "node:worker_threads";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { type Screen, type ScreenState, createScreen } from "./screen.ts";

/** Handled in order, so that a snapshot is the state after exactly the writes sent before it. */
export type ToScreens =
  | { readonly type: "open"; readonly id: string; readonly cols: number; readonly rows: number }
  | { readonly type: "write"; readonly id: string; readonly bytes: Uint8Array }
  | { readonly type: "resize"; readonly id: string; readonly cols: number; readonly rows: number }
  | { readonly type: "snapshot"; readonly id: string; readonly ref: number }
  | { readonly type: "close"; readonly id: string };

export type FromScreens =
  | {
      readonly type: "parsed";
      readonly id: string;
      readonly bytes: number;
      readonly answers: readonly string[];
    }
  | { readonly type: "facts"; readonly id: string; readonly title: string; readonly cwd: string | null }
  | { readonly type: "snapshot"; readonly id: string; readonly ref: number; readonly state: ScreenState };

const screens = new Map<string, Screen>();
const post = (message: FromScreens): void => parentPort?.postMessage(message);

function handle(message: ToScreens): void {
  const { id } = message;
  if (message.type === "open") {
    const onFacts = (facts: { title: string; cwd: string | null }) => post({ type: "facts", id, ...facts });
    screens.set(id, createScreen(message.cols, message.rows, onFacts));
    return;
  }
  const screen = screens.get(id);
  if (!screen) return;
  switch (message.type) {
    case "write":
      screen.write(message.bytes, (answers) =>
        post({ type: "parsed", id, bytes: message.bytes.byteLength, answers }),
      );
      break;
    case "resize":
      screen.resize(message.cols, message.rows);
      break;
    case "snapshot":
      void screen.snapshot().then((state) => post({ type: "snapshot", id, ref: message.ref, state }));
      break;
    case "close":
      screen[Symbol.dispose]();
      screens.delete(id);
      break;
    default:
      assertNever(message);
  }
}

parentPort?.on("message", handle);
