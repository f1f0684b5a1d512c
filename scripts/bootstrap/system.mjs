import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findChromium } from "./chromium.mjs";
import { findProgram } from "./find-program.mjs";
import { duringSetUp } from "./lock.mjs";
import { NODE_FOLDER } from "./place.mjs";
import { runQuietly } from "./process.mjs";
import { say } from "./say.mjs";

/** What the sandbox and the search need from the system, as Debian names the packages. */
const PROGRAMS = [
  { program: "bwrap", from: "bubblewrap" },
  { program: "socat", from: "socat" },
  { program: "rg", from: "ripgrep" },
];

/**
 * Sees to the system packages: installs them, asks, or prints the one command; then goes on in any case, because the
 * app itself says what it can't do without them. Only Linux is looked after: macOS has a sandbox of its own.
 * @param {{ tests: boolean }} options `tests`: a Chromium is needed as well
 */
export async function ensureSystemPackages({ tests }) {
  if (process.platform !== "linux") return;
  const missing = missingPackages({ tests });
  if (missing.length === 0) return;

  const means = chooseMeans({
    root: process.getuid?.() === 0,
    apt: findProgram(["apt-get"]) !== null,
    ci: Boolean(process.env["CI"]),
    terminal: process.stdin.isTTY && process.stderr.isTTY,
  });
  if (means !== "install" && wasTold(missing)) return;
  if (means === "install" || (means === "ask" && (await agrees(missing)))) await aptInstall(missing);
  else tell(missing);
}

/** @param {{ tests: boolean }} options @param {NodeJS.ProcessEnv} [env] */
export function missingPackages({ tests }, env = process.env) {
  const missing = PROGRAMS.filter(({ program }) => findProgram([program], env) === null);
  const packages = missing.map(({ from }) => from);
  return tests && findChromium(env) === null ? [...packages, "chromium"] : packages;
}

/**
 * Installing into somebody's system needs their word, unless it is a machine that nobody sits at.
 * @param {{ root: boolean, apt: boolean, ci: boolean, terminal: boolean }} where
 * @returns {"install" | "ask" | "tell"}
 */
export function chooseMeans({ root, apt, ci, terminal }) {
  if (!root || !apt) return "tell";
  return ci || !terminal ? "install" : "ask";
}

/** @param {readonly string[]} packages */
async function agrees(packages) {
  const { createInterface } = await import("node:readline/promises");
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`oriel: install ${packages.join(", ")} with apt? [Y/n] `);
  prompt.close();
  return /^(y|yes|)$/i.test(answer.trim());
}

/** @param {readonly string[]} packages */
async function aptInstall(packages) {
  await duringSetUp(async () => {
    say(`installing ${packages.join(", ")} with apt`);
    const install = ["install", "-y", "--no-install-recommends", ...packages];
    // A machine that never ran `update` knows no package; one that did needs no second.
    const done = (await apt(install)) || ((await apt(["update"])) && (await apt(install)));
    if (!done)
      say(
        `apt could not install them; going on without. By hand: apt-get update && apt-get ${install.join(" ")}`,
      );
  });
}

/** @param {readonly string[]} args */
async function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return (await runQuietly("apt-get", ["-o", "DPkg::Lock::Timeout=120", ...args], { env })).code === 0;
}

/** Once for each set of packages: whoever does not want them is not told at every command. */
const TOLD = path.join(NODE_FOLDER, "told-packages");

/** @param {readonly string[]} packages */
function wasTold(packages) {
  try {
    return readFileSync(TOLD, "utf8") === packages.join(" ");
  } catch {
    return false;
  }
}

/** @param {readonly string[]} packages */
function tell(packages) {
  const apt = process.getuid?.() === 0 ? "apt-get install -y" : "sudo apt-get install -y";
  const command = findProgram(["apt-get"]) ? apt : "with your system's package manager, install";
  say(`not on this system: ${packages.join(", ")}. To get them: ${command} ${packages.join(" ")}`);
  mkdirSync(NODE_FOLDER, { recursive: true });
  writeFileSync(TOLD, packages.join(" "));
}
