import { candidateFixes } from "../../js/mutations.ts";
import type { Declaration, SourceModule } from "../../js/module.ts";
import { closingIndex, codeTokens } from "../../js/tokens.ts";
import type { Project } from "../project.ts";
import { allSubjects, type Subject } from "./subjects.ts";
import { testTitle, type TestFile } from "./test-file.ts";
import type { TestFailure } from "./test-run.ts";
import type { Candidate, Goal } from "./try-fixes.ts";

/** A function that failing tests point at, and the tests that would show it right. */
export interface Suspect {
  readonly subject: Subject;
  readonly goals: readonly Goal[];
  readonly failures: readonly TestFailure[];
}

/** Who may be wrong, those first that rely on no other suspect. */
export function findSuspects(
  project: Project,
  written: readonly TestFile[],
  failures: readonly TestFailure[],
): readonly Suspect[] {
  const found = failures.flatMap((failure) => ownTest(written, failure) ?? existingTest(project, failure));
  const suspects = [...Map.groupBy(found, ({ subject }) => subject.name)].flatMap(([, group]): Suspect[] => {
    const first = group[0];
    if (!first) return [];
    const goals = [...Map.groupBy(group, ({ file }) => file)].map(([file, entries]) => ({
      file,
      titles: [...new Set(entries.flatMap(({ titles }) => titles))],
    }));
    return [{ subject: first.subject, goals, failures: group.map(({ failure }) => failure) }];
  });
  const names = new Set(suspects.map(({ subject }) => subject.declaration.name));
  const relies = ({ subject }: Suspect): number =>
    namesIn(subject).filter((name) => name !== subject.declaration.name && names.has(name)).length;
  return suspects.toSorted((a, b) => relies(a) - relies(b));
}

interface Pointer {
  readonly subject: Subject;
  readonly file: string;
  readonly failure: TestFailure;
  /** What has to pass once the subject is right: all its documented examples, not only those that fail now. */
  readonly titles: readonly string[];
}

function ownTest(written: readonly TestFile[], failure: TestFailure): Pointer[] | null {
  for (const file of written) {
    for (const subject of file.subjects) {
      const isIts = subject.examples.some((example) => testTitle(subject, example) === failure.name);
      if (isIts)
        return [
          {
            subject,
            file: file.path,
            failure,
            titles: subject.examples.map((example) => testTitle(subject, example)),
          },
        ];
    }
  }
  return null;
}

/** A test that was there before: every export that its code names may be wrong. */
function existingTest(project: Project, failure: TestFailure): Pointer[] {
  const [, path = "", line = ""] = /^(.*):(\d+):\d+$/.exec(failure.location ?? "") ?? [];
  const file = [...project.tests.keys()].find((name) => path.endsWith(`/${name}`) || path === name);
  if (file === undefined) return [];
  const tokens = codeTokens(project.tests.get(file) ?? "");
  const first = tokens.findIndex((token) => token.line === Number(line));
  const open = tokens.findIndex((token, at) => at >= first && token.text === "(");
  const names = new Set(tokens.slice(open, closingIndex(tokens, open)).map((token) => token.text));
  return allSubjects(project)
    .filter((subject) => names.has(subject.name))
    .map((subject) => ({ subject, file, failure, titles: [failure.name] }));
}

const namesIn = ({ module, declaration }: Subject): string[] =>
  tokensOf(module, declaration).map((token) => token.text);

const tokensOf = (module: SourceModule, declaration: Declaration) =>
  module.tokens.filter((token) => token.start >= declaration.start && token.end <= declaration.end);

/** Changes to the function itself, then to what it uses, in its own module and in those that it imports. */
export function candidatesFor(project: Project, subject: Subject): readonly Candidate[] {
  const documented = allSubjects(project);
  const used = new Set(namesIn(subject));
  const helpers = project.modules.flatMap((module) =>
    module.declarations
      .filter((entry) => entry.name !== subject.declaration.name && used.has(entry.name))
      .filter(
        () =>
          module === subject.module ||
          subject.module.imports.some((specifier) => names(specifier, module.path)),
      )
      .map((declaration) => ({ module, declaration })),
  );
  return [{ module: subject.module, declaration: subject.declaration }, ...helpers].flatMap(
    ({ module, declaration }) => {
      const examples =
        documented.find((entry) => entry.declaration === declaration)?.examples ?? subject.examples;
      return candidateFixes(module, declaration, examples).map((mutation) => ({
        path: module.path,
        mutation,
      }));
    },
  );
}

/** Whether a relative specifier can mean `path`: same file name. */
const names = (specifier: string, path: string): boolean =>
  specifier.startsWith(".") &&
  path.replace(/\.[cm]?js$/, "").endsWith(specifier.replace(/^[./]+/, "").replace(/\.[cm]?js$/, ""));
