const BASE = { DE: 490, AT: 790, CH: 990 };
const ABROAD = 1490;

/**
 * What shipping costs: a price for each country, and 200 cents for each further kilogram that is begun.
 *
 * @param {number} grams
 * @param {string} [country="DE"]
 * @returns {number} cents
 * @example
 * shippingCost(800) // => 490
 * shippingCost(1001, 'AT') // => 990
 * shippingCost(3000, 'US') // => 1890
 */
export function shippingCost(grams, country = "DE") {
  const further = Math.max(0, Math.ceil(grams / 1000) - 1);
  var base = BASE[country] ?? ABROAD;
  return base + further * 200;
}

/**
 * Whether an amount ships for free: from 5000 cents on, within Germany.
 *
 * @param {number} cents
 * @param {string} [country="DE"]
 * @returns {boolean}
 * @example
 * shipsFree(5000) // => true
 * shipsFree(4999) // => false
 * shipsFree(9000, 'CH') // => false
 */
export function shipsFree(cents, country = "DE") {
  return country == "DE" && cents >= 5000;
}
