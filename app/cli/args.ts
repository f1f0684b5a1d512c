import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { fail, ok } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { newSession } from "#shared/session/contract.ts";
import type { NewSession } from "#shared/session/contract.ts";

const OPTIONS = {
  project: { type: "string", short: "p" },
  task: { type: "string", short: "t", multiple: true },
  agent: { type: "string" },
  model: { type: "string", short: "m" },
  approval: { type: "string" },
  sandbox: { type: "string" },
  "data-dir": { type: "string" },
  json: { type: "boolean" },
  after: { type: "string" },
  how: { type: "string" },
  into: { type: "string" },
  queue: { type: "boolean" },
  note: { type: "string" },
  demo: { type: "boolean" },
  web: { type: "boolean" },
  open: { type: "boolean" },
  port: { type: "string" },
  "older-than": { type: "string" },
  yes: { type: "boolean" },
  all: { type: "boolean" },
  end: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const satisfies ParseArgsConfig["options"];

export type Flags = ReturnType<typeof parse>["values"];

const parse = (argv: readonly string[]) =>
  parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, allowNegative: true, strict: true });

export interface CommandLine {
  readonly verb: string | undefined;
  readonly words: readonly string[];
  readonly flags: Flags;
}

/** Reads the command line. Says in one sentence what it could not read. */
export function readCommandLine(argv: readonly string[]): Result<CommandLine, "bad_usage"> {
  try {
    const { values, positionals } = parse(argv);
    const [verb, ...words] = positionals;
    return ok({ verb, words, flags: values });
  } catch (error) {
    const message = error instanceof Error ? error.message.split(". ", 1)[0]! : String(error);
    return fail({
      code: "bad_usage",
      message: `${message}.`,
      hint: "`oriel --help` lists the verbs and their flags.",
    });
  }
}

/** The sessions that `run` is asked for: one for each `--task`, all with the same agent, model and policy. */
export function sessionsOf(flags: Flags): Result<readonly NewSession[], "bad_usage"> {
  const tasks = flags.task ?? [];
  if (tasks.length === 0) {
    return fail({
      code: "bad_usage",
      message: "There is no task.",
      hint: "Say it with --task TEXT, once for each session.",
    });
  }
  const sessions: NewSession[] = [];
  for (const task of tasks) {
    const { agent, model, approval, sandbox } = flags;
    const parsed = newSession.safeParse({ task, agent, model, approval, sandbox });
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return fail({ code: "bad_usage", message: `--${issue?.path.join(".")}: ${issue?.message}.` });
    }
    sessions.push(parsed.data);
  }
  return ok(sessions);
}
