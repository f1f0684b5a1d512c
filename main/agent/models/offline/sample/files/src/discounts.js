import { roundCents } from "./money.js";

/**
 * The share that is taken off for many pieces: 5 % from 10 pieces on, 10 % from 50 on.
 *
 * @param {number} pieces
 * @returns {number} a share between 0 and 1
 * @example
 * bulkRate(9) // => 0
 * bulkRate(10) // => 0.05
 * bulkRate(50) // => 0.1
 */
export function bulkRate(pieces) {
  if (pieces >= 50) return 0.1;
  if (pieces > 10) return 0.05;
  return 0;
}

/**
 * What a code takes off an amount.
 *
 * @param {string} code `WELCOME` takes off 10 %, `FIVER` five euros but never more than the amount
 * @param {number} cents the amount
 * @returns {number} cents to take off; 0 for a code that does not exist
 * @example
 * codeDiscount('WELCOME', 1995) // => 200
 * codeDiscount('FIVER', 2000) // => 500
 * codeDiscount('FIVER', 300) // => 300
 * codeDiscount('NONSENSE', 2000) // => 0
 */
export function codeDiscount(code, cents) {
  if (code === "WELCOME") return roundCents(cents * 0.1);
  if (code === "FIVER") return Math.min(500, cents);
  return 0;
}
