import { BlockList, isIP } from "node:net";

/** One entry of an allow-list, parsed. */
interface Allowed {
  readonly host: string;
  /** `*.host`: any host below it, not itself. */
  readonly below: boolean;
  /** Null: any port. */
  readonly port: number | null;
}

export interface AllowList {
  /** Whether a host (a name, or an address without brackets) is on the list at a port. */
  allows(host: string, port: number): boolean;
}

/**
 * Entries: `example.com`, `*.example.com`, an address (IPv6 in brackets), each with an optional `:port`. Case does not
 * matter. An entry that is none of these allows nothing.
 */
export function createAllowList(entries: readonly string[]): AllowList {
  const list = entries.map(parseEntry).filter((entry) => entry !== null);
  const matches = (entry: Allowed, host: string, port: number) =>
    (entry.port === null || entry.port === port) &&
    (entry.below ? host.endsWith(`.${entry.host}`) : host === entry.host);
  return {
    allows: (host, port) => list.some((entry) => matches(entry, normalHost(host), port)),
  };
}

/** Lower case, without the dot that ends a full name: `Example.COM.` is `example.com`. */
export const normalHost = (host: string): string => host.toLowerCase().replace(/\.$/, "");

function parseEntry(entry: string): Allowed | null {
  const match = /^(\*\.)?(\[[0-9a-f:.]+\]|[^\s:/[\]@*]+)(?::(\d{1,5}))?$/i.exec(entry.trim());
  if (!match?.[2]) return null;
  const host = normalHost(match[2].replace(/^\[|\]$/g, ""));
  return { host, below: match[1] !== undefined, port: match[3] === undefined ? null : Number(match[3]) };
}

/** Loopback, private, link-local (cloud metadata), carrier, multicast and reserved networks: not the internet. */
const INTERNAL = new BlockList();
for (const [net, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  INTERNAL.addSubnet(net, prefix, "ipv4");
}
for (const [net, prefix] of [
  ["::", 128],
  ["::1", 128],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["2002::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
] as const) {
  INTERNAL.addSubnet(net, prefix, "ipv6");
}

/** Whether an address is not on the public internet. IPv4 within IPv6 (`::ffff:127.0.0.1`) counts as IPv4. */
export function isInternal(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return true;
  return INTERNAL.check(address, family === 4 ? "ipv4" : "ipv6");
}
