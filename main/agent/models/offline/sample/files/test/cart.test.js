import assert from "node:assert/strict";
import { test } from "node:test";
import { addItem, subtotal } from "../src/cart.js";

test("the same product makes one line", () => {
  const cart = addItem(addItem([], "tea"), "tea", 2);
  assert.deepEqual(cart, [{ sku: "tea", quantity: 3 }]);
});

test("lines add up", () => {
  assert.equal(subtotal([{ sku: "tea", quantity: 2 }]), 900);
});
