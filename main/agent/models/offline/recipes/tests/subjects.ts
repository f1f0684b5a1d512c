import { freeNames, readExamples, type Example } from "../../js/examples.ts";
import type { Declaration, SourceModule } from "../../js/module.ts";
import { codeTokens } from "../../js/tokens.ts";
import type { Project } from "../project.ts";

/** An exported function (or class) that no test names, and what its documentation promises. */
export interface Subject {
  readonly name: string;
  readonly module: SourceModule;
  readonly declaration: Declaration;
  readonly examples: readonly Example[];
}

export interface Survey {
  readonly testable: readonly Subject[];
  /** Untested and without a documented example: nothing says what they should do. */
  readonly undocumented: readonly Subject[];
}

/** What has no test yet. An export counts as tested when a test file names it. */
export function findUntested(project: Project): Survey {
  const named = new Set(
    [...project.tests.values()].flatMap((text) => codeTokens(text)).map((token) => token.text),
  );
  const untested = allSubjects(project).filter(
    (subject) => !named.has(subject.name) && subject.declaration.kind !== "value",
  );
  return {
    testable: untested.filter((subject) => subject.examples.length > 0),
    undocumented: untested.filter((subject) => subject.examples.length === 0),
  };
}

/** Every export with the examples whose names can all be had. */
export function allSubjects(project: Project): readonly Subject[] {
  return project.modules.flatMap((module) =>
    module.exports.map(({ name, declaration }): Subject => {
      const docs = [declaration.doc, ...declaration.members.map((member) => member.doc)].filter(
        (doc) => doc !== null,
      );
      const examples = docs
        .flatMap(readExamples)
        .filter((example) => importsFor(example, module, project.modules) !== null);
      return {
        name: name === "default" ? declaration.name : name,
        module,
        declaration,
        examples: unique(examples),
      };
    }),
  );
}

const unique = (examples: readonly Example[]): Example[] => [
  ...new Map(examples.map((example) => [JSON.stringify(example.steps), example])).values(),
];

/** Where a name in a test comes from. */
export interface Import {
  readonly module: SourceModule;
  /** What the module calls it: a name, or `default`. */
  readonly exported: string;
  readonly local: string;
}

/** What a test for `example` must import; null when it uses a name that nobody exports. */
export function importsFor(
  example: Example,
  own: SourceModule,
  modules: readonly SourceModule[],
): readonly Import[] | null {
  const imports: Import[] = [];
  for (const name of freeNames(example)) {
    const found = [own, ...modules].flatMap((module) => exportedAs(module, name))[0];
    if (found) imports.push(found);
    else if (!GLOBALS.has(name)) return null;
  }
  return imports.length === 0 ? null : imports;
}

function exportedAs(module: SourceModule, name: string): Import[] {
  return module.exports
    .filter((entry) => (entry.name === "default" ? entry.declaration.name : entry.name) === name)
    .map((entry) => ({ module, exported: entry.name, local: name }));
}

const GLOBALS: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  "structuredClone",
  "arguments",
]);
