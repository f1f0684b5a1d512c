const tails = new Map<string, Promise<unknown>>();

/** Runs what is given for one `key` one after another: git's own locks fail at once instead of waiting. */
export async function serial<Value>(key: string, run: () => Promise<Value>): Promise<Value> {
  const before = tails.get(key) ?? Promise.resolve();
  const mine = before.then(run, run);
  tails.set(key, mine);
  try {
    return await mine;
  } finally {
    if (tails.get(key) === mine) tails.delete(key);
  }
}
