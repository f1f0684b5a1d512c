/** What a typed setting means, or what is wrong with it, in a sentence. */
export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string };

const right = <Value>(value: Value): Checked<Value> => ({ ok: true, value });
const wrong = (problem: string): Checked<never> => ({ ok: false, problem });

/** The address of a model's server; empty is null, the environment's or OpenAI's. */
export function checkBaseUrl(text: string): Checked<string | null> {
  const typed = text.trim();
  if (typed === "") return right(null);
  const url = URL.canParse(typed) ? new URL(typed) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return wrong("An address begins with http:// or https://, such as https://api.openai.com/v1.");
  }
  if (url.username !== "" || url.password !== "")
    return wrong("Leave name and password out of the address; the key has a field of its own.");
  if (url.search !== "" || url.hash !== "")
    return wrong("The address ends with its path: leave out what follows ? or #.");
  return right(typed);
}

/** How many turns run at once; empty is null, twice the processors. */
export function checkPlaces(text: string): Checked<number | null> {
  const typed = text.trim();
  if (typed === "") return right(null);
  const places = /^\d{1,3}$/.test(typed) ? Number(typed) : 0;
  return places >= 1 && places <= 64 ? right(places) : wrong("A whole number from 1 to 64, or empty.");
}

/** A model's name; empty is null, the provider's default. */
export function checkModel(text: string): Checked<string | null> {
  const typed = text.trim();
  if (/\s/.test(typed)) return wrong("A model's name has no spaces.");
  return typed.length > 200 ? wrong("A model's name is shorter than that.") : right(typed || null);
}

/** A key as it was pasted. */
export function checkKey(text: string): Checked<string> {
  const typed = text.trim();
  if (typed === "") return wrong("Paste a key first.");
  return /^[\x21-\x7e]+$/.test(typed)
    ? right(typed)
    : wrong("A key has no spaces, line ends or special letters in it.");
}
