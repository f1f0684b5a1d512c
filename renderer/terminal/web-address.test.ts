import { expect, test } from "vitest";
import { webAddress } from "./web-address.ts";

test.each([
  ["http://localhost:5173", "http://localhost:5173/"],
  ["https://example.org/a?b=c#d", "https://example.org/a?b=c#d"],
  ["HTTPS://EXAMPLE.ORG/A", "https://example.org/A"],
  ["  https://example.org", "https://example.org/"],
  ["https://exa\nmple.org\t/x", "https://example.org/x"],
  // Cyrillic а and е.
  ["https://\u0430ppl\u0435.com/", "https://xn--ppl-5cd2a.com/"],
  ["https://ex\u202eample.org/", null],
  ["https://ann@example.org/", null],
  ["https://your.bank:443@evil.example/", null],
  ["https://:password@example.org/", null],
  ["javascript:alert(1)", null],
  ["JaVaScRiPt:alert(1)", null],
  ["  javascript:alert(1)", null],
  ["java\nscript:alert(1)", null],
  ["\u0001javascript:alert(1)", null],
  ["javascript://example.org/%0aalert(1)", null],
  ["vbscript:msgbox(1)", null],
  ["data:text/html,<script>alert(1)</script>", null],
  ["file:///etc/passwd", null],
  ["blob:https://example.org/1", null],
  ["view-source:https://example.org/", null],
  ["ws://example.org/", null],
  ["//example.org/", null],
  ["example.org", null],
  ["https://", null],
  ["", null],
])("of %j opens %j", (text, address) => {
  expect(webAddress(text)).toBe(address);
});
