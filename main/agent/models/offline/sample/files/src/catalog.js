/** What the shop sells. Prices are cents. */
export const PRODUCTS = [
  { sku: "tea", name: "Green tea", price: 450, grams: 100 },
  { sku: "coffee", name: "Coffee beans", price: 1290, grams: 500 },
  { sku: "mug", name: "Mug", price: 900, grams: 350 },
  { sku: "kettle", name: "Kettle", price: 3900, grams: 1200 },
];

/**
 * Finds a product by its number.
 *
 * @param {string} sku upper or lower case
 * @returns {{ sku: string, name: string, price: number, grams: number } | null} null when the shop does not sell it
 * @example
 * findProduct('TEA').name // => 'Green tea'
 * findProduct('anvil') // => null
 */
export function findProduct(sku) {
  const wanted = sku.toLowerCase();
  return PRODUCTS.find((product) => product.sku === wanted) ?? null;
}

/**
 * Products whose name has the words, in the order of the catalog.
 *
 * @param {string} words
 * @returns {string[]} their numbers
 * @example
 * searchProducts('gr tea') // => ['tea']
 * searchProducts('e').length // => 3
 * searchProducts('') // => []
 */
export function searchProducts(words) {
  const parts = words.toLowerCase().split(" ").filter((part) => part != "");
  if (parts.length === 0) return [];
  return PRODUCTS.filter((product) => parts.every((part) => product.name.toLowerCase().includes(part))).map(
    (product) => product.sku,
  );
}
