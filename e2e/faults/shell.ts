/** One terminal with a program at work in it, typed to all the time, and what a fresh viewer finds wrong with it. */
import { readdirSync } from "node:fs";
import path from "node:path";
import { readSaved, savedFile } from "#main/daemon/saved.ts";
import { viewTerminal } from "../driver/web.ts";
import type { WebAddress } from "../driver/web.ts";
import { patiently, withPatience } from "./patience.ts";
import { printedBy, startLine, toldIn } from "./program.ts";
import { misread, restored, unlike } from "./told.ts";
import { createTypist } from "./typist.ts";
import type { Typist } from "./typist.ts";

export interface ShellPlace {
  /** Of the whole world. */
  readonly root: string;
  /** Where daemons save terminals: a folder for each version. */
  readonly saved: string;
  readonly address: WebAddress;
}

export interface Shell extends Disposable {
  readonly id: string;
  /** Of the program that runs now: `NAME.RUN`. */
  readonly label: string;
  readonly typist: Typist;
  /** Lines that were typed and did not arrive, which nobody had promised. */
  readonly lost: number;
  /** Characters that checks have compared. */
  readonly compared: number;
  /** Starts the program, for the first time or in the shell that took a dead one's place. */
  begin(): Promise<void>;
  /** Resolves when it is on disk, in whatever state. */
  saved(): Promise<void>;
  /** Resolves when the program has confirmed a line that is typed now. */
  answer(): Promise<void>;
  /** To be called before the daemon is killed. */
  daemonDies(): Promise<void>;
  /** What is not as it must be. To be called while the program runs. */
  check(): Promise<readonly string[]>;
}

export function openShell({ root, saved, address }: ShellPlace, name: string, id: string): Shell {
  const typist = createTypist(address, id);
  const lost = new Set<number>();
  const reported = new Set<string>();
  /** What was told before the program's present run. */
  let past: readonly string[] = [];
  /** Since the daemon died: what had been told by then, and what of it was on disk. */
  let died: { kept: readonly string[] } | null = null;
  let run = 0;
  /** How often it had been connected to a shell when that shell died. */
  let opens = 0;
  let compared = 0;
  const labelOf = (number: number): string => `${name}.${number}`;
  const stands = (): string => `terminal ${name} (${typist.standing}) to`;

  const toldNow = async (): Promise<readonly string[]> => {
    using view = await viewTerminal(address, id);
    await withPatience(
      `${stands()} show its screen`,
      view.until(({ screens }) => screens > 0),
    );
    return view.screen ? await toldIn(view.screen.text, view.screen.header) : [];
  };
  const pastProblems = async (told: readonly string[]): Promise<readonly string[]> => {
    if (died === null) return [unlike(told.slice(0, past.length), past)].filter((how) => how !== null);
    const before = [...past, ...(await printedBy(root, labelOf(run - 1)))];
    const came = restored(told, `begin ${labelOf(run)} `, { before, ...died });
    died = null;
    past = came.past;
    return came.problems;
  };
  const inputProblems = async (confirmed: number): Promise<readonly string[]> => {
    const runs = Array.from({ length: run }, (_, index) => printedBy(root, labelOf(index + 1)));
    const lines = (await Promise.all(runs)).flat().filter((line) => line.startsWith("got "));
    const reads = lines.map((line) => ({
      run: line.split(" ")[1] ?? "",
      number: Number(line.split(" ")[2]),
    }));
    const found = misread(reads, { confirmed, unsafe: typist.unsafe });
    for (const number of found.lost) lost.add(number);
    // All runs are looked at each time; what is wrong is said once.
    const fresh = found.problems.filter((problem) => !reported.has(problem));
    for (const problem of fresh) reported.add(problem);
    return fresh;
  };

  return {
    id,
    get label() {
      return labelOf(run);
    },
    typist,
    get lost() {
      return lost.size;
    },
    get compared() {
      return compared;
    },
    async begin() {
      await patiently(
        () => `${stands()} open`,
        () => (typist.status === "open" && typist.opens > opens ? true : null),
      );
      run += 1;
      const label = labelOf(run);
      typist.expect(label);
      typist.say(startLine(root, label));
      await patiently(
        () => `${stands()} begin ${label}`,
        () => (typist.began(label) ? true : null),
      );
    },
    async saved() {
      await patiently(
        () => `${stands()} be saved`,
        () => savedIn(saved, id),
      );
    },
    async answer() {
      const wanted = typist.type();
      await patiently(
        () => `${stands()} confirm ${wanted}`,
        () => (typist.confirmed >= wanted ? true : null),
      );
    },
    async daemonDies() {
      opens = typist.opens;
      const found = savedIn(saved, id);
      died = { kept: found ? await toldIn(found.text, found.saved) : (died?.kept ?? []) };
    },
    async check() {
      const { confirmed } = typist;
      const told = await toldNow();
      compared += told.join("\n").length;
      const problems = [...(await pastProblems(told))];
      const truth = await printedBy(root, labelOf(run));
      const present = told.slice(past.length);
      const wrong = unlike(present, truth);
      if (wrong !== null) problems.push(wrong);
      if (!present.includes(`got ${labelOf(run)} ${confirmed}`))
        problems.push(`line ${confirmed} is confirmed and not on the screen`);
      problems.push(...(await inputProblems(confirmed)));
      return problems.map((problem) => `terminal ${name}: ${problem}`);
    },
    [Symbol.dispose]: () => typist[Symbol.dispose](),
  };
}

/** What a daemon, whichever, has saved of a terminal. */
function savedIn(folder: string, id: string): ReturnType<typeof readSaved> {
  const found = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => readSaved(savedFile(path.join(folder, entry.name), id)));
  return found.find((one) => one !== null) ?? null;
}
