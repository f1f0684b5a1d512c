/** The test command, and what `node --test` says in TAP. */
import type { Project } from "../project.ts";

export interface TestFailure {
  readonly name: string;
  /** As the runner prints it: path, line, column. */
  readonly location: string | null;
  readonly error: string;
}

export interface TestRun {
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly TestFailure[];
}

/** Test runners that a project may use and the recipe does not know. */
const OTHER_RUNNERS = /\b(jest|vitest|mocha|ava|tap|jasmine|karma|uvu|bun|deno|playwright|cypress)\b/;

export type TestCommand =
  | { readonly kind: "node"; /** As a person types it. */ readonly plain: string; readonly tap: string }
  | { readonly kind: "other"; readonly script: string };

/** The project's own `node --test …`, or the plain one where it has no test script. */
export function testCommand(project: Project): TestCommand {
  const script = project.package.scripts["test"] ?? "";
  const own = /^(?:NODE_ENV=\w+\s+)?node\s(?:\S+\s+)*?--test\b[^&|;]*$/.test(script.trim());
  if (own)
    return {
      kind: "node",
      plain: script.trim(),
      tap: script.trim().replace("--test", "--test --test-reporter=tap"),
    };
  if (OTHER_RUNNERS.test(script)) return { kind: "other", script };
  return { kind: "node", plain: "node --test", tap: "node --test --test-reporter=tap" };
}

export const tapOf = (file: string): string => `node --test --test-reporter=tap ${file}`;

/** Reads TAP. A suite or file that failed only because something in it did is left out. */
export function readTap(text: string): TestRun {
  const lines = text.split("\n");
  const failures = lines.flatMap((line, at): TestFailure[] => {
    const failed = /^\s*not ok \d+ - (.*?)(?: # TODO.*)?$/.exec(line);
    if (!failed || / # TODO/.test(line)) return [];
    const details = yamlAfter(lines, at + 1);
    if (details.some((detail) => /failureType: 'subtestsFailed'/.test(detail))) return [];
    return [
      {
        name: (failed[1] ?? "").replaceAll("\\#", "#").replaceAll("\\\\", "\\"),
        location: field(details, "location"),
        error: field(details, "error") ?? "",
      },
    ];
  });
  return { passed: count(text, "pass"), failed: count(text, "fail"), failures };
}

function yamlAfter(lines: readonly string[], from: number): string[] {
  if (!/^\s*---$/.test(lines[from] ?? "")) return [];
  const end = lines.findIndex((line, at) => at > from && /^\s*\.\.\.$/.test(line));
  return lines.slice(from + 1, end < 0 ? undefined : end);
}

function field(details: readonly string[], name: string): string | null {
  const at = details.findIndex((line) => line.trim().startsWith(`${name}:`));
  const value = details[at]
    ?.trim()
    .slice(name.length + 1)
    .trim();
  if (value === undefined) return null;
  if (value === "|-") return details[at + 1]?.trim() ?? "";
  return value.replace(/^'(.*)'$/, "$1");
}

const count = (text: string, word: string): number =>
  Number(text.match(new RegExp(`^# ${word} (\\d+)$`, "m"))?.[1] ?? 0);
