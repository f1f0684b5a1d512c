import { execFile } from "node:child_process";
import { existsSync, statfsSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { connectDaemon } from "#main/daemon/client.ts";
import { endLeftovers, findLeftovers } from "#main/daemon/leftovers.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import type { DataDir } from "#main/kernel/data-dir.ts";
import { detectSandbox } from "#main/policy/sandbox/detect.ts";
import { verifyLogFile } from "#main/storage/log.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import { byteSize, plural } from "#shared/kernel/human.ts";
import { VERSION } from "#shared/kernel/version.ts";
import { hostFinding } from "./doctor-host.ts";
import { findStrays } from "./doctor-strays.ts";
import { EXIT } from "./exit.ts";
import type { VerbContext } from "./verbs.ts";

export interface Finding {
  readonly name: string;
  /** `note`: works, with less than there could be. */
  readonly state: "ok" | "note" | "bad";
  readonly text: string;
  /** What the person can do. */
  readonly hint?: string;
}

/** Less free space than this is said: a worktree and its build soon need it. Bytes. */
const LOW_SPACE = 2e9;
const OLDEST_GIT = [2, 38] as const;

const execute = promisify(execFile);

/** Says what is installed, what runs, what is left over, and whether the log is whole. Exit 1 where something is bad. */
export async function doctor(context: VerbContext): Promise<number> {
  const dir = dataDir(context.dataDir);
  const findings: readonly Finding[] = [
    { name: "oriel", state: "ok", text: `${VERSION} on Node ${process.versions.node}` },
    ...(await Promise.all([git(), ripgrep(), sandbox(), hostFinding(dir), daemon(dir.state)])),
    await leftovers(dir.state, context.line.flags.end === true),
    ...(await strays(dir)),
    space(dir.root),
    log(dir.state),
    model(context.env),
  ];
  if (context.line.flags.json) context.out.write(`${JSON.stringify(findings)}\n`);
  else for (const finding of findings) context.out.write(lines(finding));
  return findings.some((finding) => finding.state === "bad") ? EXIT.turnFailed : EXIT.ok;
}

const SHAPES = { ok: "✓", note: "–", bad: "✗" } as const;

const lines = ({ name, state, text, hint }: Finding): string =>
  `${SHAPES[state]} ${name.padEnd(8)} ${text}\n${hint ? `           ${hint}\n` : ""}`;

async function git(): Promise<Finding> {
  const name = "git";
  const version = await versionOf("git");
  if (version === null) return { name, state: "bad", text: "not found", hint: "Install git 2.38 or newer." };
  const [major = 0, minor = 0] = (/\d+\.\d+/.exec(version)?.[0] ?? "").split(".").map(Number);
  const old = major < OLDEST_GIT[0] || (major === OLDEST_GIT[0] && minor < OLDEST_GIT[1]);
  return old
    ? {
        name,
        state: "bad",
        text: `${version} cannot merge without a checkout`,
        hint: "Install git 2.38 or newer.",
      }
    : { name, state: "ok", text: version };
}

async function ripgrep(): Promise<Finding> {
  const version = await versionOf("rg");
  if (version !== null) return { name: "ripgrep", state: "ok", text: version };
  return { name: "ripgrep", state: "note", text: "not found: agents search with grep, which is slower" };
}

async function versionOf(program: string): Promise<string | null> {
  try {
    const { stdout } = await execute(program, ["--version"]);
    return stdout.split("\n", 1)[0] ?? "";
  } catch {
    return null;
  }
}

async function sandbox(): Promise<Finding> {
  const found = await detectSandbox();
  if (found.kind === "none") return { name: "sandbox", state: "note", text: found.reason, hint: found.hint };
  return { name: "sandbox", state: "ok", text: [found.kind, ...found.limits].join("\n           ") };
}

function space(root: string): Finding {
  const { bavail, bsize } = statfsSync(existsSync(root) ? root : path.parse(root).root);
  const text = `${byteSize(bavail * bsize)} free for ${root}`;
  if (bavail * bsize >= LOW_SPACE) return { name: "disk", state: "ok", text };
  return {
    name: "disk",
    state: "note",
    text,
    hint: "Free some space, or choose another place with --data-dir.",
  };
}

async function daemon(stateDir: string): Promise<Finding> {
  const name = "daemon";
  try {
    await using client = await connectDaemon({ stateDir });
    if (client === null) return { name, state: "ok", text: "none runs; it starts when it is needed" };
    const running = (await client.list()).filter((command) => command.exit === null).length;
    const terminals = (await client.listTerminals()).length;
    return {
      name,
      state: "ok",
      text: `${client.version}, process ${client.pid}: ${plural(running, "command")}, ${plural(terminals, "terminal")}`,
    };
  } catch (error) {
    const failure = failureOf(error);
    if (failure === null) throw error;
    return { name, state: "bad", text: failure.message, ...(failure.hint && { hint: failure.hint }) };
  }
}

/** Processes of commands and terminals that no daemon has any more; ends them where the person says so. */
async function leftovers(stateDir: string, end: boolean): Promise<Finding> {
  const name = "left";
  // A daemon that does not answer is told of by itself: then nobody knows what is left over.
  const found = await findLeftovers({ stateDir }).catch(() => null);
  if (found === null) return { name, state: "note", text: "not known while the daemon does not answer" };
  if (found.length === 0) return { name, state: "ok", text: "no process is left over" };
  const list = found.map(({ pid, command }) => `${pid} ${command.slice(0, 80)}`).join("\n           ");
  if (!end) {
    const text = `${plural(found.length, "process is", "processes are")} left over:\n           ${list}`;
    return { name, state: "note", text, hint: "`oriel doctor --end` ends them." };
  }
  const stayed = await endLeftovers({ stateDir }, found);
  if (stayed.length === 0)
    return { name, state: "ok", text: `ended what was left over:\n           ${list}` };
  return {
    name,
    state: "bad",
    text: `could not end ${stayed.join(", ")}`,
    hint: "They may belong to another user.",
  };
}

/** Says nothing where there is none, or where nobody knows. */
async function strays(dir: DataDir): Promise<Finding[]> {
  const found = await findStrays(dir).catch(() => []);
  if (found.length === 0) return [];
  const list = found.map(({ pid, command }) => `${pid} ${command.slice(0, 80)}`).join("\n           ");
  const who = plural(found.length, "process is", "processes are");
  const text = `${who} in a session's worktree, and in none of its terminals and commands:\n           ${list}`;
  const hint = "A server that has made itself a daemon, or a program of yours: Oriel ends none of them.";
  return [{ name: "beside", state: "note", text, hint }];
}

function log(stateDir: string): Finding {
  const name = "log";
  const file = path.join(stateDir, "log.db");
  if (!existsSync(file)) return { name, state: "ok", text: "empty" };
  try {
    const verdict = verifyLogFile(file);
    if (verdict.ok)
      return {
        name,
        state: "ok",
        text: `${plural(verdict.events, "event")}, and every one as it was written`,
      };
    return {
      name,
      state: "bad",
      text: `not whole from event ${verdict.at} on: ${verdict.reason}`,
      hint: `Keep a copy of ${file} before anything else.`,
    };
  } catch (error) {
    const failure = failureOf(error);
    const text = failure?.message ?? (error instanceof Error ? error.message : String(error));
    return {
      name,
      state: "bad",
      text,
      hint: failure?.hint ?? `Keep a copy of ${file} before anything else.`,
    };
  }
}

function model(env: NodeJS.ProcessEnv): Finding {
  if (env["OPENAI_BASE_URL"])
    return { name: "model", state: "ok", text: `the server at ${env["OPENAI_BASE_URL"]}` };
  if (env["OPENAI_API_KEY"])
    return { name: "model", state: "ok", text: "OpenAI, with the key of the environment" };
  return {
    name: "model",
    state: "note",
    text: "no key is set: only `--model offline` works",
    hint: "Set OPENAI_API_KEY.",
  };
}
