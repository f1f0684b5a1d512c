import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { configText } from "./config-file.ts";
import type { ConfigEntry } from "./config-file.ts";
import type { PersonConfig } from "./person-config.ts";
import type { ProjectPlace } from "./project.ts";
import { alternate } from "./runner.ts";

export interface NewRepository {
  readonly gitDir: string;
  /** Null for a bare repository. */
  readonly workTree: string | null;
  readonly project: ProjectPlace;
  readonly person: PersonConfig;
  readonly head: string;
  /** Ref name to commit, all in the person's repository. */
  readonly refs: ReadonlyMap<string, string>;
  readonly extra?: readonly ConfigEntry[];
  /** The commits whose parents a shallow clone does not have; text of the person's `shallow`, or null. */
  readonly shallow: string | null;
}

/**
 * Writes a repository that borrows the person's objects. By hand rather than by `git init` and ten `git config`: it
 * is a dozen small files, and no template or default of the machine gets in.
 */
export async function writeRepository(repository: NewRepository): Promise<void> {
  const { gitDir, person, project } = repository;
  for (const folder of ["objects/info", "objects/pack", "refs/heads", "refs/tags", "info"])
    await mkdir(path.join(gitDir, folder), { recursive: true });
  const files: Record<string, string | null> = {
    HEAD: `ref: ${repository.head}\n`,
    config: configText(configOf(repository)),
    "packed-refs": packedRefs(repository.refs),
    "objects/info/alternates": `${alternate(path.join(project.commonDir, "objects"))}\n`,
    "info/exclude": person.exclude,
    "info/attributes": person.attributes,
    "info/sparse-checkout": person.sparse,
    shallow: repository.shallow,
  };
  for (const [name, content] of Object.entries(files))
    if (content !== null) await writeFile(path.join(gitDir, name), content);
}

function configOf({ workTree, project, person, extra }: NewRepository): ConfigEntry[] {
  const sha256 = project.objectFormat === "sha256";
  return [
    ["core.repositoryformatversion", sha256 ? "1" : "0"],
    ...(sha256 ? [["extensions.objectformat", "sha256"] as const] : []),
    ["core.bare", String(workTree === null)],
    ...(workTree === null ? [] : [["core.worktree", workTree] as const]),
    ["core.logallrefupdates", "true"],
    // The agent has no key of the person's.
    ["commit.gpgsign", "false"],
    ["tag.gpgsign", "false"],
    ...person.entries,
    ...(extra ?? []),
  ];
}

/** Pure: refs as git packs them, sorted by name as its header promises. */
export const packedRefs = (refs: ReadonlyMap<string, string>): string =>
  `# pack-refs with: sorted \n${[...refs]
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    .map(([ref, commit]) => `${commit} ${ref}\n`)
    .join("")}`;
