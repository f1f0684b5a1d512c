/** What one writer types in one terminal: kept until the shell has it, so that it can be sent again. */
export interface TypedInput {
  /** Chosen at random. */
  readonly writer: string;
  /** Bytes that the shell is not known to have. */
  readonly waiting: number;
  /** False where it no longer fits: nothing of it is kept, nor of what comes later, until the shell has what is kept. */
  add(text: string): boolean;
  /** What has not been given out since `begin`, in pieces of whole characters. */
  take(): readonly { readonly offset: number; readonly bytes: Uint8Array }[];
  /** A connection is tried: what was typed, and is typed until its first screen, is for the shell that was seen last. */
  unseen(): void;
  /** That screen is there: what is typed from now on is for its shell. */
  seen(): void;
  /** A connection begins: this is what the shell has got. What was typed for another shell is dropped. */
  begin(shell: string, got: number): void;
  /** The shell has got what comes before byte `offset`. */
  arrived(offset: number): void;
}

/** More than anybody types while a host restarts, and than most people paste. Bytes. */
export const MAX_KEPT = 4 * 1024 * 1024;
/** A piece of what is pasted: what the host takes as one message. UTF-16 units. */
const MAX_PIECE = 16 * 1024;

interface Piece {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export function createTypedInput(max = MAX_KEPT): TypedInput {
  let kept: readonly Piece[] = [];
  /** Behind the last byte that was typed. */
  let end = 0;
  let given = 0;
  let shell: string | null = null;
  let full = false;
  /** What was typed from this byte on is for the shell of this connection. */
  let own = Infinity;
  const start = (): number => kept[0]?.offset ?? end;

  return {
    writer: crypto.randomUUID(),
    get waiting() {
      return end - start();
    },
    add(text) {
      const pieces: Piece[] = [];
      let next = end;
      for (const part of partsOf(text)) {
        const bytes = new TextEncoder().encode(part);
        pieces.push({ offset: next, bytes });
        next += bytes.byteLength;
      }
      full ||= next - start() > max;
      if (full) return false;
      kept = [...kept, ...pieces];
      end = next;
      return true;
    },
    take() {
      const from = given;
      given = end;
      return kept.filter(({ offset }) => offset >= from);
    },
    unseen() {
      own = Infinity;
    },
    seen() {
      own = end;
    },
    begin(now, got) {
      if (shell !== null && shell !== now) kept = kept.filter(({ offset }) => offset >= own);
      shell = now;
      this.arrived(got);
      given = start();
    },
    arrived(offset) {
      kept = kept.filter(({ offset: first, bytes }) => first + bytes.byteLength > offset);
      if (kept.length === 0) full = false;
    },
  };
}

/** Never in the middle of a character. */
function* partsOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const last = text.codePointAt(at + MAX_PIECE - 1) ?? 0;
    const to = at + MAX_PIECE + (last > 0xffff ? 1 : 0);
    yield text.slice(at, to);
    at = to;
  }
}
