/**
 * What a terminal does at most for a few bytes. xterm 6.0.0 scrolls, inserts and repeats as often as a program says, up to two
 * thousand million times, keeps addresses of any length, and lets a character grow without end: each of them stops whoever
 * parses it, and the daemon parses all terminals. Where xterm's fields are others nothing is limited, and tests say so.
 */
import { field } from "./xterm-field.ts";

interface Limited {
  readonly cols: number;
  readonly rows: number;
  readonly parser: { registerOscHandler(id: number, handler: (text: string) => boolean): unknown };
}

/** Scrolls, and inserts and deletes lines. */
const BY_ROWS = ["L", "M", "S", "T"];
/** Goes from tab to tab, and repeats a character. */
const BY_COLUMNS = ["I", "Z", "b"];
const LINK = 8;
/** In characters; browsers take no longer address for sure. */
export const MAX_LINK = 4096;
/** In UTF-16 units: a family of four with all its skin tones has nineteen. */
const MAX_CHARACTER = 32;

/** `terminal`: an xterm. */
export function limitWork(terminal: Limited): void {
  const core = field(terminal, "_core");
  const register = field(core, "registerCsiHandler");
  const limit = (final: string, most: () => number): void => {
    // The parameters themselves: those of the public handlers are a copy.
    const clamp = (params: unknown): boolean => {
      const counts = field(params, "params");
      if (counts instanceof Int32Array) counts[0] = Math.min(counts[0] ?? 0, most());
      return false;
    };
    if (typeof register === "function") Reflect.apply(register, core, [{ final }, clamp]);
  };
  for (const final of BY_ROWS) limit(final, () => terminal.rows);
  for (const final of BY_COLUMNS) limit(final, () => terminal.cols);
  terminal.parser.registerOscHandler(LINK, (text) => text.length > MAX_LINK);
  limitCharacters(core);
}

const limited = new WeakSet<object>();

/** Of all terminals: their lines are of one class. */
function limitCharacters(core: unknown): void {
  const lines = field(field(field(core, "buffers"), "normal"), "lines");
  const get = field(lines, "get");
  const line: unknown = typeof get === "function" ? Reflect.apply(get, lines, [0]) : null;
  const prototype: unknown = typeof line === "object" && line !== null ? Reflect.getPrototypeOf(line) : null;
  const add = field(prototype, "addCodepointToCell");
  if (
    typeof prototype !== "object" ||
    prototype === null ||
    typeof add !== "function" ||
    limited.has(prototype)
  )
    return;
  limited.add(prototype);
  Reflect.set(prototype, "addCodepointToCell", function addSome(this: unknown, ...given: unknown[]): void {
    const before = field(field(this, "_combined"), String(given[0]));
    if (typeof before !== "string" || before.length < MAX_CHARACTER) Reflect.apply(add, this, given);
  });
}
