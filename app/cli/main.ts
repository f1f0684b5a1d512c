/** The `oriel` command: every verb is a client of the host, or reads the log where no host runs. */
import path from "node:path";
import { ORPCError } from "@orpc/client";
import { z } from "zod";
import { defaultDataDir } from "#main/kernel/data-dir.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import type { Failure } from "#shared/kernel/failure.ts";
import { storedFailure } from "#shared/session/events.ts";
import { readCommandLine, sessionsOf } from "./args.ts";
import type { CommandLine } from "./args.ts";
import { EXIT, exitCodeOfFailure } from "./exit.ts";
import { VERSION } from "#shared/kernel/version.ts";
import { HELP } from "./help.ts";
import { run } from "./run.ts";
import { VERBS } from "./verbs.ts";

async function main(): Promise<number> {
  const line = readCommandLine(process.argv.slice(2));
  if (!line.ok) return complain(line.failure, false);
  const { verb, flags } = line.value;
  try {
    if (flags.version) return say(`${VERSION}\n`);
    if (flags.help || verb === undefined || verb === "help") return say(HELP);
    return await perform(verb, line.value);
  } catch (error) {
    return complain(expectedFailure(error) ?? surprise(error), flags.json === true);
  }
}

async function perform(verb: string, line: CommandLine): Promise<number> {
  // The host has another working directory than the person who names a folder.
  const dataDir = path.resolve(line.flags["data-dir"] ?? defaultDataDir());
  const context = { dataDir, line, env: process.env, out: process.stdout };
  if (verb === "run") {
    const sessions = sessionsOf(line.flags);
    if (!sessions.ok) return complain(sessions.failure, line.flags.json === true);
    const project = path.resolve(line.flags.project ?? ".");
    return run({
      dataDir,
      project,
      sessions: sessions.value,
      json: line.flags.json === true,
      env: process.env,
    });
  }
  // The demo's sample project and recipes are no concern of the other verbs.
  if (verb === "start") return (await import("./start.ts")).start(context);
  const known = VERBS[verb];
  if (known) return known(context);
  return complain(
    { code: "bad_usage", message: `There is no verb "${verb}".`, hint: "`oriel --help` lists them." },
    false,
  );
}

function say(text: string): number {
  process.stdout.write(text);
  return EXIT.ok;
}

/** What the contract says of an input that does not fit it. */
const inputIssues = z.object({
  issues: z.array(
    z.object({ path: z.array(z.union([z.string(), z.number()])).default([]), message: z.string() }),
  ),
});

const surprise = (error: unknown): Failure => ({
  code: "internal",
  message: "Oriel made a mistake, and this command ended because of it.",
  kept: "Sessions and their files are as they were.",
  hint: "`oriel doctor` says whether something is wrong here. Report the details if it happens again.",
  details: error instanceof Error ? error.message : String(error),
});

/** The failure that an error carries, also one that came from the host; null for a surprise. */
function expectedFailure(error: unknown): Failure | null {
  if (error instanceof ORPCError && error.code === "BAD_REQUEST") {
    const issues = inputIssues.safeParse(error.data);
    const said = issues.success
      ? issues.data.issues.map(({ path, message }) => `${path.join(".")}: ${message}`)
      : [];
    return { code: "bad_usage", message: `That input can't be used. ${said.join("; ")}`.trim() };
  }
  const fromHost = error instanceof ORPCError ? storedFailure.safeParse(error.data) : null;
  return fromHost?.success ? fromHost.data : failureOf(error);
}

/** Says on stderr what happened, what was kept and what to do; with `--json` also as a line on stdout. */
function complain(failure: Failure, json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify({ failure })}\n`);
  const lines = [
    failure.message,
    failure.kept,
    failure.hint,
    failure.details && `Details: ${failure.details}`,
  ];
  process.stderr.write(`oriel: ${lines.filter(Boolean).join("\n       ")}\n`);
  return exitCodeOfFailure(failure);
}

// A pipe that was closed (`oriel events ID | head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) =>
  process.exit(error.code === "EPIPE" ? EXIT.ok : 1),
);
process.exitCode = await main();
