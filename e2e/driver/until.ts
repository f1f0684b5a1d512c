/** How often a condition is looked at that nothing announces: a file of a command, a process that ends. Milliseconds. */
const LOOK_MS = 20;

/** Resolves with the first value of `look` that is not null. A test's own time limit ends what never comes. */
export async function until<Value>(look: () => Value | null | Promise<Value | null>): Promise<Value> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
