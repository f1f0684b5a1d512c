/**
 * How many turns run at once. A turn takes a place for as long as it works, gives it back while it waits for a person,
 * and comes first when it wants it back.
 */
export interface Places {
  readonly free: number;
  /** Resolves with the place once one is free; rejects only by `signal`. `front`: before all that wait already. */
  take(signal: AbortSignal, options?: { front?: boolean }): Promise<Place>;
  /** From now on this many. Places that are held above it stay held until they are given back. */
  resize(count: number): void;
}

export interface Place {
  /** Gives the place back. A second call does nothing. */
  free(): void;
}

interface Waiting {
  grant(): void;
}

export function createPlaces(first: number): Places {
  let count = first;
  let taken = 0;
  const waiting: Waiting[] = [];

  const isFree = (): boolean => taken < count;
  function grantFree(): void {
    while (isFree() && waiting.length > 0) waiting.shift()?.grant();
  }

  function place(): Place {
    let held = true;
    return {
      free: () => {
        if (!held) return;
        held = false;
        taken -= 1;
        grantFree();
      },
    };
  }

  return {
    get free() {
      return Math.max(0, count - taken - waiting.length);
    },
    take: (signal, { front = false } = {}) =>
      new Promise((resolve, reject) => {
        const grant = (): void => {
          signal.removeEventListener("abort", aborted);
          taken += 1;
          resolve(place());
        };
        const entry = { grant };
        const aborted = (): void => {
          const index = waiting.indexOf(entry);
          if (index >= 0) waiting.splice(index, 1);
          reject(signal.reason);
        };
        if (signal.aborted) return reject(signal.reason);
        if (isFree()) return grant();
        signal.addEventListener("abort", aborted, { once: true });
        if (front) waiting.unshift(entry);
        else waiting.push(entry);
      }),
    resize: (next) => {
      count = next;
      grantFree();
    },
  };
}
