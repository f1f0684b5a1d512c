/** What a client says to one daemon. */
import { type Result, fail, failureOf, ok } from "#shared/kernel/failure.ts";
import type { Channel } from "./channel.ts";
import type { DaemonClient } from "./client.ts";
import { proxySocketPath } from "./endpoint.ts";
import { MAX_READ_BYTES, type Verb, verbs } from "./protocol.ts";

/** `folder`: the daemon's runtime folder. The channel is the client's from now on. */
export function oneDaemon(channel: Channel, folder: string): DaemonClient {
  const ask = async <Input, Output>(verb: Verb<Input, Output>, input: Input): Promise<Output> =>
    (await channel.call(verb, input)).value;
  const tell = async <Input>(verb: Verb<Input, null>, input: Input): Promise<void> => {
    await channel.call(verb, input);
  };
  return {
    ...channel.identity,
    closed: channel.closed,
    startOwn: () => Promise.resolve(),
    proxySocket: (command) => proxySocketPath(folder, command),

    start: (spec) => startResult(tell(verbs.start, spec)),
    list: () => ask(verbs.list, null),
    state: (id) => ask(verbs.state, { id }),
    async read(id, offset, maxBytes) {
      const input = { id, offset, maxBytes: Math.min(maxBytes, MAX_READ_BYTES) };
      const { value, attachment } = await channel.call(verbs.read, input);
      return { ...value, bytes: attachment };
    },
    watch(id, onOutput, onGap) {
      const { accepted, end } = channel.subscribe(
        verbs.watch,
        { id },
        {
          onBytes: onOutput,
          onEvent: (event) => event.kind === "gap" && onGap?.(event),
        },
      );
      // A command that is unknown, or a daemon that is gone: nothing to watch, which `exited` tells.
      accepted.catch(() => {});
      return end;
    },
    exited: (id) => ask(verbs.exited, { id }),
    write: (id, text) => tell(verbs.write, { id, text }),
    closeInput: (id) => tell(verbs.closeInput, { id }),
    kill: (id) => tell(verbs.kill, { id }),
    release: (id) => tell(verbs.release, { id }),

    openTerminal: (spec) => startResult(tell(verbs.openTerminal, spec)),
    listTerminals: () => ask(verbs.listTerminals, null),
    writeTerminal: (id, text, place) => tell(verbs.writeTerminal, { id, text, ...(place && { place }) }),
    terminalTyped: (id, writer) => ask(verbs.terminalTyped, { id, writer }).catch(ifUnknown({ offset: 0 })),
    resizeTerminal: (id, cols, rows) => tell(verbs.resizeTerminal, { id, cols, rows }),
    clearTerminal: (id) => tell(verbs.clearTerminal, { id }).catch(ifUnknown(undefined)),
    async attachTerminal(id, viewer, short = false) {
      const { accepted, end } = channel.subscribe(
        verbs.attachTerminal,
        { id, short },
        {
          onBytes: (bytes, offset) => viewer.onOutput(bytes, offset),
          onGone: (failure) => viewer.onGone?.(failure),
          onEvent(event, attachment) {
            if (event.kind !== "screen") return;
            const { kind: _, ...facts } = event;
            viewer.onScreen({ ...facts, text: Buffer.from(attachment).toString("utf8") });
          },
        },
      );
      await accepted;
      return end;
    },
    terminalExited: (id) => ask(verbs.terminalExited, { id }),
    killTerminal: (id) => tell(verbs.killTerminal, { id }),

    shutdown: () => tell(verbs.shutdown, null),
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}

/** What an older daemon's answer to a newer verb stands for. */
const ifUnknown =
  <Value>(value: Value) =>
  (error: unknown): Value => {
    if (failureOf(error)?.code === "unknown_verb") return value;
    throw error;
  };

async function startResult(start: Promise<void>): Promise<Result<void, "exists" | "spawn_failed">> {
  try {
    return ok(await start);
  } catch (error) {
    const failure = failureOf(error);
    if (failure?.code === "exists" || failure?.code === "spawn_failed") {
      return fail({ ...failure, code: failure.code });
    }
    throw error;
  }
}
