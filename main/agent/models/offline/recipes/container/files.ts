import { quoteWord } from "../../tools.ts";
import type { Stack } from "./stack.ts";

export function dockerfile(stack: Stack): string {
  const manifest = ["package.json", ...(stack.lockfile ? [stack.lockfile] : [])];
  const install = stack.lockfile ? "npm ci --omit=dev" : "npm install --omit=dev";
  const folders = stack.copies.filter((name) => name.endsWith("/"));
  const files = stack.copies.filter((name) => !name.endsWith("/"));
  const env = [
    "ENV NODE_ENV=production",
    ...(stack.port !== null && stack.readsPort ? [`ENV PORT=${stack.port}`] : []),
    ...(stack.readsHost ? ["ENV HOST=0.0.0.0"] : []),
  ];
  const lines = [
    `FROM node:${stack.node}-slim`,
    ...env,
    "WORKDIR /app",
    `COPY ${manifest.join(" ")} ./`,
    ...(stack.hasDependencies ? [`RUN ${install}`] : []),
    ...(files.length > 0 ? [`COPY ${files.join(" ")} ./`] : []),
    ...folders.map((folder) => `COPY ${folder} ./${folder}`),
    "USER node",
    ...(stack.port === null ? [] : [`EXPOSE ${stack.port}`]),
    `CMD ["node", "${stack.entry}"]`,
  ];
  return `${lines.join("\n")}\n`;
}

/** What the image never needs. */
export function dockerignore(stack: Stack): string {
  const never = [
    ".git",
    ".gitignore",
    "node_modules",
    "npm-debug.log",
    ".env",
    ".env.*",
    "coverage",
    "docs",
    "test",
    "tests",
    "**/*.test.js",
    "*.md",
    "Dockerfile",
    ".dockerignore",
  ];
  const needed = new Set(stack.copies.map((name) => name.replace(/\/$/, "")));
  return `${never.filter((name) => !needed.has(name)).join("\n")}\n`;
}

/**
 * Checks a Dockerfile without an engine: each source of a COPY is there and not ignored, and the program that CMD names is
 * valid JavaScript in a copy that holds nothing but what was copied, with every relative import in it. Prints what is wrong.
 */
export const checkCommand = (): string => `node -e ${quoteWord(CHECK)}`;

/** Whether an engine is there and answers. */
export const ENGINE_COMMAND = "docker version --format '{{.Server.Version}}'";

export const buildCommand = (tag: string): string => `docker build -q -t ${quoteWord(tag)} .`;

const CHECK = `// Check the Dockerfile without building it.
const fs = require("node:fs"), os = require("node:os"), path = require("node:path");
const { spawnSync } = require("node:child_process");
const lines = fs.readFileSync("Dockerfile", "utf8").split("\\n");
const ignored = fs.existsSync(".dockerignore") ? fs.readFileSync(".dockerignore", "utf8").split("\\n").map((line) => line.trim()) : [];
const image = fs.mkdtempSync(path.join(os.tmpdir(), "image-check-"));
const problems = [];
const files = (folder) => fs.readdirSync(folder, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.isFile() && /\\.[cm]?js$/.test(entry.name)).map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
try {
  if (!/^FROM \\S+/.test(lines.find((line) => line.trim() !== "" && !line.startsWith("#")) ?? "")) problems.push("it does not begin with FROM");
  for (const line of lines.filter((line) => line.startsWith("COPY "))) {
    const words = line.slice(5).trim().split(/\\s+/).filter((word) => !word.startsWith("--")), target = words.pop();
    for (const source of words) {
      const name = source.replace(/\\/$/, "");
      if (!fs.existsSync(source)) { problems.push("COPY of " + source + ": no such file"); continue; }
      if (ignored.includes(name)) problems.push("COPY of " + source + ": .dockerignore leaves it out");
      const into = path.join(image, target, target.endsWith("/") && !source.endsWith("/") ? path.basename(source) : "");
      fs.cpSync(source, into, { recursive: true });
    }
  }
  const command = lines.findLast((line) => line.startsWith("CMD "));
  const program = command ? JSON.parse(command.slice(4))[1] : null;
  if (!program || !fs.existsSync(path.join(image, program))) problems.push("CMD: " + program + " is not in the image");
  for (const file of files(image)) {
    const checked = spawnSync(process.execPath, ["--check", file], { encoding: "utf8" });
    if (checked.status !== 0) problems.push(checked.stderr.trim());
    for (const [, specifier] of fs.readFileSync(file, "utf8").matchAll(/^(?:import|export)[^"';]*["'](\\.[^"']+)["']/gm)) {
      if (!fs.existsSync(path.resolve(path.dirname(file), specifier))) problems.push(path.relative(image, file) + " imports " + specifier + ", which is not in the image");
    }
  }
  console.log(problems.length === 0 ? "Dockerfile: every COPY and the CMD are valid" : problems.join("\\n"));
} finally {
  fs.rmSync(image, { recursive: true, force: true });
}
process.exitCode = problems.length === 0 ? 0 : 1;
`;
