/** Keys that were typed while the host was away: kept in order, up to a bound, until it is back. */
export interface InputQueue {
  readonly size: number;
  /** False where it no longer fits: nothing of it is kept, and nothing that comes later either, until it is taken. */
  add(data: string): boolean;
  take(): string;
}

/** More than anybody types while a host restarts; a paste of a file does not fit. UTF-16 units. */
export const MAX_QUEUED = 64 * 1024;

export function createInputQueue(max = MAX_QUEUED): InputQueue {
  let kept: string[] = [];
  let size = 0;
  let full = false;
  return {
    get size() {
      return size;
    },
    add(data) {
      full ||= size + data.length > max;
      if (full) return false;
      kept.push(data);
      size += data.length;
      return true;
    },
    take() {
      const all = kept.join("");
      kept = [];
      size = 0;
      full = false;
      return all;
    },
  };
}
