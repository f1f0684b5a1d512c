import { z } from "zod";
import { plural } from "#shared/kernel/human.ts";
import { readModule, type SourceModule } from "../js/module.ts";
import { act, stop, type Steps, type ToolCall } from "../steps.ts";
import { listFiles, readFile } from "../tools.ts";
import { readFiles } from "../work.ts";

/** package.json, as far as recipes read it. A field of the wrong type counts as absent. */
const packageJson = z.looseObject({
  name: z.string().optional().catch(undefined),
  type: z.string().optional().catch(undefined),
  main: z.string().optional().catch(undefined),
  bin: z
    .union([z.string(), z.record(z.string(), z.string())])
    .optional()
    .catch(undefined),
  scripts: z.record(z.string(), z.string()).catch({}).default({}),
  engines: z.record(z.string(), z.string()).catch({}).default({}),
  dependencies: z.record(z.string(), z.string()).catch({}).default({}),
  devDependencies: z.record(z.string(), z.string()).catch({}).default({}),
});
export type PackageJson = z.infer<typeof packageJson>;

export interface Project {
  /** All files, as `list_files` gave them. */
  readonly files: readonly string[];
  readonly package: PackageJson;
  /** What the project is made of: no tests, no scripts, no configuration. */
  readonly modules: readonly SourceModule[];
  /** Test files and their text. */
  readonly tests: ReadonlyMap<string, string>;
  /** Sources that were not read, because there are too many. */
  readonly unread: number;
}

/** More source files than this are not read: the demo is for small projects, and says so. */
const MAX_FILES = 60;

/** Reads the project: its package.json, sources and tests. Stops the recipe where it is none that recipes understand. */
export function* readProject(say: string, plan: (current: number) => ToolCall): Steps<Project> {
  const [, listing = "", manifest = ""] = yield* act(say, plan(0), listFiles(), readFile("package.json"));
  const files = listing
    .split("\n")
    .filter((line) => line !== "" && !/^\[.*\]$/.test(line))
    .map((line) => line.replace(/^\.\//, ""));
  if (/^\[.*more lines/m.test(listing)) {
    return yield* stop(
      "This repository has more files than I can list. My recipes are for small projects, so I changed nothing.",
    );
  }
  const parsed = parsePackage(manifest);
  if (!parsed) {
    return yield* stop(
      "I found no readable package.json here. My recipes are for small JavaScript projects (Node, npm), so I can't do this task. I changed nothing.",
    );
  }
  const sources = files.filter(isSource);
  const tests = files.filter(isTest);
  const wanted = [...sources, ...tests].slice(0, MAX_FILES);
  if (sources.length === 0) {
    return yield* stop(
      "I found no JavaScript source (.js, .mjs, .cjs) here, only that can I read. I changed nothing.",
    );
  }
  const texts = yield* readFiles(`I read ${plural(wanted.length, "file")}.`, wanted);
  const read = (paths: readonly string[]) =>
    paths.flatMap((path): [string, string][] => {
      const text = texts.get(path);
      return text === undefined ? [] : [[path, text]];
    });
  return {
    files,
    package: parsed,
    modules: read(sources).map(([path, text]) => readModule(path, text, parsed.type)),
    tests: new Map(read(tests)),
    unread: sources.length + tests.length - wanted.length,
  };
}

function parsePackage(text: string): PackageJson | null {
  try {
    return packageJson.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

const isScript = (path: string): boolean => /\.[cm]?js$/.test(path);
const isElsewhere = (path: string): boolean =>
  /(^|\/)(node_modules|dist|build|coverage|vendor|scripts?|tools|examples?|bench|benchmarks?|fixtures)\//.test(
    path,
  ) || /(\.min\.[cm]?js|\.config\.[cm]?js|(^|\/)\.[^/]*)$/.test(path);

/** By folder (`test/`, `tests/`, `__tests__/`) or by name (`x.test.js`, `x.spec.js`, `x-test.js`, `test-x.js`). */
export const isTest = (path: string): boolean =>
  isScript(path) &&
  !/(^|\/)(node_modules|fixtures)\//.test(path) &&
  (/(^|\/)(tests?|__tests__|spec)\//.test(path) ||
    /([._-](test|spec)|(^|\/)test-[^/]*)\.[cm]?js$/.test(path));

const isSource = (path: string): boolean => isScript(path) && !isTest(path) && !isElsewhere(path);
