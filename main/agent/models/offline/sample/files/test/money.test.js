import assert from "node:assert/strict";
import { test } from "node:test";
import { formatPrice, parsePrice } from "../src/money.js";

test("prices are written with two digits", () => {
  assert.equal(formatPrice(1250), "€12.50");
  assert.equal(formatPrice(-250, "$"), "-$2.50");
});

test("prices are read back", () => {
  assert.equal(parsePrice("€12.50"), 1250);
  assert.throws(() => parsePrice("free"), TypeError);
});
