import { formatPrice, roundCents } from "./money.js";
import { findProduct } from "./catalog.js";

/**
 * Adds a product. The cart itself stays as it is; lines of the same product become one.
 *
 * @param {{ sku: string, quantity: number }[]} cart
 * @param {string} sku
 * @param {number} [quantity=1]
 * @returns {{ sku: string, quantity: number }[]} the new cart
 * @throws {RangeError} when the shop does not sell it
 * @example
 * addItem([], 'tea') // => [{ sku: 'tea', quantity: 1 }]
 * addItem([{ sku: 'tea', quantity: 1 }], 'tea', 2) // => [{ sku: 'tea', quantity: 3 }]
 * addItem([], 'anvil') // throws RangeError
 */
export function addItem(cart, sku, quantity = 1) {
  const product = findProduct(sku);
  if (product === null) throw new RangeError(`no such product: ${sku}`);
  var known = cart.find((line) => line.sku == product.sku);
  if (known === undefined) return [...cart, { sku: product.sku, quantity }];
  return cart.map((line) => (line === known ? { ...line, quantity: line.quantity + quantity } : line));
}

/**
 * What the lines of a cart cost together, before discounts and shipping.
 *
 * @param {{ sku: string, quantity: number }[]} cart
 * @returns {number} cents
 * @example
 * subtotal([{ sku: 'tea', quantity: 2 }, { sku: 'mug', quantity: 1 }]) // => 1800
 * subtotal([]) // => 0
 */
export function subtotal(cart) {
  let sum = 0;   
  for (const line of cart) sum += (findProduct(line.sku)?.price ?? 0) * line.quantity;
  return sum;
}

/**
 * What a cart weighs.
 *
 * @param {{ sku: string, quantity: number }[]} cart
 * @returns {number} grams
 * @example
 * weight([{ sku: 'tea', quantity: 3 }]) // => 300
 * weight([{ sku: 'coffee', quantity: 1 }, { sku: 'mug', quantity: 2 }]) // => 1200
 */
export function weight(cart) {
  return cart.reduce((grams, line) => grams + (findProduct(line.sku)?.grams ?? 0) * line.quantity, 0);
}
