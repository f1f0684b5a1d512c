/**
 * The daemon of this version and those of others, as one. New work goes to this version's; whatever is older goes to
 * who has it, and a daemon that has nothing left is let go, so that it can end itself.
 */
import { fail, failureOf } from "#shared/kernel/failure.ts";
import type { DaemonClient } from "./client.ts";

interface Other {
  readonly client: DaemonClient;
  /** What it has: it gets nothing new. */
  readonly ids: ReadonlySet<string>;
}

/**
 * All connections are the result's from now on. `start` starts the daemon of this version where `own` is null; without
 * it, any daemon takes new work.
 */
export async function manyDaemons(
  first: DaemonClient | null,
  clients: readonly DaemonClient[],
  start: (() => Promise<DaemonClient>) | null,
): Promise<DaemonClient> {
  const closed = Promise.withResolvers<void>();
  let others: Other[] = [];
  let own = first;
  let starting: Promise<DaemonClient> | null = null;
  let identity = first ?? clients[0];

  const all = (): DaemonClient[] => [...(own ? [own] : []), ...others.map(({ client }) => client)];
  const disposeAll = async (): Promise<void> => {
    await Promise.all(all().map((client) => client[Symbol.asyncDispose]()));
    closed.resolve();
  };
  const watch = (client: DaemonClient): void => {
    void client.closed.then(() => {
      others = others.filter((other) => other.client !== client);
      if (client === own || all().length === 0) void disposeAll();
    });
  };
  if (first) watch(first);
  for (const client of clients) {
    const ids = await idsOf(client);
    if (first && ids.size === 0) void client[Symbol.asyncDispose]();
    else {
      others.push({ client, ids });
      watch(client);
    }
  }

  const ownerOf = (id: string): DaemonClient => {
    const other = others.find(({ ids }) => ids.has(id));
    const owner = other?.client ?? own ?? others[0]?.client ?? identity;
    if (!owner) throw new Error("a client without a daemon");
    return owner;
  };
  const forNew = async (): Promise<DaemonClient> => {
    if (own) return own;
    if (!start) return ownerOf("");
    starting ??= start().finally(() => (starting = null));
    const started = await starting;
    if (own === null) {
      own = identity = started;
      watch(started);
      // They were all there was: one that has nothing may end now.
      for (const { client } of others) letGo(client).catch(() => undefined);
    }
    return own;
  };
  /** After something of an older daemon has gone. */
  const letGo = async (client: DaemonClient): Promise<void> => {
    if (client === own || (own === null && start === null)) return;
    if ((await idsOf(client)).size === 0) await client[Symbol.asyncDispose]();
  };
  const takeAway = async (id: string, take: (client: DaemonClient) => Promise<void>): Promise<void> => {
    const owner = ownerOf(id);
    await take(owner);
    await letGo(owner);
  };
  const gather = async <Item>(list: (client: DaemonClient) => Promise<Item[]>): Promise<Item[]> => {
    const from = all();
    const lists = await Promise.all(
      from.map((client) =>
        list(client).catch((error: unknown) => goneAlone(error, client === own || from.length === 1)),
      ),
    );
    return lists.flat();
  };
  const isElsewhere = (id: string): boolean =>
    others.some(({ ids, client }) => ids.has(id) && client !== own);

  return {
    get instance() {
      return identity?.instance ?? "";
    },
    get pid() {
      return identity?.pid ?? 0;
    },
    get version() {
      return identity?.version ?? "";
    },
    closed: closed.promise,
    startOwn: async () => void (await forNew()),
    proxySocket: (command) => ownerOf(command).proxySocket(command),

    start: async (spec) => (isElsewhere(spec.id) ? fail(exists(spec.id)) : (await forNew()).start(spec)),
    list: () => gather((client) => client.list()),
    state: (id) => ownerOf(id).state(id),
    read: (id, offset, maxBytes) => ownerOf(id).read(id, offset, maxBytes),
    watch: (id, onOutput, onGap) => ownerOf(id).watch(id, onOutput, onGap),
    exited: (id) => ownerOf(id).exited(id),
    write: (id, text) => ownerOf(id).write(id, text),
    closeInput: (id) => ownerOf(id).closeInput(id),
    kill: (id) => ownerOf(id).kill(id),
    release: (id) => takeAway(id, (client) => client.release(id)),

    openTerminal: async (spec) => {
      if (!isElsewhere(spec.id)) return (await forNew()).openTerminal(spec);
      // A dead daemon's, that an older one has taken over.
      return spec.restore === spec.id ? ownerOf(spec.id).openTerminal(spec) : fail(exists(spec.id));
    },
    listTerminals: () => gather((client) => client.listTerminals()),
    writeTerminal: (id, text, place) => ownerOf(id).writeTerminal(id, text, place),
    terminalTyped: (id, writer) => ownerOf(id).terminalTyped(id, writer),
    resizeTerminal: (id, cols, rows) => ownerOf(id).resizeTerminal(id, cols, rows),
    clearTerminal: (id) => ownerOf(id).clearTerminal(id),
    attachTerminal: async (id, viewer, short) => ownerOf(id).attachTerminal(id, viewer, short),
    terminalExited: (id) => ownerOf(id).terminalExited(id),
    killTerminal: (id) => takeAway(id, (client) => client.killTerminal(id)),

    async shutdown() {
      await Promise.all(others.map(({ client }) => client.shutdown()));
      // Last: with it all connections end.
      await own?.shutdown();
    },
    [Symbol.asyncDispose]: disposeAll,
  };
}

async function idsOf(client: DaemonClient): Promise<Set<string>> {
  const [commands, terminals] = await Promise.all([client.list(), client.listTerminals()]).catch(
    (error: unknown) => [goneAlone(error, false), []],
  );
  return new Set([...commands, ...terminals].map(({ id }) => id));
}

/** An older daemon that ends while it is asked has nothing; without the last one there is nobody to answer. */
function goneAlone(error: unknown, isNeeded: boolean): never[] {
  if (failureOf(error)?.code === "daemon_gone" && !isNeeded) return [];
  throw error;
}

const exists = (id: string) =>
  ({ code: "exists", message: `${id} was started before.`, kept: "It was not started again." }) as const;
