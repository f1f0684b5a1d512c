/** Builders of tool calls, and readers of what comes back. The shapes are those of the agent's tools. */
import type { PlanStep } from "#shared/session/items.ts";
import type { ToolCall } from "./steps.ts";

export const listFiles = (): ToolCall => ({ name: "list_files", args: { path: null, glob: null } });

export const readFile = (path: string): ToolCall => ({
  name: "read_file",
  args: { path, offset: null, limit: null },
});

/** Runs at the worktree's root and waits up to 30 s before it hands back a handle to poll. */
export const shell = (command: string): ToolCall => ({
  name: "shell",
  args: { command, cwd: null, yield_ms: 30_000, stdin: null, escalate: null },
});

/** Waits on for a command. The wait differs each time, so that no poll repeats the one before. */
export const poll = (handle: string, times: number): ToolCall => ({
  name: "shell_io",
  args: { handle, input: null, kill: false, yield_ms: 30_000 + times },
});

export const applyPatch = (patch: string): ToolCall => ({ name: "apply_patch", args: { patch } });

/** A plan whose steps before `current` are completed. `current` past the end: all are. */
export const plan = (steps: readonly string[], current: number): ToolCall => ({
  name: "update_plan",
  args: {
    explanation: null,
    steps: steps.map((text, index): PlanStep => ({
      text,
      status: index < current ? "completed" : index === current ? "in_progress" : "pending",
    })),
  },
});

export type ShellOutput =
  | { readonly kind: "exited"; readonly exitCode: number | null; readonly output: string }
  | { readonly kind: "running"; readonly handle: string; readonly output: string }
  /** The command did not run: denied, or no sandbox, or what else the tool says. */
  | { readonly kind: "refused"; readonly text: string };

export function readShell(text: string): ShellOutput {
  const head = /^(?:exit_code: (.*)|running: (\S+))\n/.exec(text);
  if (!head) return { kind: "refused", text };
  const marker = /^output:[ \t]*\n?/m.exec(text);
  const output = marker ? text.slice(marker.index + marker[0].length) : "";
  if (head[2] !== undefined) return { kind: "running", handle: head[2], output };
  return { kind: "exited", exitCode: /^-?\d+$/.test(head[1] ?? "") ? Number(head[1]) : null, output };
}

/** One word for the shell, whatever is in it. */
export const quoteWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
