/**
 * Real pipes for commands. Node gives a child sockets, one for each of stdout and stderr: their order is lost, and
 * `> /dev/stderr` fails on a socket. One pipe as both keeps the order in which the bytes were written. Node cannot make
 * a pipe, but `mkfifo` can, and a FIFO that is open on both ends and then unlinked is one. A few are made ahead.
 */
import { execFile } from "node:child_process";
import { closeSync, constants, openSync, unlinkSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Two descriptors, owned by whoever took the pipe. Neither is inherited by children that are not given it. */
export interface Pipe {
  readonly read: number;
  readonly write: number;
}

export interface Pipes extends AsyncDisposable {
  /** A pipe whose `read` end is ours (non-blocking) and whose `write` end is a child's. Null on Windows. */
  forOutput(): Promise<Pipe | null>;
  /** A pipe whose `write` end is ours (non-blocking) and whose `read` end is a child's. Null on Windows. */
  forInput(): Promise<Pipe | null>;
}

/** How many pipes of each direction are made at once; the next lot is made when half of them are taken. */
const LOT = 8;

const { O_RDONLY, O_WRONLY, O_NONBLOCK } = constants;

/** An open of one end waits for the other: ours first without waiting, and the child's must not be non-blocking. */
function openForOutput(file: string): Pipe {
  const read = openSync(file, O_RDONLY | O_NONBLOCK);
  return { read, write: openSync(file, O_WRONLY) };
}

function openForInput(file: string): Pipe {
  const holder = openSync(file, O_RDONLY | O_NONBLOCK);
  const write = openSync(file, O_WRONLY | O_NONBLOCK);
  const read = openSync(file, O_RDONLY);
  closeSync(holder);
  return { read, write };
}

/** A store of pipes; `folder` (private, existing) holds their names for a moment. */
export function createPipes(folder: string): Pipes {
  if (process.platform === "win32") {
    const noPipe = async () => null;
    return { forOutput: noPipe, forInput: noPipe, [Symbol.asyncDispose]: async () => {} };
  }
  const outputs: Pipe[] = [];
  const inputs: Pipe[] = [];
  let made = 0;
  let making: Promise<void> | null = null;

  const makeLot = async (): Promise<void> => {
    const names = Array.from({ length: LOT * 2 }, () => path.join(folder, `pipe-${process.pid}-${made++}`));
    await run("mkfifo", ["-m", "600", ...names]);
    for (const [index, name] of names.entries()) {
      if (index < LOT) outputs.push(openForOutput(name));
      else inputs.push(openForInput(name));
      unlinkSync(name);
    }
  };
  const refill = (): Promise<void> => {
    making ??= makeLot().finally(() => (making = null));
    return making;
  };
  const take = async (pipes: Pipe[]): Promise<Pipe> => {
    for (;;) {
      const pipe = pipes.pop();
      if (pipe === undefined) {
        await refill();
        continue;
      }
      // What fails ahead of time fails again, and is told, when a pipe is needed.
      if (pipes.length < LOT / 2) refill().catch(() => {});
      return pipe;
    }
  };

  return {
    forOutput: () => take(outputs),
    forInput: () => take(inputs),
    async [Symbol.asyncDispose]() {
      await making?.catch(() => {});
      for (const pipe of [...outputs.splice(0), ...inputs.splice(0)]) {
        closeSync(pipe.read);
        closeSync(pipe.write);
      }
    },
  };
}
