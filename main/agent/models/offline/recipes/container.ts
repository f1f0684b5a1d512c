import { act, stop, type Steps } from "../steps.ts";
import { plan, shell, readShell } from "../tools.ts";
import { run, writeFiles, type Finished } from "../work.ts";
import { buildCommand, checkCommand, dockerfile, dockerignore, ENGINE_COMMAND } from "./container/files.ts";
import { detectStack, type Stack } from "./container/stack.ts";
import { readProject } from "./project.ts";

const STEPS = [
  "Detect the stack",
  "Look what is there",
  "Write Dockerfile and .dockerignore",
  "Check them",
  "Build, if there is an engine",
];
const at = (current: number) => plan(STEPS, current);

/** Writes a Dockerfile and a .dockerignore that fit the project, and checks them. Existing ones are kept. */
export function* containerRecipe(): Steps<string> {
  const project = yield* readProject("I find out what this project needs to run.", at);
  const stack = detectStack(project);
  if (!stack) {
    return yield* stop(
      "I found nothing that starts: no `node …` start script, no file that calls `listen()`, no `bin`. A library needs no container, so I changed nothing.",
    );
  }
  const existing = yield* lookAround(stack);
  const files = [
    { path: "Dockerfile", before: null, after: dockerfile(stack) },
    { path: ".dockerignore", before: null, after: dockerignore(stack) },
  ].filter((file) => !existing.has(file.path));
  yield* writeFiles(`I write ${files.map((file) => `\`${file.path}\``).join(" and ")}.`, files, at(2));
  const checked = yield* run("I check that everything it copies and starts is there.", checkCommand(), at(3));
  const built = yield* build(project.package.name ?? "app");
  yield* act("", at(STEPS.length));
  return finalMessage(
    stack,
    files.map((file) => file.path),
    existing,
    checked,
    built,
  );
}

/** Which of the two files exist already; hidden files are in no listing. */
function* lookAround(stack: Stack): Steps<ReadonlySet<string>> {
  const about = `Node ${stack.node}, started by \`${stack.entry}\` (${stack.entryFrom})${stack.port === null ? "" : `, port ${stack.port}`}.`;
  const listed = yield* run(about, "ls -A", at(1));
  return new Set(
    listed.output.split("\n").filter((name) => name === "Dockerfile" || name === ".dockerignore"),
  );
}

type Built =
  | { readonly kind: "no_engine" }
  | { readonly kind: "built" }
  | { readonly kind: "failed"; readonly output: string };

function* build(name: string): Steps<Built> {
  const [answer = ""] = yield* act("Is there an engine to build it with?", shell(ENGINE_COMMAND), at(4));
  const engine = readShell(answer);
  if (engine.kind !== "exited" || engine.exitCode !== 0) return { kind: "no_engine" };
  const finished = yield* run(
    "There is one, so I build the image.",
    buildCommand(`${name.replaceAll(/[^a-z0-9._-]+/gi, "-").toLowerCase()}:offline-demo`),
  );
  return finished.exitCode === 0 ? { kind: "built" } : { kind: "failed", output: finished.output };
}

function finalMessage(
  stack: Stack,
  written: readonly string[],
  existing: ReadonlySet<string>,
  checked: Finished,
  built: Built,
): string {
  return [
    written.length > 0
      ? `I wrote ${written.map((path) => `\`${path}\``).join(" and ")}: Node ${stack.node}, only the files that \`${stack.entry}\` needs, run as the user \`node\`.`
      : "There were a `Dockerfile` and a `.dockerignore` already. I kept them and only checked them.",
    ...(written.length > 0 && existing.size > 0
      ? [`I kept ${[...existing].map((path) => `\`${path}\``).join(", ")}, which was there.`]
      : []),
    checked.exitCode === 0
      ? "Checked without building: every COPY source exists, and the program and all that it imports are in the image and valid JavaScript."
      : `The check found a problem:\n${checked.output.trim()}`,
    buildNote(built),
    ...(stack.isLoopbackOnly && !stack.readsHost
      ? [
          "Mind: the server listens on this machine only. In a container nobody outside reaches it until it listens on 0.0.0.0.",
        ]
      : []),
  ].join("\n\n");
}

function buildNote(built: Built): string {
  switch (built.kind) {
    case "no_engine":
      return "No container engine answers here, so the image was **not built**.";
    case "built":
      return "The image was built.";
    case "failed":
      return `Building the image failed (often: no network for the base image):\n${built.output.trim().slice(-1500)}`;
  }
}
