import type { Mutation } from "../../js/mutations.ts";
import { quoteWord } from "../../tools.ts";

export interface Candidate {
  readonly path: string;
  readonly mutation: Mutation;
}

/** A test file, and the titles of the tests in it that have to pass. */
export interface Goal {
  readonly file: string;
  readonly titles: readonly string[];
}

/** More than this are not tried at once: a command line is at most 128 kB. */
export const MAX_CANDIDATES = 150;

/**
 * A command that tries candidates one after the other on a copy in the temp folder, until the goals pass. Prints one line:
 * `fixed by candidate N` or `no candidate of N passes`. The worktree itself stays as it is.
 */
export function tryFixesCommand(
  candidates: readonly Candidate[],
  goals: readonly Goal[],
  from: number,
): string {
  const data = {
    candidates: candidates
      .slice(0, MAX_CANDIDATES)
      .map(({ path, mutation }) => [path, mutation.start, mutation.end, mutation.text]),
    goals: goals.map((goal) => [goal.file, `(?:^| )(?:${goal.titles.map(escapePattern).join("|")})$`]),
    from,
  };
  return `node -e ${quoteWord(SCRIPT)} ${quoteWord(JSON.stringify(data))}`;
}

/** The index of the candidate that passed, or null. */
export function readTried(output: string): number | null {
  const found = /^fixed by candidate (\d+)$/m.exec(output);
  return found ? Number(found[1]) : null;
}

const escapePattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** Runs under whatever Node the project has. The limit on each try ends candidates that loop for ever. */
const SCRIPT = `// Try small changes on a copy of the project until the documented examples pass.
const fs = require("node:fs"), os = require("node:os"), path = require("node:path");
const { spawnSync } = require("node:child_process");
const { candidates, goals, from } = JSON.parse(process.argv[1]);
const copy = fs.mkdtempSync(path.join(os.tmpdir(), "try-fixes-"));
const skip = /(^|[\\\\/])(node_modules|\\.git)$/;
const passes = () => goals.every(([file, titles]) => spawnSync(process.execPath,
  ["--test-name-pattern", titles, file], { cwd: copy, timeout: 5000, stdio: "ignore" }).status === 0);
try {
  fs.cpSync(".", copy, { recursive: true, filter: (file) => !skip.test(file) });
  if (fs.existsSync("node_modules")) fs.symlinkSync(path.resolve("node_modules"), path.join(copy, "node_modules"), "dir");
  let fixed = null, tried = 0;
  for (let n = from; n < candidates.length && fixed === null; n++, tried++) {
    const [name, start, end, text] = candidates[n], file = path.join(copy, name);
    const before = fs.readFileSync(file, "utf8").replaceAll("\\r\\n", "\\n");
    fs.writeFileSync(file, before.slice(0, start) + text + before.slice(end));
    if (passes()) fixed = n;
    fs.writeFileSync(file, before);
  }
  console.log("tried " + tried + " of " + candidates.length + " candidates");
  console.log(fixed === null ? "no candidate passes" : "fixed by candidate " + fixed);
} finally {
  fs.rmSync(copy, { recursive: true, force: true });
}
`;
