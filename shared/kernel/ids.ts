const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A new id such as `ses_7k3m9q2xw4tz`: the prefix says what it names, the rest is 60 random bits in an alphabet
 * without look-alikes, so that a person can read it out and type its beginning.
 */
export function newId(prefix: string): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `${prefix}_${Array.from(bytes, (byte) => ALPHABET[byte & 31]).join("")}`;
}
