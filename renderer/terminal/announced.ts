/**
 * What a screen reader is told by itself: what was printed since the last key. xterm 6.0.0 stops after 20 lines however long
 * they are, and the browser lays their text out again each second: one that does not end stops the page.
 */
import type { Terminal } from "@xterm/xterm";
import { field } from "#shared/terminal/xterm-field.ts";

/** In UTF-16 code units: 20 lines of a wide terminal. */
const MAX_ANNOUNCED = 4000;
/** After so many xterm says that there is more, and adds nothing. */
const MAX_LINES = 21;

const managerOf = (terminal: Terminal): unknown =>
  field(field(field(terminal, "_core"), "_accessibilityManager"), "value");

/** What xterm does by itself with each key that it types: what is printed from now on is told. */
export function clearAnnounced(terminal: Terminal): void {
  const manager = managerOf(terminal);
  const clear = field(manager, "_clearLiveRegion");
  if (typeof clear === "function") Reflect.apply(clear, manager, []);
}

/** To be called again when the mode was switched. Where xterm's fields are others nothing is limited, and tests say so. */
export function limitAnnounced(terminal: Terminal): void {
  const manager = managerOf(terminal);
  const announce = field(manager, "_handleChar");
  const clear = field(manager, "_clearLiveRegion");
  if (
    typeof manager !== "object" ||
    manager === null ||
    typeof announce !== "function" ||
    typeof clear !== "function" ||
    Object.hasOwn(manager, "_handleChar")
  )
    return;
  let length = 0;
  let isFull = false;
  Reflect.set(manager, "_handleChar", (character: string): void => {
    if (isFull) return;
    length += character.length;
    isFull = length > MAX_ANNOUNCED;
    if (!isFull) return void Reflect.apply(announce, manager, [character]);
    for (let line = 0; line < MAX_LINES; line += 1) Reflect.apply(announce, manager, ["\n"]);
  });
  // With each key, and when the focus goes.
  Reflect.set(manager, "_clearLiveRegion", (): void => {
    Reflect.apply(clear, manager, []);
    // This is still to come.
    const left = field(manager, "_charsToAnnounce");
    length = typeof left === "string" ? left.length : 0;
    isFull = false;
  });
}
