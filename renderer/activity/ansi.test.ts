import { expect, test } from "vitest";
import { ansiSpans, plainText } from "./ansi.ts";

test("keeps colours as names and joins what looks alike", () => {
  expect(ansiSpans("a\u001b[31mred\u001b[1m bold\u001b[0m\u001b[39mb\u001b[0mc")).toEqual([
    { text: "a", tone: null, bold: false },
    { text: "red", tone: "red", bold: false },
    { text: " bold", tone: "red", bold: true },
    { text: "bc", tone: null, bold: false },
  ]);
});

test("the numbers of a large palette are no codes of their own", () => {
  expect(ansiSpans("\u001b[38;5;31mx\u001b[48;2;31;32;33my\u001b[32mz")).toEqual([
    { text: "xy", tone: null, bold: false },
    { text: "z", tone: "green", bold: false },
  ]);
});

test("takes out whatever steers a terminal", () => {
  const hostile =
    "a\u001b]0;title\u0007b\u001b]52;c;aGk=\u001b\\c\u001b[2J\u001b[10;10Hd\u001b(Be\u0000\u0007\bf\u009b31mg";
  expect(plainText(hostile)).toBe("abcdefg");
});

test("a sequence that the text ends in is not shown", () => {
  expect(plainText("done\u001b[3")).toBe("done");
  expect(plainText("done\u001b]0;half a title")).toBe("done");
  expect(plainText("done\u001b")).toBe("done");
});

test("of a line that was written over, the last state is left", () => {
  expect(plainText("10%\r50%\r100%\nnext\r\nlast\r")).toBe("100%\nnext\nlast");
});

test("leaves tabs, line breaks and wide characters alone", () => {
  expect(plainText("a\tb\n漢字 🙂")).toBe("a\tb\n漢字 🙂");
});
