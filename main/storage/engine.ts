import { FailureError } from "#shared/kernel/failure.ts";
import { createAppender } from "./appender.ts";
import type { AppendCall, Attempt } from "./appender.ts";
import { openForReading, openForWriting } from "./database.ts";
import { createEraser } from "./eraser.ts";
import { failures } from "./failures.ts";
import { createCheckpointer } from "./checkpointer.ts";
import { openViews } from "./projections.ts";
import type { Views } from "./projections.ts";
import { createReader } from "./reader.ts";
import type { Reader } from "./reader.ts";
import { createVerifier } from "./verify.ts";
import type { ChainCursor, ChainStep } from "./verify.ts";

/** The log without its thread: every call blocks until it is done. */
export interface Engine extends Reader, Disposable {
  readonly views: Views;
  append(calls: readonly AppendCall[]): Attempt[];
  erase(id: number): void;
  verify(cursor: ChainCursor): ChainStep;
  /** What can wait until after an answer. */
  tidy(): void;
}

export interface EngineOptions {
  /** The data directory's `state/` folder. */
  readonly dir: string;
  readonly readOnly: boolean;
}

/** Opens the log. Throws a FailureError, or the error of SQLite or the system (see `named`). */
export function openEngine({ dir, readOnly }: EngineOptions): Engine {
  using owned = new DisposableStack();
  const { db, version } = owned.use(readOnly ? openForReading(dir) : openForWriting(dir));
  const views = openViews(db, version);
  const write = readOnly
    ? refuseWrites()
    : {
        append: createAppender(db, views),
        erase: createEraser(db, views),
        tidy: createCheckpointer(db, dir),
      };
  const reader = createReader(db);
  const verify = createVerifier(db, dir);
  const kept = owned.move();
  return { ...reader, ...write, views, verify, [Symbol.dispose]: () => kept.dispose() };
}

function refuseWrites(): Pick<Engine, "append" | "erase" | "tidy"> {
  const refusal = (): FailureError => new FailureError(failures.readOnly());
  return {
    append: (calls) => calls.map(() => ({ ok: false, error: refusal() })),
    erase: () => {
      throw refusal();
    },
    tidy: () => {},
  };
}
