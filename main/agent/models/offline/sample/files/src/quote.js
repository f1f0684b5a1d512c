import { subtotal, weight } from "./cart.js";
import { bulkRate, codeDiscount } from "./discounts.js";
import { formatPrice, roundCents } from "./money.js";
import { shippingCost, shipsFree } from "./shipping.js";

/**
 * What a cart costs in the end.
 *
 * @param {{ sku: string, quantity: number }[]} cart
 * @param {{ code?: string, country?: string }} [options={}]
 * @returns {{ subtotal: number, discount: number, shipping: number, total: number }} cents
 * @example
 * quote([{ sku: 'kettle', quantity: 1 }]) // => { subtotal: 3900, discount: 0, shipping: 690, total: 4590 }
 * quote([{ sku: 'mug', quantity: 6 }], { code: 'FIVER' }).total // => 5790
 */
export function quote(cart, options = {}) {
  const pieces = cart.reduce((sum, line) => sum + line.quantity, 0);
  const before = subtotal(cart);
  const bulk = roundCents(before * bulkRate(pieces)); 
  const discount = bulk + codeDiscount(options.code ?? "", before - bulk);
  const after = before - discount;
  const shipping = shipsFree(after, options.country) ? 0 : shippingCost(weight(cart), options.country);
  return { subtotal: before, discount, shipping, total: after + shipping };
}
