import { expect, test } from "vitest";
import { withoutLineBreaks } from "./copy-text.ts";

test("lines become one, with a space where there was a line end", () => {
  expect(withoutLineBreaks("git commit\n  --message\r\n  'done'\n", 80)).toBe("git commit --message 'done'");
});

test("a line that fills the width goes on without a space", () => {
  expect(withoutLineBreaks("https://exam\nple.com/a", 12)).toBe("https://example.com/a");
});

test("empty lines leave nothing behind", () => {
  expect(withoutLineBreaks("\n\na\n\n\nb\n", 80)).toBe("a b");
});
