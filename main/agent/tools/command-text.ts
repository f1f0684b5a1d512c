import type { CommandExit } from "../agent.ts";

/** What the model reads about a command. The first line says how it stands; the rest is always in this order. */
export interface CommandReport {
  readonly state: { readonly running: string } | { readonly exit: CommandExit };
  /** Milliseconds, where it is not the exit that says it. */
  readonly durationMs: number;
  readonly output: string;
  readonly blocked?: readonly string[];
  /** One sentence behind the state, for example why the wait ended. */
  readonly note?: string | null;
}

export function commandText(report: CommandReport): string {
  const { state, blocked = [] } = report;
  const lines =
    "running" in state
      ? [`running: ${state.running}`, `duration_ms: ${report.durationMs}`]
      : [`exit_code: ${exitCode(state.exit)}`, `duration_ms: ${Math.round(state.exit.durationMs)}`];
  if (report.note) lines.push(`note: ${report.note}`);
  for (const what of blocked) lines.push(`blocked by the sandbox: ${what}`);
  return [...lines, "output:", report.output].join("\n");
}

const exitCode = ({ exitCode, signal }: CommandExit): string =>
  exitCode === null ? `none (${signal ?? "ended by a signal"})` : String(exitCode);
