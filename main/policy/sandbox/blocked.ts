/** At most this many are named: a build that can't write says so a thousand times. */
const MOST_NAMED = 20;

/** Only the end of a very long output is read: there a failing command says why. In UTF-16 units. */
const MOST_READ = 1_000_000;

/**
 * What the sandbox seems to have kept a command from, by what the tools wrote: `write /etc/passwd`,
 * `network example.com`, `access /dev/kvm`. A guess for the person to read, in the order of the output; what the proxy
 * refused is reported by the proxy, exactly. After exit code 0, only unmistakable lines count.
 */
export function blockedWrites(output: string, exitCode: number): string[] {
  const found = new Set<string>();
  for (const line of output.slice(-MOST_READ).split("\n")) {
    if (line.length > 2_000 || !MENTIONS.test(line)) continue;
    const what = fromLine(line.trimEnd(), exitCode);
    if (what !== null) found.add(what);
    if (found.size >= MOST_NAMED) break;
  }
  return [...found];
}

/** A quick look, so that most lines cost one search. */
const MENTIONS =
  /read-only file system|permission denied|not permitted|resolv|unreach|ENOTFOUND|EAI_AGAIN|name resolution|not known|no such host|translate host/i;

function fromLine(line: string, exitCode: number): string | null {
  const readOnly = /read-only file system/i.exec(line);
  if (readOnly) return named("write", pathIn(line, readOnly.index));
  const network = hostIn(line);
  if (network !== null) return named("network", network);
  if (exitCode === 0) return null;
  if (/network is unreachable|ENETUNREACH/i.test(line)) return named("network", addressIn(line));
  // Also what an ordinary system says, so only with the path that it is about.
  const denied = /permission denied|operation not permitted/i.exec(line);
  const path = denied && pathIn(line, denied.index);
  return path?.startsWith("/") ? `access ${path}` : null;
}

const named = (what: string, which: string | null): string => (which === null ? what : `${what} ${which}`);

/**
 * The path that an error message is about. Tools write `rm: cannot remove '/a': Read-only …`, `bash: line 1: /a: Read-only …`,
 * Python `[Errno 30] Read-only file system: '/a'`, Node `EROFS: read-only file system, open '/a'`.
 */
function pathIn(line: string, errorAt: number): string | null {
  const before = line.slice(0, errorAt);
  const after = line.slice(errorAt);
  const quoted = /['"‘`]([^'"’`]+)['"’`][^'"‘’`]*$/.exec(before) ?? /['"‘`]([^'"’`]+)['"’`]/.exec(after);
  if (quoted?.[1]) return quoted[1];
  return /(?:^(?=\/)|\s)([^\s:]+): *$/.exec(before)?.[1] ?? null;
}

/** How tools say that they could not find out the address of a host. */
const UNRESOLVED: readonly RegExp[] = [
  // curl, git, ssh.
  /could not resolve (?:host|hostname|proxy):? ['"]?([\w.-]+)/i,
  // wget, apt.
  /unable to resolve host(?: address)? ['"‘]?([\w.-]+)/i,
  /temporary failure resolving ['"‘]([\w.-]+)/i,
  // Node.
  /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) ([\w.-]+)/,
  // Go.
  /lookup ([\w.-]+)(?: on \S+)?: .*(?:no such host|name resolution|unreachable|refused)/i,
  // Python's urllib3.
  /host='([\w.-]+)'.*(?:name resolution|not known|resolve)/i,
  /failed to resolve ['"]([\w.-]+)/i,
  // ping, psql, redis.
  /^\w+: ([\w.-]+): (?:temporary failure in name resolution|name or service not known)/i,
  /could not translate host name "([\w.-]+)"/i,
];

function hostIn(line: string): string | null {
  for (const pattern of UNRESOLVED) {
    const host = pattern.exec(line)?.[1];
    if (host) return host.replace(/\.+$/, "");
  }
  return null;
}

/** An address or host with a port beside "unreachable". */
const addressIn = (line: string): string | null =>
  /\b(\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?)\b/.exec(line)?.[1] ??
  /connect to (?:host )?([\w.-]+)(?: port (\d+))?/i.exec(line)?.slice(1).filter(Boolean).join(":") ??
  null;
