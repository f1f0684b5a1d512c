/** Amounts of money are whole cents, so that sums never lose one. */

/**
 * Rounds an amount to whole cents, halves away from zero.
 *
 * @param {number} cents an amount that may have a fraction
 * @returns {number} whole cents
 * @example
 * roundCents(10.5) // => 11
 * roundCents(10.4) // => 10
 * roundCents(-10.5) // => -11
 */
export function roundCents(cents) {
  return Math.sign(cents) * Math.round(Math.abs(cents));
}

/**
 * Writes an amount for people.
 *
 * @param {number} cents
 * @param {string} [currency="€"]
 * @returns {string}
 * @example
 * formatPrice(1250) // => '€12.50'
 * formatPrice(5) // => '€0.05'
 * formatPrice(-250, '$') // => '-$2.50'
 */
export function formatPrice(cents, currency = "€") {
  const sign = cents < 0 ? "-" : "";
  var amount = (Math.abs(cents) / 100).toFixed(2);
  return `${sign}${currency}${amount}`;
}

/**
 * Reads an amount that a person wrote.
 *
 * @param {string} text such as `12.50`, `€12.50` or `12`
 * @returns {number} cents
 * @throws {TypeError} when there is no amount in it
 * @example
 * parsePrice('€12.50') // => 1250
 * parsePrice('3') // => 300
 * parsePrice('free') // throws TypeError
 */
export function parsePrice(text) {
  const match = /^\D?(\d+)(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (match == null) throw new TypeError(`no amount: ${text}`);
  return Number(match[1]) * 100 + Number((match[2] ?? "").padEnd(2, "0"));
}
