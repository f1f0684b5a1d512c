/** What one writer types in one terminal: kept until the shell has it, so that it can be sent again. */
export interface TypedInput {
  /** Chosen at random. */
  readonly writer: string;
  /** Bytes that the shell is not known to have. */
  readonly waiting: number;
  /** Whether some did not fit beside what is kept: nothing more is, until the shell has that. */
  readonly full: boolean;
  /** False where nothing of it is kept: it does not fit, or never would. */
  add(text: string): boolean;
  /** What is for the connected shell and has not been given out since `begin`, in pieces of whole characters. */
  take(): readonly { readonly offset: number; readonly bytes: Uint8Array }[];
  /** What is typed from now on is for the shell of that name: its screen is shown. */
  seen(shell: string): void;
  /** A connection to `shell` begins, which has got so many bytes. What was typed for another one is dropped. */
  begin(shell: string, got: number): void;
  /** The shell has got what comes before byte `offset`. */
  arrived(offset: number): void;
}

/** More than anybody types while a host restarts, and than most people paste. Bytes. */
export const MAX_KEPT = 4 * 1024 * 1024;
/** A piece of what is pasted: what the host takes as one message. UTF-16 units. */
const MAX_PIECE = 16 * 1024;

interface Piece {
  /** Null where none had been seen. */
  readonly shell: string | null;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export function createTypedInput(max = MAX_KEPT): TypedInput {
  let kept: readonly Piece[] = [];
  /** Behind the last byte that was typed. */
  let end = 0;
  let given = 0;
  /** Of the screen that was seen last, and of the connection. */
  let shell: string | null = null;
  let connected: string | null = null;
  let full = false;
  const isForConnected = (piece: Piece): boolean => piece.shell === null || piece.shell === connected;
  const start = (): number => kept[0]?.offset ?? end;

  return {
    writer: crypto.randomUUID(),
    get waiting() {
      return end - start();
    },
    get full() {
      return full;
    },
    add(text) {
      const pieces: Piece[] = [];
      let next = end;
      for (const part of partsOf(text)) {
        const bytes = new TextEncoder().encode(part);
        pieces.push({ shell, offset: next, bytes });
        next += bytes.byteLength;
      }
      // The shell has nothing to take before it would fit.
      if (next - end > max) return false;
      full ||= next - start() > max;
      if (full) return false;
      kept = [...kept, ...pieces];
      end = next;
      return true;
    },
    take() {
      const from = given;
      given = end;
      kept = kept.filter(isForConnected);
      return kept.filter((piece) => piece.offset >= from);
    },
    seen(now) {
      shell = now;
    },
    begin(now, got) {
      connected = now;
      kept = kept.filter(isForConnected);
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
