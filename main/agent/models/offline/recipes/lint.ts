import { plural } from "#shared/kernel/human.ts";
import { act, type Steps, type ToolCall } from "../steps.ts";
import { plan, quoteWord } from "../tools.ts";
import { readFiles, run, writeFiles, type Finished } from "../work.ts";
import { fixFile } from "./lint/fixes.ts";
import { ownFindings, readFindings, type Finding } from "./lint/findings.ts";
import { readProject, type Project } from "./project.ts";
import { readTap, testCommand } from "./tests/test-run.ts";

const STEPS = [
  "Read the project",
  "Run the linter",
  "Fix the findings",
  "Run the linter again",
  "Run the tests",
];
const at = (current: number) => plan(STEPS, current);

/** One fix can uncover another finding (a variable that only removed code used), so it goes round a few times. */
const MAX_ROUNDS = 4;

/** Fixes what the project's own linter finds, or, where there is none, what a few rules of our own do. */
export function* lintRecipe(): Steps<string> {
  const project = yield* readProject("I look how this project is linted.", at);
  const linter = linterOf(project);
  const fixed: Finding[] = [];
  let texts: ReadonlyMap<string, string> = new Map();
  let report = yield* linter.look(`I run ${linter.name}.`, at(1));
  const before = report.findings.length;
  for (let round = 0; round < MAX_ROUNDS && report.findings.length > 0; round++) {
    const paths = [...new Set(report.findings.map((finding) => finding.path))];
    texts = yield* readFiles("", paths);
    const files = paths.flatMap((path) => {
      const text = texts.get(path);
      return text === undefined
        ? []
        : [
            {
              path,
              before: text,
              ...fixFile(
                text,
                report.findings.filter((finding) => finding.path === path),
              ),
            },
          ];
    });
    const now = files.flatMap((file) => file.fixed);
    if (now.length === 0) break;
    yield* writeFiles(
      `${now.length} of ${plural(report.findings.length, "finding")} I can fix: ${summary(now)}.`,
      files.map((file) => ({ path: file.path, before: file.before, after: file.text })),
      at(2),
    );
    fixed.push(...now);
    report = yield* linter.look("I run the linter again.", at(3));
  }
  const tests = yield* runTests(project);
  yield* act("", at(STEPS.length));
  return finalMessage(linter, before, fixed, report, tests);
}

interface Report {
  readonly findings: readonly Finding[];
  /** Whether the linter itself is content: its exit code, not our reading of its output. */
  readonly isClean: boolean;
  readonly output: string;
}

interface Linter {
  readonly name: string;
  look(say: string, beside: ToolCall): Steps<Report>;
}

function linterOf(project: Project): Linter {
  const script = project.package.scripts["lint"];
  if (script !== undefined) return scriptLinter(project, script);
  const paths = [...project.modules.map((module) => module.path), ...project.tests.keys()];
  return {
    name: "`node --check` and a few rules of my own (there is no lint script)",
    *look(say, beside) {
      const check = `status=0; for file in ${paths.map(quoteWord).join(" ")}; do node --check "$file" || status=1; done; exit $status`;
      const checked = yield* run(say, check, beside);
      const texts = yield* readFiles("", paths);
      const findings = [...texts].flatMap(([path, text]) => ownFindings(path, text));
      return { findings, isClean: findings.length === 0 && checked.exitCode === 0, output: checked.output };
    },
  };
}

function scriptLinter(project: Project, script: string): Linter {
  const command = script.startsWith("node ") ? script : `PATH="$PWD/node_modules/.bin:$PATH"; ${script}`;
  return {
    name: `\`${script}\``,
    *look(say, beside) {
      const finished: Finished = yield* run(say, command, beside);
      const findings = readFindings(finished.output, project.files);
      return {
        findings: finished.exitCode === 0 ? [] : findings,
        isClean: finished.exitCode === 0,
        output: finished.output,
      };
    },
  };
}

/** One line about the tests after the changes, or null where there are none that can be run. */
function* runTests(project: Project): Steps<string | null> {
  const command = testCommand(project);
  if (command.kind === "other" || project.tests.size === 0) return null;
  const { passed, failed } = readTap(
    (yield* run("I run the tests, to see that the fixes broke nothing.", command.tap, at(4))).output,
  );
  return `\`${command.plain}\`: ${passed} passed, ${failed} failed.`;
}

function finalMessage(
  linter: Linter,
  before: number,
  fixed: readonly Finding[],
  report: Report,
  tests: string | null,
): string {
  const left = report.findings.map((finding) => `- ${finding.path}:${finding.line} ${finding.message}`);
  const parts = [
    before === 0 && report.isClean
      ? `${linter.name} finds nothing, so I changed nothing.`
      : `${linter.name} had ${plural(before, "finding")}. I fixed ${fixed.length}: ${summary(fixed)}.`,
    ...(report.isClean
      ? []
      : [
          `Left for a person, because the right fix is not certain:\n${left.length > 0 ? left.join("\n") : report.output.trim().slice(0, 2000)}`,
        ]),
    ...(report.isClean && before > 0 ? ["The linter is clean now."] : []),
    ...(tests === null ? [] : [tests]),
  ];
  return parts.join("\n\n");
}

const WORDS = {
  trailing: "trailing white space",
  var: "`var`",
  eqeqeq: "loose equality",
  unused: "unused code",
  const: "`let` that is never reassigned",
  semi: "missing semicolons",
  debugger: "`debugger`",
  tabs: "tabs",
} as const;

function summary(findings: readonly Finding[]): string {
  const groups = Map.groupBy(findings, (finding) => finding.rule);
  const parts = [...groups].flatMap(([rule, group]) =>
    rule === null ? [] : [`${group.length} × ${WORDS[rule]}`],
  );
  return parts.length > 0 ? parts.join(", ") : "nothing";
}
