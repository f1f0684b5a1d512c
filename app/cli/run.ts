import { plural } from "#shared/kernel/human.ts";
import type { NewSession } from "#shared/session/contract.ts";
import type { ChangeSize } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { connectOrStart } from "./connect.ts";
import type { Connection } from "./connect.ts";
import { EXIT, exitCodeOf } from "./exit.ts";
import { follow } from "./follow.ts";
import { plainProgress, spent, terminalProgress } from "./progress.ts";
import type { Progress } from "./progress.ts";
import { STATE_WORDS } from "#shared/session/words.ts";

export interface RunOptions {
  readonly dataDir: string;
  readonly project: string;
  readonly sessions: readonly NewSession[];
  readonly json: boolean;
  readonly env: NodeJS.ProcessEnv;
}

/** Creates the sessions, shows them until none goes on by itself, and gives the exit code. */
export async function run(options: RunOptions): Promise<number> {
  const connectAgain = async (): Promise<Connection> => {
    const connection = await connectOrStart(options.dataDir, options.env);
    await sendCredentials(connection, options.env);
    return connection;
  };
  let connection = await connectAgain();
  const leave = new AbortController();
  const interrupted = (): void => leave.abort();
  process.once("SIGINT", interrupted);
  try {
    const created = await connection.client.sessions.create({
      project: options.project,
      sessions: [...options.sessions],
    });
    using progress = options.json ? null : progressFor(process.stdout);
    const ended = await follow(connection, {
      sessions: created.sessions.map((summary) => summary.id),
      after: created.cursor,
      reconnect: async () => (connection = await connectAgain()),
      onEvent: (event) => {
        if (options.json) process.stdout.write(`${JSON.stringify(event)}\n`);
      },
      onChange: (sessions) => progress?.show(sessions),
      signal: leave.signal,
    });
    if (leave.signal.aborted) return leftRunning(created.sessions);
    if (!options.json) process.stdout.write(summaryText(ended));
    return exitCodeOf(ended);
  } finally {
    process.off("SIGINT", interrupted);
    connection[Symbol.dispose]();
  }
}

/** The model's key and address, for a host that was started without them. Kept in its memory only. */
export async function sendCredentials(connection: Connection, env: NodeJS.ProcessEnv): Promise<void> {
  const apiKey = env["OPENAI_API_KEY"];
  const baseUrl = env["OPENAI_BASE_URL"];
  if (!apiKey && !baseUrl) return;
  await connection.client.host.credentials({ ...(apiKey && { apiKey }), ...(baseUrl && { baseUrl }) });
}

const progressFor = (out: NodeJS.WriteStream): Progress =>
  out.isTTY ? terminalProgress(out, Date.now) : plainProgress(out);

function leftRunning(sessions: readonly SessionSummary[]): number {
  const lines = [
    "",
    "Left. What was started goes on without this command:",
    ...sessions.map(({ id, title }) => `  ${id}  ${title}`),
    "`oriel show ID` tells how far one is, `oriel stop ID` stops it, `oriel start` shows all of them in the window.",
  ];
  process.stderr.write(`${lines.join("\n")}\n`);
  return EXIT.interrupted;
}

function summaryText(sessions: readonly SessionSummary[]): string {
  return sessions.map((summary) => `\n${sessionText(summary)}`).join("");
}

/** A session in a few lines, with what the person can do next. */
export function sessionText(summary: SessionSummary): string {
  const { shape, word } = STATE_WORDS[summary.state];
  const { changes } = summary;
  const lines = [
    `${shape} ${word}  ${summary.title}  (${summary.id})`,
    `  ${spent(summary, Date.now())}${changes ? ` · ${changeText(changes)}` : ""}`,
    ...whatNext(summary).map((line) => `  ${line}`),
  ];
  return `${lines.join("\n")}\n`;
}

const changeText = ({ files, added, removed }: ChangeSize): string =>
  `${plural(files, "file")} +${added} −${removed}`;

function whatNext(summary: SessionSummary): readonly string[] {
  const { id } = summary;
  if (summary.worktreeFailure) {
    return [summary.worktreeFailure.message, summary.worktreeFailure.hint ?? ""].filter(Boolean);
  }
  const [approval] = summary.approvals;
  if (approval)
    return [
      `Asks to run: ${approval.action}`,
      approval.reason,
      `→ oriel approve ${id}   or   oriel deny ${id}`,
    ];
  const question = summary.open.find((open) => open.content.kind === "question")?.content;
  if (question?.kind === "question") return [`Asks: ${question.question}`, `→ oriel answer ${id} TEXT`];
  if (summary.turn?.failure) {
    const { message, kept, hint } = summary.turn.failure;
    return [message, kept ?? "", hint ?? "", `→ oriel continue ${id}`].filter(Boolean);
  }
  if (summary.turn?.status === "interrupted")
    return [summary.turn.text ?? "", `→ oriel continue ${id}`].filter(Boolean);
  if (summary.state === "ready")
    return [summary.lastLine, `→ oriel diff ${id}   oriel merge ${id}   oriel archive ${id}`];
  return [summary.lastLine].filter(Boolean);
}
