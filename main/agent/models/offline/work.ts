/** What every recipe does through tools: read files, write files and look whether they were written, run a command to its end. */
import { act, stop, type Steps, type ToolCall } from "./steps.ts";
import { patchFor, sameText, type FileEdit } from "./patch.ts";
import { applyPatch, poll, readFile, readShell, shell } from "./tools.ts";

export interface Finished {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly output: string;
}

/** How often a command is waited for, 30 s each time, before the recipe gives up on it. */
const MAX_POLLS = 20;

/** Runs a command to its end, beside other calls whose outputs nobody needs. Stops the recipe when it can't be run. */
export function* run(say: string, command: string, ...beside: readonly ToolCall[]): Steps<Finished> {
  const [first = ""] = yield* act(say, shell(command), ...beside);
  const ended = yield* untilExit(first);
  if (ended.kind === "exited") return ended;
  // Whoever stopped the turn ended the command as well, so that nobody knows its handle any more: once more from the start.
  const [again = ""] = ended.wasRunning ? yield* act("", shell(command)) : [];
  const second = ended.wasRunning ? yield* untilExit(again) : ended;
  if (second.kind === "exited") return second;
  return yield* stop(
    `I could not run \`${firstLine(command)}\`: ${second.text.trim()}\n\nWithout it I can't go on, so I stop here.`,
  );
}

type Ended =
  | { readonly kind: "exited"; readonly exitCode: number | null; readonly output: string }
  | { readonly kind: "refused"; readonly text: string; readonly wasRunning: boolean };

function* untilExit(first: string): Steps<Ended> {
  let state = readShell(first);
  let output = "";
  for (let times = 1; times <= MAX_POLLS; times++) {
    if (state.kind === "refused") return { ...state, wasRunning: times > 1 };
    output += state.output;
    if (state.kind === "exited") return { ...state, output };
    const [more = ""] = yield* act("", poll(state.handle, times));
    state = readShell(more);
  }
  return { kind: "refused", text: "it has not ended after ten minutes.", wasRunning: false };
}

const firstLine = (command: string): string => {
  const line = command.split("\n")[0] ?? "";
  return line === command ? line : `${line} …`;
};

/** Reads files in one step, and on where a file is longer than one result. Files that can't be read are left out. */
export function* readFiles(
  say: string,
  paths: readonly string[],
  ...beside: readonly ToolCall[]
): Steps<Map<string, string>> {
  const outputs = yield* act(say, ...paths.map((path) => readFile(path)), ...beside);
  const texts = new Map<string, string>();
  for (const [index, path] of paths.entries()) {
    const text = yield* wholeText(path, outputs[index] ?? "");
    if (text !== null) texts.set(path, text);
  }
  return texts;
}

const MORE = /(?:^|\n)\[lines \d+-\d+ of \d+; go on with offset (\d+)\]$/;

function* wholeText(path: string, output: string): Steps<string | null> {
  if (output.startsWith(`${path}: `) || /^\[line \d+ is longer/m.test(output)) return null;
  if (output === "[the file is empty]") return "";
  let text = output;
  for (let more = MORE.exec(text); more; more = MORE.exec(text)) {
    const [rest = ""] = yield* act("", {
      name: "read_file",
      args: { path, offset: Number(more[1]), limit: null },
    });
    text = `${text.slice(0, more.index)}\n${rest}`;
  }
  return text;
}

/** Writes files by patch and reads them back. A patch that did not arrive whole is made again from what is there. */
export function* writeFiles(
  say: string,
  edits: readonly FileEdit[],
  ...beside: readonly ToolCall[]
): Steps<void> {
  let open = edits.filter((edit) => edit.before === null || !sameText(edit.before, edit.after));
  let why = "";
  for (let attempt = 0; attempt < 3 && open.length > 0; attempt++) {
    const patch = patchFor(open);
    if (patch === null) return;
    const [said = ""] = yield* act(
      attempt === 0 ? say : "The files are not as they should be yet; once more.",
      applyPatch(patch),
      ...(attempt === 0 ? beside : []),
    );
    why = said;
    const now = yield* readFiles(
      "",
      open.map((edit) => edit.path),
    );
    open = open
      .map((edit) => ({ ...edit, before: now.get(edit.path) ?? null }))
      .filter((edit) => edit.before === null || !sameText(edit.before, edit.after));
  }
  if (open.length > 0)
    yield* stop(
      `I could not write ${open.map((edit) => edit.path).join(", ")}: ${why.trim()}\n\nI stop here.`,
    );
}
