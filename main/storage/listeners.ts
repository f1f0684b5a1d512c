/** Who is told, in the order in which they came. */
export interface Listeners<Value> {
  add(listener: (value: Value) => void): () => void;
  call(value: Value): void;
}

export function createListeners<Value>(): Listeners<Value> {
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
          // A bug in one listener must not cost the others the event, nor the writer its answer.
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    },
  };
}
