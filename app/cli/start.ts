import { existsSync } from "node:fs";
import path from "node:path";
import { DEMO_TASKS } from "#main/agent/models/offline/demo-tasks.ts";
import { createSampleProject } from "#main/agent/models/offline/sample.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import { FailureError } from "#shared/kernel/failure.ts";
import { newSession } from "#shared/session/contract.ts";
import { EXIT } from "./exit.ts";
import { HELP } from "./help.ts";
import { run } from "./run.ts";
import type { VerbContext } from "./verbs.ts";

/** What `npm start` does: with `--demo` the sample project and its four sessions, else it says what can be done. */
export async function start(context: VerbContext): Promise<number> {
  const { line, env } = context;
  if (!line.flags.demo) {
    context.out.write(HELP);
    return EXIT.ok;
  }
  const { root } = dataDir(context.dataDir);
  const project = path.join(root, "demo", "sample");
  if (!existsSync(project)) {
    const made = await createSampleProject(project);
    if (!made.ok) throw new FailureError(made.failure);
  }
  const sessions = DEMO_TASKS.map(({ title, task }) => newSession.parse({ title, task, model: "offline" }));
  return run({ dataDir: root, project, sessions, json: line.flags.json === true, env });
}
