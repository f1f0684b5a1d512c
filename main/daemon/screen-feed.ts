/**
 * What a terminal was sent and has not parsed yet, in order. xterm parses some 20 MB/s, a shell prints five times that.
 * So of a flood that has more lines than screen and scrollback hold, those that would be gone at its end are not parsed
 * at all, where that is exact: see screen-skip.ts.
 */
import type { Terminal } from "@xterm/headless";
import {
  C1_LEAD,
  canSkip,
  endOfString,
  isAtRest,
  leftColours,
  scanPlain,
  unfinishedOf,
  MAX_STRING_BYTES,
} from "./screen-skip.ts";

export interface ScreenFeed extends Disposable {
  /** Whether all that was pushed has been parsed. */
  readonly isIdle: boolean;
  /** The beginning of a sequence or a character that was parsed, and whose end was not. */
  readonly unfinished: Uint8Array;
  /** `onParsed` is called when the terminal is as if it had parsed `bytes`; at once where they were skipped. */
  push(bytes: Uint8Array, onParsed: () => void): void;
  /** Calls `run` when all pushed so far has been parsed, and nothing pushed later. What it returns is parsed next. */
  after(run: () => Uint8Array | void): void;
}

/** Less than this is parsed at once. */
const FLOOD_BYTES = 64 * 1024;
/** A flood is parsed when it pauses for so long, or when somebody asks for the screen. */
const QUIET_MS = 4;
/** More than this is parsed anyway: lines so long, or none. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
/** Parsed at once; then others have their turn. */
const SLICE_BYTES = 256 * 1024;
/** Larger than what comes in one piece. */
const MAX_PIECE_BYTES = 128 * 1024;

interface Piece {
  bytes: Uint8Array;
  lines: number;
  readonly onParsed: () => void;
}
type Job = Piece | { readonly run: () => Uint8Array | void };

/** `hasRegion`: whether a scrolling region is set. `scrollback`: lines that the terminal keeps. */
export function createFeed(terminal: Terminal, scrollback: number, hasRegion: () => boolean): ScreenFeed {
  /** First what may be skipped, looked at already; then the rest. */
  let plain: Piece[] = [];
  let plainLines = 0;
  let jobs: Job[] = [];
  let waitingBytes = 0;
  let stringBytes = 0;
  let unfinished: Uint8Array = new Uint8Array(0);
  let isParsing = false;
  let isQuiet = false;
  let quietTimer: NodeJS.Timeout | null = null;

  /** Moves to `plain` what is; true where it stopped at something that must be parsed. */
  const look = (): boolean => {
    for (let job = jobs[0]; job; job = jobs[0]) {
      if ("run" in job || !isAtRest(terminal)) return true;
      const found = scanPlain(job.bytes);
      if (found === null) return true;
      if (found.end < job.bytes.byteLength) {
        // It ends within a character or a sequence, which goes to the next piece.
        const next = jobs[1];
        if (!next) return false;
        if ("run" in next) return true;
        next.bytes = Buffer.concat([job.bytes.subarray(found.end), next.bytes]);
        job.bytes = job.bytes.subarray(0, found.end);
      }
      job.lines = found.lines;
      plainLines += found.lines;
      plain.push(job);
      jobs.shift();
    }
    return false;
  };

  const skip = (): void => {
    const needed = scrollback + 2 * terminal.rows + 1;
    if (plainLines < needed * 1.5 || hasRegion() || !canSkip(terminal)) return;
    let count = 0;
    let lines = plainLines;
    for (const piece of plain) {
      if (lines - piece.lines < needed) break;
      lines -= piece.lines;
      count += 1;
    }
    if (count > 0) drop(count);
  };
  /** Only whole lines go: what is after the last of them stays, with the colours that hold there. */
  const drop = (count: number): void => {
    const dropped = plain.slice(0, count);
    const all = Buffer.concat(dropped.map((piece) => piece.bytes));
    const cut = all.lastIndexOf("\r\n") + 2;
    if (cut < 2) return;
    const rest = Buffer.concat([leftColours(all.subarray(0, cut)), all.subarray(cut)]);
    plain = [{ bytes: rest, lines: 0, onParsed() {} }, ...plain.slice(count)];
    plainLines -= dropped.reduce((sum, piece) => sum + piece.lines, 0);
    waitingBytes += rest.byteLength - all.byteLength;
    for (const piece of dropped) piece.onParsed();
  };

  const parse = (): void => {
    isParsing = true;
    // In the midst of a sequence: what follows its end is looked at again.
    const most = isAtRest(terminal) ? SLICE_BYTES : 1;
    const slice: Uint8Array[] = [];
    for (let bytes = 0; bytes < most;) {
      const piece = plain.shift() ?? takeOther();
      if (!piece) break;
      plainLines -= piece.lines;
      bytes += piece.bytes.byteLength;
      waitingBytes -= piece.bytes.byteLength;
      slice.push(piece.bytes);
      terminal.write(piece.bytes, piece.onParsed);
    }
    terminal.write("", () => {
      isParsing = false;
      unfinished = unfinishedOf(terminal, unfinished, slice);
      pump();
    });
  };
  const takeOther = (): Piece | null => {
    const [job] = jobs;
    if (!job || "run" in job) return null;
    jobs.shift();
    return job;
  };
  /** Drops what a string has too much of, and nothing that may end it. */
  const cutString = (): void => {
    for (let job = jobs[0]; job && !("run" in job); job = jobs[0]) {
      const end = endOfString(terminal, job.bytes);
      const text = Math.min(end ?? 0, MAX_STRING_BYTES - stringBytes);
      stringBytes += text;
      // Behind its end there may be the next.
      if (end === null || (end < job.bytes.byteLength && job.bytes[end] !== C1_LEAD)) stringBytes = 0;
      if (end === null || text === end) return;
      const bytes = Buffer.concat([job.bytes.subarray(0, text), job.bytes.subarray(end)]);
      waitingBytes -= job.bytes.byteLength - bytes.byteLength;
      if (bytes.byteLength > 0) return void (jobs[0] = { ...job, bytes });
      jobs.shift();
      job.onParsed();
    }
  };

  const pump = (): void => {
    if (isParsing) return;
    if (quietTimer) clearTimeout(quietTimer);
    quietTimer = null;
    if (plain.length === 0) cutString();
    let isStopped = look();
    for (let job = jobs[0]; plain.length === 0 && job && "run" in job; job = jobs[0]) {
      jobs.shift();
      const bytes = job.run();
      if (bytes) jobs.unshift({ bytes, lines: 0, onParsed() {} });
      isStopped = look();
    }
    if (plain.length === 0 && jobs.length === 0) return;
    skip();
    const isFlood = waitingBytes >= FLOOD_BYTES && waitingBytes <= MAX_WAITING_BYTES;
    // Colours that are never reset pile up in the first piece: then they are parsed.
    const isLong = (plain[0]?.bytes.byteLength ?? 0) > MAX_PIECE_BYTES;
    if (isStopped || isQuiet || !isFlood || isLong) return parse();
    quietTimer = setTimeout(() => {
      isQuiet = true;
      pump();
    }, QUIET_MS);
  };

  return {
    get isIdle() {
      return !isParsing && plain.length === 0 && jobs.length === 0;
    },
    get unfinished() {
      return unfinished;
    },
    push(bytes, onParsed) {
      jobs.push({ bytes, lines: 0, onParsed });
      waitingBytes += bytes.byteLength;
      isQuiet = false;
      pump();
    },
    after(run) {
      jobs.push({ run });
      pump();
    },
    [Symbol.dispose]() {
      if (quietTimer) clearTimeout(quietTimer);
      plain = [];
      jobs = [];
    },
  };
}
