/** Text of a program for a page: colours as a few names, everything else that steers a terminal taken out. */

export type Tone = "red" | "green" | "yellow" | "blue" | "dim";

export interface Span {
  readonly text: string;
  readonly tone: Tone | null;
  readonly bold: boolean;
}

type Style = Pick<Span, "tone" | "bold">;

const PLAIN: Style = { tone: null, bold: false };

/** Of the 16 colours those that a page can show on any background; the others stay in the text's own colour. */
const TONES: Readonly<Record<number, Tone | null>> = {
  31: "red",
  32: "green",
  33: "yellow",
  34: "blue",
  35: "blue",
  36: "blue",
  90: "dim",
  91: "red",
  92: "green",
  93: "yellow",
  94: "blue",
  95: "blue",
  96: "blue",
};

/*
 * ECMA-48: a control sequence (its parameters are group 1, its final byte group 2), a string up to its terminator (a
 * title, a link, a request for the clipboard), a charset, any other escape; each also where the text ends in the middle.
 */
const ESCAPE =
  // oxlint-disable-next-line no-control-regex
  /(?:\u001b\[|\u009b)([0-?]*)[ -/]*([@-~])?|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]?/g;

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** The spans of `text`, in order, joined where they look alike. Their text has no control character but `\n` and `\t`. */
export function ansiSpans(text: string): Span[] {
  const lines = overwritten(text);
  const spans: Span[] = [];
  let style = PLAIN;
  let from = 0;
  const add = (raw: string): void => {
    const clean = raw.replace(CONTROL, "");
    if (clean === "") return;
    const last = spans.at(-1);
    if (last?.tone === style.tone && last.bold === style.bold) {
      spans[spans.length - 1] = { ...last, text: last.text + clean };
    } else spans.push({ text: clean, ...style });
  };
  for (const match of lines.matchAll(ESCAPE)) {
    add(lines.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] === "m") style = styled(style, match[1] ?? "");
  }
  add(lines.slice(from));
  return spans;
}

/** The same without colours. */
export const plainText = (text: string): string =>
  ansiSpans(text)
    .map((span) => span.text)
    .join("");

/** A carriage return goes back to the line's start: of a progress bar only its last state is left. */
function overwritten(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .replace(/\r+\n/g, "\n")
    .split("\n")
    .map((line) => line.replace(/\r+$/, "").replace(/^.*\r/s, ""))
    .join("\n");
}

/** The style after `ESC [ codes m`. */
function styled(before: Style, codes: string): Style {
  let style = before;
  const numbers = codes.split(";").map((code) => Number.parseInt(code || "0", 10));
  for (let at = 0; at < numbers.length; at += 1) {
    const code = numbers[at]!;
    if (code === 0) style = PLAIN;
    else if (code === 1) style = { ...style, bold: true };
    else if (code === 2) style = { ...style, tone: "dim" };
    else if (code === 22) style = { tone: style.tone === "dim" ? null : style.tone, bold: false };
    else if (code === 38 || code === 48) {
      // A colour of the large palettes: its numbers are no codes of their own.
      at += numbers[at + 1] === 5 ? 2 : 4;
    } else if ((code >= 30 && code <= 39) || (code >= 90 && code <= 97)) {
      style = { ...style, tone: TONES[code] ?? null };
    }
  }
  return style;
}
