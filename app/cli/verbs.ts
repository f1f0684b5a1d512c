import { cost, tokens } from "#shared/kernel/human.ts";
import { diffSession, patchSession } from "#main/git/diff.ts";
import { openSession } from "#main/git/session-git.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import { FailureError } from "#shared/kernel/failure.ts";
import type { Result } from "#shared/kernel/failure.ts";
import { isKnown } from "#shared/session/events.ts";
import type { Usage } from "#shared/session/events.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import { STATE_WORDS } from "#shared/session/words.ts";
import type { CommandLine } from "./args.ts";
import { doctor } from "./doctor.ts";
import { connect, connectOrStart } from "./connect.ts";
import type { Client } from "./connect.ts";
import { EXIT } from "./exit.ts";
import { planCount } from "./progress.ts";
import { purge } from "./purge.ts";
import { sendCredentials, sessionText } from "./run.ts";
import { openSource } from "./source.ts";
import { stopAll } from "./stop-all.ts";
import { terminals } from "./terminals.ts";

export interface VerbContext {
  readonly dataDir: string;
  readonly line: CommandLine;
  readonly env: NodeJS.ProcessEnv;
  readonly out: NodeJS.WritableStream;
}

type Verb = (context: VerbContext) => Promise<number>;

/** The first word after the verb; fails where there is none. */
function wordOf({ line }: VerbContext, name: string, index = 0): string {
  const word = line.words[index];
  if (word !== undefined) return word;
  throw new FailureError({
    code: "bad_usage",
    message: `\`oriel ${line.verb}\` needs ${name}.`,
    hint: "`oriel --help` shows how.",
  });
}

/** All that was said after the session's ID, as one text: `oriel send ID please fix the tests` needs no quotes. */
function textOf(context: VerbContext, name: string): string {
  wordOf(context, name, 1);
  return context.line.words.slice(1).join(" ");
}

/**
 * The approval that a yes or no is for: the only one that waits, or the one that is named after the session's ID. What
 * was not shown to the person cannot be approved by accident.
 */
async function approvalOf(client: Client, session: string, { line }: VerbContext): Promise<string> {
  const { approvals } = await client.sessions.get({ session });
  const named = line.words[1];
  const asked =
    named === undefined ? approvals : approvals.filter((approval) => approval.id.startsWith(named));
  const [only] = asked;
  if (only && asked.length === 1) return only.id;
  throw new FailureError({
    code: "bad_usage",
    message: only ? `The session asks ${asked.length} things.` : "The session asks nothing like that now.",
    hint: only
      ? `Name one after the session: ${approvals.map(({ id, action }) => `${id} (${action.slice(0, 60)})`).join(", ")}`
      : "`oriel show ID` says what it asks.",
  });
}

function howOf({ line }: VerbContext): "squash" | "merge" {
  const { how = "squash" } = line.flags;
  if (how === "squash" || how === "merge") return how;
  throw new FailureError({ code: "bad_usage", message: `--how takes squash or merge, not "${how}".` });
}

function print({ line, out }: VerbContext, value: unknown, text: () => string): void {
  out.write(line.flags.json ? `${JSON.stringify(value)}\n` : text());
}

/** The verbs after which a turn may start: only those say where the model is. */
const NEEDS_MODEL = new Set(["continue", "send"]);

/** Asks the host to change one session, and prints what became of it. */
const changing =
  (work: (client: Client, session: string, context: VerbContext) => Promise<SessionSummary>): Verb =>
  async (context) => {
    using connection = await connectOrStart(context.dataDir, context.env);
    if (NEEDS_MODEL.has(context.line.verb ?? "")) await sendCredentials(connection, context.env);
    const summary = await work(connection.client, wordOf(context, "a session's ID"), context);
    print(context, summary, () => sessionText(summary));
    return EXIT.ok;
  };

const stop = changing((client, session) => client.sessions.stop({ session }));

const merge: Verb = async (context) => {
  using connection = await connectOrStart(context.dataDir, context.env);
  const session = wordOf(context, "a session's ID");
  const { into } = context.line.flags;
  const summary = await connection.client.sessions.merge({
    session,
    how: howOf(context),
    ...(into && { into }),
  });
  const advice = summary.merged?.checkout === "dirty" ? await adviceOn(context, summary.id) : [];
  print(context, summary, () => mergedText(summary, advice));
  return EXIT.ok;
};

const CHECKOUT_WORDS = {
  advanced: "Its checkout moved along.",
  dirty: "Its checkout has changes of yours, and its files were left as they are.",
  not_checked_out: "It is not checked out anywhere, so no file was touched.",
} as const;

function mergedText({ branch, merged, title, id }: SessionSummary, advice: readonly string[]): string {
  if (merged === null) return "";
  const { into, commit, checkout } = merged;
  const told = advice.length > 0 ? advice : [CHECKOUT_WORDS[checkout]];
  const lines = [`Merged ${branch} into ${into}: ${commit}`, ...told, `${title} (${id})`];
  return `${lines[0]}\n${lines
    .slice(1)
    .map((line) => `  ${line}\n`)
    .join("")}`;
}

/** What the last merge said about checkouts that it did not touch. */
async function adviceOn({ dataDir }: VerbContext, session: string): Promise<readonly string[]> {
  await using source = await openSource(dataDir);
  const told: string[] = [];
  for await (const event of source.events(session, 0)) {
    if (!isKnown(event)) continue;
    if (event.type === "branch.merged") told.length = 0;
    if (event.type === "notice" && event.body.code === "checkout_left_alone") told.push(event.body.text);
  }
  return told;
}

const listSessions: Verb = async (context) => {
  await using source = await openSource(context.dataDir);
  const sessions = await source.sessions();
  const listed = context.line.flags.all
    ? sessions
    : sessions.filter((summary) => summary.state !== "archived");
  print(context, listed, () =>
    listed.length === 0
      ? 'No sessions yet. Start one: oriel run --project DIR --task "Add the missing tests"\n'
      : listed.map((summary) => `${sessionRow(summary)}\n`).join(""),
  );
  return EXIT.ok;
};

function sessionRow(summary: SessionSummary): string {
  const { shape, word } = STATE_WORDS[summary.state];
  const { changes } = summary;
  return [
    summary.id,
    `${shape} ${word.padEnd(9)}`,
    planCount(summary).padEnd(5),
    (changes ? `+${changes.added} −${changes.removed}` : "").padEnd(10),
    summary.title,
  ].join("  ");
}

const show: Verb = async (context) => {
  await using source = await openSource(context.dataDir);
  const summary = await source.session(wordOf(context, "a session's ID"));
  print(context, summary, () => {
    const { usage } = summary;
    const facts = [
      `  project   ${summary.project}`,
      `  worktree  ${summary.worktree ?? "not made yet"}`,
      `  branch    ${summary.branch} (from ${summary.base ?? "a detached HEAD"} at ${summary.baseCommit.slice(0, 12)})`,
      `  agent     ${summary.agent} · ${summary.model} · ${summary.approval} · ${summary.sandbox}`,
      `  used      ${usageText(usage)}`,
      ...summary.plan.map((step) => `  ${PLAN_SHAPES[step.status]} ${step.text}`),
    ];
    return `${sessionText(summary)}${facts.join("\n")}\n`;
  });
  return EXIT.ok;
};

/** The same figures as in the window. */
function usageText(usage: Usage): string {
  const { input, cached, output } = usage;
  const sum = tokens(input + output);
  return [`${sum}: ${input} in (${cached} cached), ${output} out`, cost(usage.cost)]
    .filter(Boolean)
    .join(" · ");
}

const PLAN_SHAPES = { pending: "○", in_progress: "●", completed: "✓" } as const;

const events: Verb = async (context) => {
  await using source = await openSource(context.dataDir);
  const session = await source.session(wordOf(context, "a session's ID"));
  const after = Number(context.line.flags.after ?? 0);
  if (!Number.isInteger(after) || after < 0) {
    throw new FailureError({
      code: "bad_usage",
      message: "--after takes the number of an event in its stream.",
    });
  }
  for await (const event of source.events(session.id, after)) {
    const { at, seq, type } = event;
    context.out.write(
      context.line.flags.json
        ? `${JSON.stringify(event)}\n`
        : `${String(seq).padStart(5)}  ${new Date(at).toISOString()}  ${type}\n`,
    );
  }
  return EXIT.ok;
};

const diff: Verb = async (context) => {
  await using source = await openSource(context.dataDir);
  const session = await source.session(wordOf(context, "a session's ID"));
  // The index of the worktree has one user at a time: the host, where one runs.
  using connection = await connect(context.dataDir);
  const changed = connection
    ? await connection.client.sessions.diff({ session: session.id, patch: true })
    : await diffWithoutHost(context.dataDir, session.id);
  print(context, { ...changed.diff, patch: changed.patch }, () => changed.patch?.text ?? "");
  return EXIT.ok;
};

const PATCH_BYTES = 8 * 1024 * 1024;

async function diffWithoutHost(root: string, session: string) {
  const git = valueOf(await openSession(dataDir(root).root, session));
  return {
    diff: valueOf(await diffSession(git)),
    patch: valueOf(await patchSession(git, { maxBytes: PATCH_BYTES })),
  };
}

function valueOf<Value>(result: Result<Value>): Value {
  if (result.ok) return result.value;
  throw new FailureError(result.failure);
}

export const VERBS: Readonly<Record<string, Verb>> = {
  sessions: listSessions,
  show,
  events,
  diff,
  doctor,
  terminals,
  purge,
  continue: changing((client, session) => client.sessions.continue({ session })),
  stop: (context) => (context.line.flags.all ? stopAll(context) : stop(context)),
  send: changing((client, session, context) =>
    client.sessions.send({
      session,
      text: textOf(context, "a message"),
      delivery: context.line.flags.queue ? "queue" : "steer",
    }),
  ),
  approve: changing(async (client, session, context) => {
    const approval = await approvalOf(client, session, context);
    return client.sessions.resolveApproval({ session, approval, decision: "approved" });
  }),
  deny: changing(async (client, session, context) => {
    const approval = await approvalOf(client, session, context);
    const { note } = context.line.flags;
    return client.sessions.resolveApproval({ session, approval, decision: "denied", ...(note && { note }) });
  }),
  answer: changing((client, session, context) =>
    client.sessions.answer({ session, answer: textOf(context, "an answer") }),
  ),
  merge,
  archive: changing((client, session) => client.sessions.archive({ session })),
  restore: changing((client, session) => client.sessions.restore({ session })),
};
