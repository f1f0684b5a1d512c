import { lookup as systemLookup } from "node:dns/promises";
import net from "node:net";
import { isInternal, type AllowList } from "./allow-list.ts";

/** The addresses of a host name; rejects where there is none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export type Dialled =
  | { readonly kind: "connected"; readonly socket: net.Socket }
  /** The policy forbids it. One line for whoever reads the command's output. */
  | { readonly kind: "blocked"; readonly reason: string }
  /** Allowed, but it can't be reached. */
  | { readonly kind: "failed"; readonly reason: string };

const CONNECT_MS = 15_000;

/**
 * Connects to an allowed host. Its name is resolved once, and the connection goes to the addresses that were checked:
 * a name that points to this machine or the local network (DNS rebinding) is refused, unless the address is on the list too or
 * the name can mean nothing else (`localhost`).
 */
export async function dial(target: {
  readonly host: string;
  readonly port: number;
  readonly allow: AllowList;
  readonly lookup?: Lookup | undefined;
}): Promise<Dialled> {
  const { host, port, allow, lookup = systemAddresses } = target;
  if (!allow.allows(host, port)) {
    return { kind: "blocked", reason: `${host}:${port} is not on this session's list of allowed hosts.` };
  }
  let addresses: readonly string[];
  try {
    addresses = net.isIP(host) === 0 ? await lookup(host) : [host];
  } catch {
    return { kind: "failed", reason: `The host ${host} could not be resolved.` };
  }
  const reachable = addresses.filter(
    (address) => !isInternal(address) || isLocalName(host) || allow.allows(address, port),
  );
  if (reachable.length === 0) {
    const reason = `${host}:${port} leads to this machine or its local network, and that address is not on the list.`;
    return { kind: "blocked", reason };
  }
  for (const address of reachable) {
    const socket = await connect(address, port);
    if (socket !== null) return { kind: "connected", socket };
  }
  return { kind: "failed", reason: `${host}:${port} could not be reached.` };
}

const isLocalName = (host: string): boolean => host === "localhost" || host.endsWith(".localhost");

const systemAddresses: Lookup = async (host) =>
  (await systemLookup(host, { all: true })).map(({ address }) => address);

/** A connected socket, or null where the address does not answer in time. */
function connect(address: string, port: number): Promise<net.Socket | null> {
  return new Promise((resolve) => {
    // Half-open is fine: a client may close its side and still read the answer.
    const socket = net.connect({ host: address, port, allowHalfOpen: true });
    const giveUp = () => {
      socket.destroy();
      resolve(null);
    };
    socket.setTimeout(CONNECT_MS, giveUp);
    socket.once("error", giveUp);
    socket.once("connect", () => {
      socket.setTimeout(0);
      socket.off("timeout", giveUp);
      socket.off("error", giveUp);
      resolve(socket);
    });
  });
}
