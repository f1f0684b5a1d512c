/**
 * What a session takes over from the person's configuration: by a list, never the file. Nothing on the list names a
 * program.
 */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { parseConfig } from "./config-file.ts";
import type { ConfigEntry } from "./config-file.ts";
import type { ProjectPlace } from "./project.ts";
import { git, text } from "./runner.ts";

const COPIED = [
  "author.email",
  "author.name",
  "committer.email",
  "committer.name",
  "core.autocrlf",
  "core.eol",
  "core.filemode",
  "core.ignorecase",
  "core.precomposeunicode",
  "core.quotepath",
  "core.safecrlf",
  "core.sparsecheckout",
  "core.sparsecheckoutcone",
  "core.symlinks",
  "core.whitespace",
  "i18n.commitencoding",
  "merge.conflictstyle",
  "merge.renamelimit",
  "diff.renamelimit",
];

/** Used where the person has told git no name: a commit needs one, and guessing from the machine leaks its name. */
const NOBODY = { "user.name": "Oriel", "user.email": "oriel@localhost" } as const;

export interface PersonConfig {
  /** For the configuration file of a repository of the session. */
  readonly entries: readonly ConfigEntry[];
  /** Patterns of files that the person ignores outside of the tree; and attributes. Text of the files, may be empty. */
  readonly exclude: string;
  readonly attributes: string;
  /** The sparse-checkout patterns of the person's folder, or null where it is not sparse. */
  readonly sparse: string | null;
  readonly identityMissing: boolean;
}

export async function readPersonConfig(project: ProjectPlace, signal?: AbortSignal): Promise<PersonConfig> {
  const call = { repository: project.gitDir, config: "person", ...(signal && { signal }) } as const;
  const all = parseConfig((await git(["config", "--list", "-z", "--includes"], call)).stdout);
  const excludes = await git(["config", "--type=path", "--get", "core.excludesFile"], {
    ...call,
    exits: [0, 1],
  });
  const globalExclude = excludes.exit === 0 ? text(excludes) : path.join(configHome(), "git", "ignore");
  const sparse = /^(true|yes|on|1)$/i.test(all.get("core.sparsecheckout") ?? "");
  return {
    entries: [...copied(all), ...identity(all)],
    // What comes later wins, and the repository's own file wins over the person's.
    exclude: await joined([globalExclude, path.join(project.commonDir, "info", "exclude")]),
    attributes: await joined([path.join(project.commonDir, "info", "attributes")]),
    sparse: sparse ? await joined([path.join(project.gitDir, "info", "sparse-checkout")]) : null,
    identityMissing: !all.has("user.name") || !all.has("user.email"),
  };
}

const copied = (all: ReadonlyMap<string, string>): ConfigEntry[] =>
  COPIED.flatMap((key) => {
    const value = all.get(key);
    return value === undefined ? [] : [[key, value] as const];
  });

const identity = (all: ReadonlyMap<string, string>): ConfigEntry[] =>
  Object.entries(NOBODY).map(([key, fallback]) => [key, all.get(key) || fallback]);

const configHome = (): string => process.env["XDG_CONFIG_HOME"] || path.join(homedir(), ".config");

async function joined(files: readonly string[]): Promise<string> {
  const texts = await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")));
  return texts
    .filter((text) => text !== "")
    .map((text) => (text.endsWith("\n") ? text : `${text}\n`))
    .join("");
}
