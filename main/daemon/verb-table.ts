/** Each verb of the protocol and what does it. */
import { FailureError, type Result } from "#shared/kernel/failure.ts";
import type { Commands } from "./commands.ts";
import type { Peer } from "./connection.ts";
import { followCommand, followTerminal } from "./follow.ts";
import { type Verb, type VerbName, verbs } from "./protocol.ts";
import type { Terminals } from "./terminals.ts";

export interface Answer {
  readonly value: unknown;
  readonly attachment?: Uint8Array;
}
/** Throws FailureError for what the client is told; anything else is a bug, and told as `daemon_error`. */
type Runner = (input: unknown, peer: Peer, ref: number) => Answer | Promise<Answer>;
export type VerbTable = Record<VerbName, Runner>;

type Caller = Peer & { readonly ref: number };

function on<Input, Output>(
  verb: Verb<Input, Output>,
  run: (input: Input, caller: Caller) => Output | Promise<Output>,
): Runner {
  return (input, peer, ref) => {
    const output = run(parsed(verb, input), { ...peer, ref });
    return output instanceof Promise ? output.then((value) => ({ value })) : { value: output };
  };
}

function parsed<Input>(verb: Verb<Input, unknown>, input: unknown): Input {
  const result = verb.input.safeParse(input);
  if (result.success) return result.data;
  throw new FailureError({
    code: "bad_input",
    message: `The daemon does not understand this ${verb.name}.`,
    details: result.error.message,
  });
}

function orThrow(result: Result<null>): null {
  if (result.ok) return result.value;
  throw new FailureError(result.failure);
}

/** For verbs that answer nothing. */
const done = (_: unknown): null => null;

export function createVerbTable(
  commands: Commands,
  terminals: Terminals,
  shutdown: () => Promise<void>,
): VerbTable {
  const subscribe = ({ subscriptions, ref }: Caller, subscription: Disposable): null => {
    subscriptions.set(ref, subscription);
    return null;
  };
  return {
    start: on(verbs.start, async (spec) => orThrow(await commands.start(spec))),
    list: on(verbs.list, () => commands.list()),
    state: on(verbs.state, ({ id }) => commands.state(id)),
    read: (input) => {
      const { id, offset, maxBytes } = parsed(verbs.read, input);
      const { bytes, ...value } = commands.get(id).read(offset, maxBytes);
      return { value, attachment: bytes };
    },
    watch: on(verbs.watch, ({ id }, caller) =>
      subscribe(caller, followCommand(commands.get(id), caller.ref, caller.outbox)),
    ),
    unsubscribe: on(verbs.unsubscribe, ({ ref }, { subscriptions }) => {
      subscriptions.get(ref)?.[Symbol.dispose]();
      return done(subscriptions.delete(ref));
    }),
    exited: on(verbs.exited, async ({ id }) => (await commands.find(id)).exited),
    write: on(verbs.write, ({ id, text }) => done(commands.get(id).write(text))),
    closeInput: on(verbs.closeInput, ({ id }) => done(commands.get(id).closeInput())),
    kill: on(verbs.kill, async ({ id }) => done(await commands.get(id).kill())),
    release: on(verbs.release, async ({ id }) => done(await commands.release(id))),
    openTerminal: on(verbs.openTerminal, async (spec) => orThrow(await terminals.open(spec))),
    listTerminals: on(verbs.listTerminals, () => terminals.list()),
    writeTerminal: on(verbs.writeTerminal, ({ id, text, place }) => {
      // No promise for a key: its answer would wait for a turn.
      const written = terminals.get(id).write(text, place);
      return written ? written.then(done) : null;
    }),
    terminalTyped: on(verbs.terminalTyped, ({ id, writer }) => terminals.get(id).typed(writer)),
    resizeTerminal: on(verbs.resizeTerminal, ({ id, cols, rows }) =>
      done(terminals.get(id).resize(cols, rows)),
    ),
    clearTerminal: on(verbs.clearTerminal, async ({ id }) => done(await terminals.get(id).clear())),
    attachTerminal: on(verbs.attachTerminal, ({ id, short = false }, caller) =>
      subscribe(caller, followTerminal(terminals.get(id), caller.ref, caller.outbox, short)),
    ),
    terminalExited: on(verbs.terminalExited, ({ id }) => terminals.get(id).exited),
    killTerminal: on(verbs.killTerminal, async ({ id }) => done(await terminals.kill(id))),
    shutdown: on(verbs.shutdown, async () => done(await shutdown())),
  };
}
