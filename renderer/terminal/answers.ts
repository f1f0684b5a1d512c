/**
 * What xterm wants to send is a person's key, or an answer to a query in what a program printed. A file that is printed
 * must not type into the shell, so answers go out only where nothing in them can be chosen by who asked.
 */
export type InputKind = "typed" | "harmless-answer" | "hostile-answer";

const ESC = "\x1b";
/** Device attributes, "terminal is fine", where the cursor is: the same that the daemon gives while nobody looks. */
const HARMLESS = /^(?:[?>]?[\d;]*c|0n|\d+;\d+R)$/;
/** Strings that a program can fill (settings, colours, titles), and reports of modes and of the window. */
const REPORT = /^(?:\?|>|[\d;]*\$y$|[\d;]*t$)/;
/** DCS, OSC, SOS, PM, APC. Alone, with nothing behind it, it is Alt and a key. */
const STRING_INTRODUCERS = "P]X^_";

export function inputKind(data: string): InputKind {
  if (!data.startsWith(ESC) || data.length < 3) return "typed";
  if (STRING_INTRODUCERS.includes(data.charAt(1))) return "hostile-answer";
  if (data.charAt(1) !== "[") return "typed";
  const rest = data.slice(2);
  if (HARMLESS.test(rest)) return "harmless-answer";
  return REPORT.test(rest) ? "hostile-answer" : "typed";
}
