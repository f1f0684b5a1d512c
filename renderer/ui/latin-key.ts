/**
 * The character of a key that is a command: on a keyboard of another script it gives none of ours, and the person goes by
 * the Latin letter beside it.
 */
export function latinKey({ key, code, shiftKey }: Pick<KeyboardEvent, "key" | "code" | "shiftKey">): string {
  const letter = key.length === 1 && key > "\x7f" ? /^Key([A-Z])$/.exec(code)?.[1] : undefined;
  if (letter === undefined) return key;
  return shiftKey ? letter : letter.toLowerCase();
}
