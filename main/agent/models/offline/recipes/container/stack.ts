import path from "node:path/posix";
import type { SourceModule } from "../../js/module.ts";
import type { Project } from "../project.ts";

/** What an image needs to know about the project. */
export interface Stack {
  /** Major version of Node. */
  readonly node: number;
  /** The file that starts the program. */
  readonly entry: string;
  /** Where the entry was found: for the person. */
  readonly entryFrom: string;
  readonly port: number | null;
  /** Whether the port can be set by `PORT`. */
  readonly readsPort: boolean;
  /** The server listens on this machine alone, which nobody outside of a container can reach. */
  readonly isLoopbackOnly: boolean;
  /** Whether the address can be set by `HOST`. */
  readonly readsHost: boolean;
  readonly hasDependencies: boolean;
  readonly lockfile: string | null;
  /** Files and folders at the root that the program needs at run time, without package.json. */
  readonly copies: readonly string[];
}

/** The oldest Node that is still maintained, for projects that do not say which they want. */
const DEFAULT_NODE = 24;

/** Null where nothing says how the program starts. */
export function detectStack(project: Project): Stack | null {
  const entry = findEntry(project);
  if (!entry) return null;
  const modules = reachable(project, entry.path);
  const source = modules.map((module) => module.source).join("\n");
  return {
    node: nodeVersion(project),
    entry: entry.path,
    entryFrom: entry.from,
    port: findPort(source),
    readsPort:
      /process\.env\.PORT\b|process\.env\[["']PORT["']\]|\{[^}]*\bPORT\b[^}]*\}\s*=\s*process\.env/.test(
        source,
      ),
    isLoopbackOnly: /["'](127\.0\.0\.1|localhost|::1)["']/.test(source),
    readsHost: /process\.env\.HOST\b/.test(source),
    hasDependencies: Object.keys(project.package.dependencies).length > 0,
    lockfile:
      ["package-lock.json", "npm-shrinkwrap.json"].find((file) => project.files.includes(file)) ?? null,
    copies: [...new Set(modules.map((module) => rootOf(module.path)))].toSorted(),
  };
}

const rootOf = (file: string): string => (file.includes("/") ? `${file.split("/")[0]}/` : file);

function findEntry(project: Project): { path: string; from: string } | null {
  const has = (file: string): boolean => project.modules.some((module) => module.path === file);
  const started = /^(?:\w+=\S+\s+)*node\s+(?:--?\S+\s+)*([\w@./-]+)\s*$/.exec(
    project.package.scripts["start"] ?? "",
  )?.[1];
  const start = started === undefined ? null : resolveFile(has, path.normalize(started));
  if (start) return { path: start, from: "the start script" };
  const listening = project.modules.filter((module) => callsListen(module));
  const [only] = listening;
  if (only && listening.length === 1) return { path: only.path, from: "the one file that calls listen()" };
  const { bin, main } = project.package;
  const named = typeof bin === "string" ? bin : Object.values(bin ?? {})[0];
  const program = named === undefined ? null : resolveFile(has, path.normalize(named));
  if (program) return { path: program, from: "bin in package.json" };
  const whole = main === undefined ? null : resolveFile(has, path.normalize(main));
  return whole && listening.some((module) => module.path === whole)
    ? { path: whole, from: "main in package.json" }
    : null;
}

const callsListen = (module: SourceModule): boolean =>
  module.tokens.some(
    (token, at) =>
      token.text === "listen" && module.tokens[at - 1]?.text === "." && module.tokens[at + 1]?.text === "(",
  );

function resolveFile(has: (file: string) => boolean, file: string): string | null {
  const names = [
    file,
    `${file}.js`,
    `${file}.mjs`,
    `${file}.cjs`,
    path.join(file, "index.js"),
    path.join(file, "index.cjs"),
  ];
  return names.find(has) ?? null;
}

/** The entry and what it imports, directly or not. */
function reachable(project: Project, entry: string): readonly SourceModule[] {
  const byPath = new Map(project.modules.map((module) => [module.path, module]));
  const seen = new Set<string>();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    const module = byPath.get(file);
    if (!module || seen.has(file)) continue;
    seen.add(file);
    const folder = path.dirname(file);
    const next = module.imports
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => resolveFile((name) => byPath.has(name), path.join(folder, specifier)));
    open.push(...next.filter((name) => name !== null));
  }
  return project.modules.filter((module) => seen.has(module.path));
}

/** `>=20`, `^22.1`, `20.x || 22.x`: the lowest major that is named. */
function nodeVersion(project: Project): number {
  const majors = (project.package.engines["node"] ?? "").match(/\d+(?:\.[\dx*]+)*/g) ?? [];
  const lowest = Math.min(...majors.map((version) => Number.parseInt(version, 10)));
  return Number.isFinite(lowest) && lowest >= 12 ? lowest : DEFAULT_NODE;
}

function findPort(source: string): number | null {
  const patterns = [
    /env\.PORT\s*(?:\?\?|\|\|)\s*["']?(\d{2,5})/,
    /\bport\w*\s*[=:]\s*(?:Number\()?["']?(\d{2,5})\b/i,
    /\bPORT\s*=\s*(\d{2,5})/,
    /\.listen\(\s*(\d{2,5})/,
  ];
  const found = patterns.map((pattern) => pattern.exec(source)?.[1]).find((port) => port !== undefined);
  return found === undefined ? null : Number(found);
}
