import { plural } from "#shared/kernel/human.ts";
import { stop, type Steps } from "../steps.ts";
import { plan } from "../tools.ts";
import { writeFiles } from "../work.ts";
import { readProject } from "./project.ts";
import { finishPlan, repairAll, runTests, type Repaired } from "./tests/repair.ts";
import { findUntested, type Subject, type Survey } from "./tests/subjects.ts";
import { testFilesFor, type TestFile } from "./tests/test-file.ts";
import { testCommand } from "./tests/test-run.ts";

const STEPS = [
  "Read the sources and the tests",
  "Write tests from the documented examples",
  "Run the tests",
  "Find and fix what fails",
  "Report",
];
const at = (current: number) => plan(STEPS, current);

/** Tests what is documented and untested, and fixes what the tests find. */
export function* testsRecipe(): Steps<string> {
  const project = yield* readProject("I look for exported functions that no test uses yet.", at);
  const command = testCommand(project);
  if (command.kind === "other") {
    return yield* stop(
      `The test script here is \`${command.script}\`. This recipe only knows \`node --test\`, so I did not write any test. I changed nothing.`,
    );
  }
  const survey = findUntested(project);
  const files = testFilesFor(project, survey.testable);
  if (files.length === 0 && project.tests.size === 0) {
    return yield* stop(`${nothingToTest(survey)} I changed nothing.`);
  }
  yield* writeFiles(
    announce(survey),
    files.map((file) => ({ path: file.path, before: null, after: file.text })),
    at(1),
  );
  const known = [...files.map((file) => file.path), ...project.tests.keys()];
  const first = yield* runTests(`I run \`${command.plain}\`.`, command, known, at(2));
  if (first.passed + first.failed === 0) {
    return yield* stop(
      `${written(files)}\n\nBut \`${command.plain}\` printed no result that I can read, so I can't say whether they pass.`,
    );
  }
  const repaired = yield* repairAll(project, files, command, first, at(3));
  yield* finishPlan(at(STEPS.length));
  return [
    files.length > 0 ? written(files) : nothingToTest(survey),
    ...findings(repaired),
    `\`${command.plain}\`: ${repaired.last.passed} passed, ${repaired.last.failed} failed.`,
    ...leftAlone(survey, project.unread),
  ].join("\n\n");
}

function announce(survey: Survey): string {
  const names = survey.testable.map((subject) => `\`${subject.name}\``).join(", ");
  const whose = survey.testable.length === 1 ? "Its" : "Their";
  return `No test uses ${names} yet. ${whose} documentation has examples: I make a test of each.`;
}

function written(files: readonly TestFile[]): string {
  const subjects = files.flatMap((file) => file.subjects);
  const count = subjects.reduce((sum, subject) => sum + subject.examples.length, 0);
  const where = files.map((file) => `- \`${file.path}\`: ${namesOf(file.subjects)}`).join("\n");
  const expected = count === 1 ? "What it expects" : "What they expect";
  return `I wrote ${plural(count, "test")} for ${plural(subjects.length, "function")} that had none. ${expected} is what the documentation says.\n${where}`;
}

function findings(repaired: Repaired): string[] {
  const fixed = repaired.fixes.map(
    (fix) =>
      `**Bug fixed** in \`${fix.name}\` (\`${fix.path}\`): ${fix.why}. Shown by “${fix.shownBy.join("”, “")}”.`,
  );
  const open = repaired.unsolved.map(
    ({ subject, failures }) =>
      `**Not fixed**: \`${subject.name}\` (\`${subject.module.path}\`) fails “${failures.map((failure) => failure.name).join("”, “")}”. None of the small changes that I know makes it pass; a person has to look whether the code or the documentation is wrong.`,
  );
  const named = new Set([
    ...repaired.unsolved.flatMap(({ failures }) => failures.map((failure) => failure.name)),
  ]);
  const other = repaired.last.failures.filter((failure) => !named.has(failure.name));
  const rest =
    other.length > 0
      ? [`Also failing, and beyond this recipe: “${other.map((failure) => failure.name).join("”, “")}”.`]
      : [];
  const none =
    fixed.length + open.length + rest.length === 0 && repaired.last.failed === 0 ? ["No bug was found."] : [];
  return [...fixed, ...open, ...rest, ...none];
}

const nothingToTest = (survey: Survey): string =>
  survey.undocumented.length === 0
    ? "Every exported function is used in a test already, so I added none."
    : `No test uses ${namesOf(survey.undocumented)}, and without an example in the documentation nothing says what to expect. I added no test.`;

function leftAlone(survey: Survey, unread: number): string[] {
  const undocumented = survey.testable.length > 0 && survey.undocumented.length > 0;
  return [
    ...(undocumented
      ? [`Still without a test, because no example says what to expect: ${namesOf(survey.undocumented)}.`]
      : []),
    ...(unread > 0
      ? [`I did not read ${plural(unread, "further file")}: this demo is for small projects.`]
      : []),
  ];
}

const namesOf = (subjects: readonly Subject[]): string =>
  subjects.map((subject) => `\`${subject.name}\``).join(", ");
