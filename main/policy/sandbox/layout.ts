import type { Stats } from "node:fs";
import { lstat, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import type { SandboxPolicy } from "./sandbox.ts";
import { SECRET_PLACES } from "./secret-places.ts";

/** A path to mask: bubblewrap covers a folder with an empty one, anything else with /dev/null. */
export interface HiddenPath {
  readonly path: string;
  readonly kind: "folder" | "file";
}

/** What a policy means on this machine at this moment: no symlinks left, nothing that does not exist. */
export interface Layout {
  readonly policy: SandboxPolicy;
  /** Masked in every mode. */
  readonly hidden: readonly HiddenPath[];
  /** Masked unless the mode is `full-access`: secrets in the home, sockets that something outside listens on. */
  readonly secrets: readonly HiddenPath[];
  /** The worktree's `.git` where it is a file, which nobody inside has a reason to change. */
  readonly gitFile: string | null;
}

/**
 * Looks at the machine for `wrapCommand`. Done anew for each command (about 100 `stat` calls), since a secret may have
 * appeared since the last one. Throws where the worktree, the temp folder or a writable folder does not exist.
 */
export async function surveyLayout(policy: SandboxPolicy, env: NodeJS.ProcessEnv): Promise<Layout> {
  const home = env["HOME"] ?? "/";
  const real: SandboxPolicy = {
    ...policy,
    worktree: await realpath(policy.worktree),
    writable: await Promise.all(policy.writable.map((folder) => realpath(folder))),
    sealed: (await existing(policy.sealed)).map(({ path }) => path),
    // The person's repository may have been moved away: then its objects are missed, and nothing else.
    readable: (await existing([...policy.readable, ...maskedPrograms(env["PATH"] ?? "")])).map(
      ({ path }) => path,
    ),
    temp: await realpath(policy.temp),
    proxySocket: policy.proxySocket === null ? null : await realSocket(policy.proxySocket),
  };
  const places = SECRET_PLACES.map((place) => path.join(home, place));
  const gitFile = path.join(real.worktree, ".git");
  return {
    policy: real,
    hidden: await existing(policy.hidden),
    secrets: [...(await existing(places)), ...(await existing(await listeningSockets(), isSocket))],
    gitFile: await lstat(gitFile).then(
      (found) => (found.isFile() ? gitFile : null),
      () => null,
    ),
  };
}

/** Folders of PATH that the masks of /tmp and /run would take away: on NixOS all programs are in /run. */
const maskedPrograms = (searchPath: string): string[] =>
  searchPath.split(path.delimiter).filter((folder) => /^\/(tmp|run)\//.test(folder));

/** The socket is made with the command, so only its folder is there already. */
const realSocket = async (socket: string): Promise<string> =>
  path.join(await realpath(path.dirname(socket)), path.basename(socket));

/** The paths that exist, by their real names: masking where a symlink leads hides it by every name. */
async function existing(
  paths: readonly string[],
  counts: (found: Stats) => boolean = () => true,
): Promise<HiddenPath[]> {
  const found = await Promise.all(
    paths.map(async (name): Promise<HiddenPath[]> => {
      try {
        const real = await realpath(name);
        const found = await stat(real);
        return counts(found) ? [{ path: real, kind: found.isDirectory() ? "folder" : "file" }] : [];
      } catch {
        return []; // Missing, or in a folder that not even we can enter.
      }
    }),
  );
  return found.flat();
}

/** A name in the kernel's table may be another file here: a container's processes see other folders. */
const isSocket = (found: Stats): boolean => found.isSocket();

/**
 * The unix sockets with a path that something listens on. A read-only mount does not keep anybody from connecting, so
 * each is masked by itself, wherever it lies (a database's in /var/lib, an agent's in the home).
 */
async function listeningSockets(): Promise<string[]> {
  const table = await readFile("/proc/net/unix", "utf8").catch(() => "");
  return parseUnixSockets(table);
}

/** Paths of listening sockets in the text of /proc/net/unix; abstract ones (`@…`) end at the network namespace. */
export function parseUnixSockets(table: string): string[] {
  const ACCEPTS_CONNECTIONS = 0x10000;
  const paths = new Set<string>();
  for (const line of table.split("\n")) {
    // Num RefCount Protocol Flags Type St Inode Path; a datagram socket (type 0002) never listens, but takes messages.
    const [, flags, type, name] = /^\S+ \S+ \S+ (\S+) (\S+) \S+ +\d+ (\/.*)$/.exec(line) ?? [];
    if (flags === undefined || name === undefined) continue;
    const listens = (Number.parseInt(flags, 16) & ACCEPTS_CONNECTIONS) !== 0;
    if (listens || type === "0002") paths.add(name);
  }
  return [...paths];
}
