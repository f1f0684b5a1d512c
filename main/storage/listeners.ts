/** Who is told, in the order in which they came. */
export interface Listeners<Value> {
  add(listener: (value: Value) => void): () => void;
  call(value: Value): void;
}

/** `report` gets what a listener throws: a bug, and as such uncaught unless a test looks on. */
export function createListeners<Value>(report: (error: unknown) => void = throwLater): Listeners<Value> {
  const all = new Set<{ readonly listener: (value: Value) => void }>();
  return {
    add(listener) {
      // An entry of its own, so that the same function may listen twice.
      const entry = { listener };
      all.add(entry);
      return () => void all.delete(entry);
    },
    call(value) {
      for (const { listener } of all) {
        try {
          listener(value);
        } catch (error) {
          // It must not cost the others the value, nor the caller its turn.
          report(error);
        }
      }
    },
  };
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
