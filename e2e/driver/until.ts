/** How often a condition is looked at that nothing announces: a file of a command, a process that ends. Milliseconds. */
const LOOK_MS = 20;

/** So many looks in a row find the same at what has come to rest. */
const STILL = 10;

/** Resolves with where something is that moves by itself, once it has come to rest. */
export async function atRest<Value extends number | undefined>(look: () => Promise<Value>): Promise<Value> {
  let same = 0;
  let last = await look();
  await until(async () => {
    const now = await look();
    same = now === last ? same + 1 : 0;
    last = now;
    return same < STILL ? null : true;
  });
  return last;
}

/** Resolves with the first value of `look` that is not null. A test's own time limit ends what never comes. */
export async function until<Value>(look: () => Value | null | Promise<Value | null>): Promise<Value> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
