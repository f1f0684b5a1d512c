import { readModule } from "../../js/module.ts";
import { act, stop, type Steps, type ToolCall } from "../../steps.ts";
import { run, writeFiles } from "../../work.ts";
import type { Project } from "../project.ts";
import { candidatesFor, findSuspects, type Suspect } from "./suspects.ts";
import type { TestFile } from "./test-file.ts";
import { readTap, tapOf, type TestCommand, type TestRun } from "./test-run.ts";
import { readTried, tryFixesCommand, type Candidate } from "./try-fixes.ts";

export interface Fix {
  readonly path: string;
  /** The function that the failing tests are about. */
  readonly name: string;
  /** What was wrong: "`>` instead of `>=`". */
  readonly why: string;
  /** The failing tests that showed it. */
  readonly shownBy: readonly string[];
}

export interface Repaired {
  readonly fixes: readonly Fix[];
  /** Functions that stay wrong: no small change made their documented examples pass. */
  readonly unsolved: readonly Suspect[];
  readonly last: TestRun;
}

/** Functions that one run repairs at most. */
const MAX_FIXES = 8;
/** How often a change that breaks other tests is taken back and the next one looked for. */
const MAX_TRIES = 4;

type TestsNode = Extract<TestCommand, { kind: "node" }>;

/** Fixes one failing function after the other, until none is left or none can be fixed. */
export function* repairAll(
  start: Project,
  written: readonly TestFile[],
  command: TestsNode,
  first: TestRun,
  plan: ToolCall,
): Steps<Repaired> {
  let project = start;
  let last = first;
  const fixes: Fix[] = [];
  const unsolved: Suspect[] = [];
  while (fixes.length < MAX_FIXES) {
    const suspect = findSuspects(project, written, last.failures).find(
      ({ subject }) => !unsolved.some((other) => other.subject.name === subject.name),
    );
    if (!suspect) break;
    const fixed = yield* repair(project, suspect, command, last, fixes.length === 0 ? [plan] : []);
    if (!fixed) {
      unsolved.push(suspect);
      continue;
    }
    fixes.push(fixed.fix);
    ({ project, last } = fixed);
  }
  const stillFailing = findSuspects(project, written, last.failures);
  return {
    fixes,
    unsolved: unsolved.filter(({ subject }) =>
      stillFailing.some((other) => other.subject.name === subject.name),
    ),
    last,
  };
}

function* repair(
  project: Project,
  suspect: Suspect,
  command: TestsNode,
  before: TestRun,
  beside: readonly ToolCall[],
): Steps<{ fix: Fix; project: Project; last: TestRun } | null> {
  const { subject, goals, failures } = suspect;
  const candidates = candidatesFor(project, subject);
  let from = 0;
  for (let tries = 0; tries < MAX_TRIES && from < candidates.length; tries++) {
    const say =
      tries === 0 ? announce(suspect) : "That change broke another test, so I took it back and look on.";
    const tried = yield* run(say, tryFixesCommand(candidates, goals, from), ...(tries === 0 ? beside : []));
    if (tried.exitCode !== 0) {
      const shown = failures.map((failure) => failure.name).join("”, “");
      return yield* stop(
        `The tests show a bug in \`${subject.name}\` (“${shown}”), but I could not try changes on a copy, so it is not fixed:\n\n${tried.output.trim().slice(-1000)}`,
      );
    }
    const index = readTried(tried.output);
    const candidate = index === null ? undefined : candidates[index];
    if (index === null || !candidate) return null;
    const changed = withCandidate(project, candidate);
    const now = changed.modules.find((module) => module.path === candidate.path);
    const edit = {
      path: candidate.path,
      before: sourceOf(project, candidate.path),
      after: now?.source ?? "",
    };
    yield* writeFiles(
      `With ${candidate.mutation.why} put right, \`${subject.name}\` does what its documentation says.`,
      [edit],
    );
    const last = yield* runTests("I run all tests again.", command, []);
    if (last.failed < before.failed) {
      const fix = {
        path: candidate.path,
        name: subject.name,
        why: candidate.mutation.why,
        shownBy: failures.map((failure) => failure.name),
      };
      return { fix, project: changed, last };
    }
    yield* writeFiles("", [{ path: edit.path, before: edit.after, after: edit.before }]);
    from = index + 1;
  }
  return null;
}

function announce({ subject, failures }: Suspect): string {
  const [first] = failures;
  const error = first?.error ? ` (${first.error})` : "";
  return `\`${subject.name}\` in ${subject.module.path} does not do what its documentation says: “${first?.name}” fails${error}. I try small changes to it on a copy, until its documented examples pass.`;
}

const sourceOf = (project: Project, path: string): string =>
  project.modules.find((module) => module.path === path)?.source ?? "";

function withCandidate(project: Project, { path, mutation }: Candidate): Project {
  const change = (source: string) =>
    source.slice(0, mutation.start) + mutation.text + source.slice(mutation.end);
  return {
    ...project,
    modules: project.modules.map((module) =>
      module.path === path ? readModule(path, change(module.source), project.package.type) : module,
    ),
  };
}

/** Runs all tests. Where the output was cut, failing tests are asked for again file by file. */
export function* runTests(
  say: string,
  command: TestsNode,
  files: readonly string[],
  ...beside: readonly ToolCall[]
): Steps<TestRun> {
  const whole = readTap((yield* run(say, command.tap, ...beside)).output);
  if (whole.failures.length > 0 || whole.failed === 0) return whole;
  const failures = [];
  for (const file of files) failures.push(...readTap((yield* run("", tapOf(file))).output).failures);
  return { ...whole, failures };
}

export function* finishPlan(plan: ToolCall): Steps<void> {
  yield* act("", plan);
}
