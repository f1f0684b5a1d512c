import { simpleCommands } from "./shell-words.ts";

/**
 * Whether a shell line only reads: every simple command of it is on the list below, with options from its list. Anything
 * not known to be safe is not. An option must be written in full, since tools take abbreviations (`--outp=x`).
 */
export function isSafeCommand(line: string): boolean {
  const commands = simpleCommands(line);
  return commands !== null && commands.every(([name, ...args]) => name !== undefined && isSafe(name, args));
}

function isSafe(name: string, args: readonly string[]): boolean {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (rule === undefined) return name === "git" && isSafeGit(args);
  return onlyOptions(args, rule);
}

interface Rule {
  /** Letters of short options that may be joined: `-la`. */
  readonly short?: string;
  /** Short options with a number, `-n 5`, `-n5`. */
  readonly number?: string;
  /** Options that always take the next word as their value, whatever it looks like. */
  readonly value?: readonly string[];
  /** Long options; with or without `=value`. */
  readonly long?: readonly string[];
  /** A bare number as in `head -20`. */
  readonly count?: true;
  /** Words that are no options: `none`, or any (the default). */
  readonly words?: "none";
}

const RULES: Readonly<Record<string, Rule>> = {
  pwd: { short: "LP", words: "none" },
  true: { words: "none" },
  false: { words: "none" },
  whoami: { words: "none" },
  uname: { short: "asnrvmpio", words: "none" },
  echo: { short: "neE" },
  basename: { short: "a" },
  dirname: {},
  realpath: { short: "eqs" },
  readlink: { short: "fenq" },
  which: { short: "a" },
  ls: {
    short: "aAlhrtSRF1dipsnoGgLHXUcuvk",
    long: ["--all", "--almost-all", "--human-readable", "--recursive", "--reverse", "--directory", "--color"],
  },
  cat: { short: "nbsAeEtTv", long: ["--number"] },
  head: { short: "qv", number: "nc", count: true, long: ["--lines", "--bytes"] },
  tail: { short: "qv", number: "nc", count: true, long: ["--lines", "--bytes"] },
  nl: { short: "ba" },
  wc: { short: "lwcmL", long: ["--lines", "--words", "--bytes"] },
  file: { short: "biL", long: ["--brief", "--mime-type"] },
  stat: { short: "Lft", value: ["-c"], long: ["--format"] },
  du: { short: "shacx", number: "d", long: ["--max-depth", "--human-readable", "--summarize"] },
  df: { short: "hTi" },
  tree: { short: "adfilshpugDF", number: "L", long: ["--gitignore", "--dirsfirst"] },
  // No -o, -T, --compress-program: they write and run.
  sort: { short: "nrubfhVsd", number: "k", value: ["-t"], long: ["--numeric-sort", "--reverse", "--unique"] },
  // A second word is the file that uniq writes.
  uniq: { short: "cdui", words: "none" },
  cut: { short: "s", value: ["-d", "-f", "-c", "-b"], long: ["--delimiter", "--fields"] },
  tr: { short: "cds" },
  diff: { short: "uqrNbBwiay", number: "U", long: ["--unified", "--recursive", "--brief", "--color"] },
  cmp: { short: "sl" },
  sha256sum: {},
  md5sum: {},
  grep: {
    short: "ivnrRlLcowxHhEFPsqaIz",
    number: "ABCm",
    value: ["-e"],
    long: [
      "--include",
      "--exclude",
      "--exclude-dir",
      "--color",
      "--line-number",
      "--ignore-case",
      "--files-with-matches",
    ],
  },
  // No --pre, --hostname-bin, -z, --search-zip: they run programs.
  rg: {
    short: "ivnlcowxHhFPsSUuLNI",
    number: "ABCm",
    value: ["-e", "-g", "-t", "-T"],
    long: [
      ...[
        "--files",
        "--glob",
        "--type",
        "--hidden",
        "--no-ignore",
        "--line-number",
        "--ignore-case",
        "--smart-case",
      ],
      ...[
        "--files-with-matches",
        "--count",
        "--context",
        "--max-count",
        "--max-depth",
        "--sort",
        "--json",
        "--color",
      ],
      ...[
        "--fixed-strings",
        "--multiline",
        "--no-heading",
        "--heading",
        "--word-regexp",
        "--only-matching",
        "--stats",
      ],
    ],
  },
  // No -exec, -delete, -fprint and the like: find's options are whole words with one dash.
  find: {
    value: [
      ...[
        "-name",
        "-iname",
        "-path",
        "-ipath",
        "-type",
        "-maxdepth",
        "-mindepth",
        "-size",
        "-newer",
        "-mtime",
        "-mmin",
      ],
      ...["-regex", "-perm", "-user"],
    ],
    long: ["-not", "-print", "-print0", "-o", "-a", "-or", "-and", "-empty", "-prune", "-ls"],
  },
};

function onlyOptions(args: readonly string[], rule: Rule): boolean {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? "";
    if (arg === "--") return rule.words !== "none";
    if (rule.value?.includes(arg)) {
      at += 1;
      continue;
    }
    if (arg === "-" || !arg.startsWith("-")) {
      if (rule.words === "none") return false;
      continue;
    }
    if (!isKnownOption(arg, rule)) return false;
    if (takesNextNumber(arg, rule) && /^[+-]?\d[\d,.kKmMgG]*$/.test(args[at + 1] ?? "")) at += 1;
  }
  return true;
}

function isKnownOption(arg: string, rule: Rule): boolean {
  if (rule.long?.includes(arg.split("=", 1)[0] ?? "")) return true;
  if (arg.startsWith("--")) return false;
  if (rule.count && /^-\d+$/.test(arg)) return true;
  // A value may be glued to its letter, `-d:`; find's options are words and take none that way.
  if (rule.value?.some((option) => option.length === 2 && arg.startsWith(option))) return true;
  const letters = arg.slice(1);
  const number = rule.number ? new RegExp(`^[${rule.short ?? ""}]*[${rule.number}][\\d,.]*$`) : null;
  if (number?.test(letters)) return true;
  return rule.short !== undefined && new RegExp(`^[${rule.short}]+$`).test(letters);
}

const takesNextNumber = (arg: string, rule: Rule): boolean =>
  Boolean(rule.number) && !arg.startsWith("--") && (rule.number ?? "").includes(arg.at(-1) ?? "-");

/** Options that may follow these subcommands. None that writes (--output), runs (--ext-diff, --textconv) or signs. */
const GIT_DIFF_OPTIONS = [
  ...[
    "--stat",
    "--shortstat",
    "--numstat",
    "--name-only",
    "--name-status",
    "--summary",
    "--cached",
    "--staged",
  ],
  ...[
    "--no-color",
    "--color",
    "--patch",
    "--no-patch",
    "--unified",
    "--word-diff",
    "--ignore-all-space",
    "--check",
  ],
  ...["--diff-filter", "--find-renames", "--no-ext-diff", "--no-textconv", "--raw", "--exit-code", "--quiet"],
];
const GIT_LOG_OPTIONS = [
  ...GIT_DIFF_OPTIONS,
  ...[
    "--oneline",
    "--graph",
    "--decorate",
    "--all",
    "--max-count",
    "--since",
    "--until",
    "--author",
    "--grep",
  ],
  ...[
    "--format",
    "--pretty",
    "--abbrev-commit",
    "--no-merges",
    "--merges",
    "--first-parent",
    "--reverse",
    "--follow",
  ],
];

const GIT_RULES: Readonly<Record<string, Rule>> = {
  status: { short: "sbuz", long: ["--short", "--branch", "--porcelain", "--untracked-files", "--ignored"] },
  diff: { short: "pswbMCRz", number: "U", long: GIT_DIFF_OPTIONS },
  log: { short: "pszMC", number: "nU", count: true, value: ["-S", "-G", "-L"], long: GIT_LOG_OPTIONS },
  show: { short: "pszMC", number: "nU", count: true, long: GIT_LOG_OPTIONS },
  blame: { short: "wslefnMC", value: ["-L"], long: ["--porcelain", "--line-porcelain", "--date"] },
  "rev-parse": {
    long: ["--short", "--abbrev-ref", "--show-toplevel", "--verify", "--is-inside-work-tree", "--git-dir"],
  },
  "ls-files": {
    short: "comdsz",
    long: ["--others", "--cached", "--modified", "--deleted", "--exclude-standard"],
  },
  "ls-tree": { short: "rtdlz", long: ["--name-only", "--full-tree"] },
  // Not -O: it opens a pager of the caller's choice.
  grep: {
    short: "invlcowhHEFPpW",
    number: "ABC",
    value: ["-e"],
    long: ["--cached", "--line-number", "--count"],
  },
  "merge-base": { long: ["--all", "--is-ancestor"] },
  "cat-file": { short: "tspe" },
  describe: { long: ["--tags", "--always", "--dirty", "--long"] },
  shortlog: { short: "sne" },
  // A further word makes a branch, a tag or a remote.
  branch: { short: "avlr", long: ["--list", "--all", "--show-current", "--remotes"], words: "none" },
  tag: { short: "l", long: ["--list"], words: "none" },
  remote: { short: "v", words: "none" },
};

/** No option may stand before the subcommand: `-c core.pager=evil`, `-C elsewhere`, `--exec-path=…`. */
function isSafeGit([subcommand, ...args]: readonly string[]): boolean {
  const rule =
    subcommand !== undefined && Object.hasOwn(GIT_RULES, subcommand) ? GIT_RULES[subcommand] : undefined;
  return rule !== undefined && onlyOptions(args, rule);
}
