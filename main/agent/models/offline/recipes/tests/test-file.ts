import path from "node:path/posix";
import type { Example, ExampleStep } from "../../js/examples.ts";
import { codeTokens } from "../../js/tokens.ts";
import type { SourceModule } from "../../js/module.ts";
import { isTest, type Project } from "../project.ts";
import { importsFor, type Import, type Subject } from "./subjects.ts";

/** A test file to write, and the name of each test in it. */
export interface TestFile {
  readonly path: string;
  readonly text: string;
  readonly subjects: readonly Subject[];
}

/** One file for each module, where and how the project keeps its tests. */
export function testFilesFor(project: Project, subjects: readonly Subject[]): readonly TestFile[] {
  const taken = new Set(project.files);
  return [...Map.groupBy(subjects, (subject) => subject.module)].map(([module, own]) => {
    const file = testPath(project, module, taken);
    taken.add(file);
    return { path: file, text: testText(file, module, own, project), subjects: own };
  });
}

export const testTitle = ({ name }: Subject, { title }: Example): string =>
  title.startsWith(`${name}(`) ? title : `${name}: ${title}`;

/** Beside the source, or in the project's test folder; named like the tests that are there. */
function testPath(project: Project, module: SourceModule, taken: ReadonlySet<string>): string {
  const { folder, suffix } = conventions(project);
  const extension = path.extname(module.path);
  const stem = path.basename(module.path, extension);
  const parent = path.dirname(module.path);
  const names = [stem, `${stem}-examples`, `${path.basename(parent)}-${stem}`];
  const paths = names.map((name) => path.join(folder ?? parent, `${name}${suffix}${extension}`));
  return (
    paths.find((candidate) => !taken.has(candidate)) ??
    path.join(folder ?? parent, `${stem}-documented-examples${suffix}${extension}`)
  );
}

/** `folder` is null where tests stand beside their sources. */
function conventions(project: Project): { folder: string | null; suffix: string } {
  const tests = project.files.filter(isTest);
  const suffix =
    mostCommon(tests.map((file) => /[._-](?:test|spec)(?=\.[cm]?js$)/.exec(file)?.[0] ?? ".test")) ?? ".test";
  const sources = new Set(project.modules.map((module) => path.dirname(module.path)));
  const folders = tests.map((file) => path.dirname(file));
  const folder = mostCommon(folders);
  if (folder === null)
    return { folder: project.files.some((file) => file.startsWith("tests/")) ? "tests" : "test", suffix };
  return { folder: sources.has(folder) ? null : folder, suffix };
}

function mostCommon(values: readonly string[]): string | null {
  const groups = [...Map.groupBy(values, (value) => value)].toSorted(([, a], [, b]) => b.length - a.length);
  return groups[0]?.[0] ?? null;
}

function testText(
  file: string,
  module: SourceModule,
  subjects: readonly Subject[],
  project: Project,
): string {
  const quote = quoteOf(module);
  const imports = uniqueImports(
    subjects.flatMap((subject) =>
      subject.examples.flatMap((example) => importsFor(example, module, project.modules) ?? []),
    ),
  );
  const tests = subjects.flatMap((subject) =>
    subject.examples.map((example) => testCode(subject, example, quote)),
  );
  const header = [...nodeImports(module, quote), ...importLines(file, module, imports, quote)];
  return `${header.join("\n")}\n\n// Each expectation is what the documentation of the function says.\n\n${tests.join("\n\n")}\n`;
}

const nodeImports = (module: SourceModule, quote: Quote): string[] =>
  module.kind === "esm"
    ? [`import assert from ${quote("node:assert/strict")};`, `import { test } from ${quote("node:test")};`]
    : [
        `const assert = require(${quote("node:assert/strict")});`,
        `const { test } = require(${quote("node:test")});`,
      ];

function importLines(file: string, own: SourceModule, imports: readonly Import[], quote: Quote): string[] {
  return [...Map.groupBy(imports, (entry) => entry.module)].map(([module, entries]) => {
    const relative = path.relative(path.dirname(file), module.path);
    const from = quote(relative.startsWith(".") ? relative : `./${relative}`);
    const whole = entries.find((entry) => entry.exported === "default")?.local;
    const named = entries.filter((entry) => entry.exported !== "default");
    if (own.kind === "cjs") {
      const names = named.map((entry) =>
        entry.exported === entry.local ? entry.local : `${entry.exported}: ${entry.local}`,
      );
      return `const ${whole ?? `{ ${names.join(", ")} }`} = require(${from});`;
    }
    const names = named.map((entry) =>
      entry.exported === entry.local ? entry.local : `${entry.exported} as ${entry.local}`,
    );
    const list = names.length > 0 ? `{ ${names.join(", ")} }` : null;
    return `import ${[whole, list].filter((part) => part).join(", ")} from ${from};`;
  });
}

const uniqueImports = (imports: readonly Import[]): Import[] => [
  ...new Map(imports.map((entry) => [`${entry.module.path} ${entry.local}`, entry])).values(),
];

function testCode(subject: Subject, example: Example, quote: Quote): string {
  const isAsync =
    subject.declaration.isAsync ||
    example.steps.some((step) => codeTokens(step.code).some((token) => token.text === "await"));
  const lines = example.steps.map((step) => `  ${stepCode(step, isAsync)}`);
  return `test(${quote(testTitle(subject, example))}, ${isAsync ? "async " : ""}() => {\n${lines.join("\n")}\n});`;
}

function stepCode(step: ExampleStep, isAsync: boolean): string {
  switch (step.kind) {
    case "run":
      return `${step.code};`;
    case "value": {
      const isAwaited = /^await\b/.test(step.code);
      return `assert.deepEqual(${isAsync && !isAwaited ? `await ${step.code}` : step.code}, ${step.expected});`;
    }
    case "throws": {
      const code = step.code.replace(/^await\s+/, "");
      const error = step.error ? `, ${step.error}` : "";
      return isAsync
        ? `await assert.rejects(async () => ${code}${error});`
        : `assert.throws(() => ${code}${error});`;
    }
  }
}

type Quote = (text: string) => string;

/** The quotes that the module prefers. */
function quoteOf(module: SourceModule): Quote {
  const strings = module.tokens.filter((token) => token.type === "string");
  const singles = strings.filter((token) => token.text.startsWith("'")).length;
  if (singles * 2 <= strings.length) return (text) => JSON.stringify(text);
  return (text) => `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
