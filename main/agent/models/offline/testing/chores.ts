/** Variations for the recipes that look for no bug: style to clean, exports to document, a server to containerize. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { randomFrom } from "./random.ts";
import { makeVariation, type Variation } from "./variation.ts";

const LINTER = readFileSync(
  path.join(import.meta.dirname, "..", "sample", "files", "scripts", "lint.js"),
  "utf8",
);

/** How the findings are printed; `none` for a project without a linter. */
export type LintFormat = "compact" | "columns" | "stylish" | "none";

export interface LintVariation {
  readonly variation: Variation;
  readonly files: ReadonlyMap<string, string>;
  /** The module with the findings, and what it should look like without them. */
  readonly path: string;
  readonly clean: string;
}

/** A generated project with a module whose style is wrong in every way that the recipe knows. */
export function makeLintVariation(seed: number, format: LintFormat): LintVariation {
  const variation = makeVariation(seed);
  const random = randomFrom(seed);
  const { kind, sources, extension } = variation.layout;
  const name = random.pick(["totals", "shapes", "letters"]);
  const module = `${sources}${name}${extension}`;
  const [unused, value, other] = random.shuffled(["first", "limit", "entry", "marker", "depth"]);
  const open =
    kind === "esm" ? 'import { join } from "node:path";\n\n' : 'const { join } = require("node:path");\n\n';
  const close =
    kind === "esm" ? "\nexport { count, describe };\n" : "\nmodule.exports = { count, describe };\n";
  const dirty = `function count(list) {
  var ${value} = 0;
  for (var index = 0; index < list.length; index++) {  
    if (list[index] != undefined) ${value} += 1;
  }
  return ${value};
}

function describe(text) {
  const ${unused} = text.length;
  var ${other} = text.trim();
  return ${other} == "" ? \`empty \${text}\` : ${other};\t
}
`;
  const clean = `function count(list) {
  let ${value} = 0;
  for (let index = 0; index < list.length; index++) {
    if (list[index] !== undefined) ${value} += 1;
  }
  return ${value};
}

function describe(text) {
  const ${other} = text.trim();
  return ${other} === "" ? \`empty \${text}\` : ${other};
}
`;
  const folders = JSON.stringify([...new Set([sources === "" ? "." : sources.slice(0, -1)])]);
  return {
    variation,
    path: module,
    clean: clean + close,
    files: new Map([
      ...variation.files,
      ...linter(variation, folders, format),
      [module, open + dirty + close],
    ]),
  };
}

function linter(variation: Variation, folders: string, format: LintFormat): [string, string][] {
  if (format === "none") return [];
  const manifest = JSON.parse(variation.files.get("package.json") ?? "{}");
  const scripts = { ...manifest.scripts, lint: "node tools/lint.mjs" };
  const print = {
    compact: "console.log(`${file}:${line} ${rule} ${message}`);",
    columns: "console.log(`./${file}:${line}:1: ${message} (${rule})`);",
    stylish: "console.log(`\\n${process.cwd()}/${file}\\n  ${line}:1  error  ${message}  ${rule}`);",
  }[format];
  const text = LINTER.replace('["src", "test"]', folders)
    .replace("console.log(`${file}:${line} ${rule} ${message}`);", print)
    .replace('name.endsWith(".js")', "/[.][cm]?js$/.test(name)")
    .replace("/^import\\s*\\{([^}]*)\\}/", "/^(?:import|const)\\s*\\{([^}]*)\\}/");
  return [
    ["package.json", JSON.stringify({ ...manifest, scripts }, null, 2)],
    ["tools/lint.mjs", text],
  ];
}

export interface ServerVariation {
  readonly files: ReadonlyMap<string, string>;
  readonly entry: string;
  readonly port: number;
  readonly node: number;
}

/** A small server: where it starts, what it needs and how it names its port all differ. */
export function makeServerVariation(seed: number): ServerVariation {
  const random = randomFrom(seed);
  const kind = random.pick(["esm", "cjs"] as const);
  const folder = random.pick(["src/", "lib/", ""]);
  const [main, helper] = random.shuffled(["server", "app", "main", "routes"]);
  const entry = `${folder}${main}.js`;
  const port = 3000 + random.below(5000);
  const node = random.pick([20, 22, 24]);
  const hasStart = random.below(2) === 0;
  const hasDependency = random.below(2) === 0;
  const manifest = {
    name: "small-server",
    type: kind === "esm" ? "module" : "commonjs",
    engines: { node: random.pick([`>=${node}`, `^${node}.1.0`, `${node}.x`]) },
    scripts: hasStart ? { start: `node ${entry}` } : {},
    ...(hasDependency ? { dependencies: { leftpad: "1.0.0" } } : {}),
  };
  const where = random.pick([
    `Number(process.env.PORT ?? ${port})`,
    `process.env.PORT || ${port}`,
    `${port}`,
  ]);
  const body = `createServer((_, response) => response.end(greet())).listen(${where});\n`;
  const helperFile = `${folder}${random.pick(["", "parts/"])}${helper}.js`;
  const specifier = `./${helperFile.slice(folder.length)}`;
  const source =
    kind === "esm"
      ? `import { createServer } from "node:http";\nimport { greet } from "${specifier}";\n\n${body}`
      : `const { createServer } = require("node:http");\nconst { greet } = require("${specifier}");\n\n${body}`;
  const greeting = 'greet = () => "hello";\n';
  return {
    entry,
    port,
    node,
    files: new Map([
      ["package.json", JSON.stringify(manifest, null, 2)],
      ...(hasDependency ? [["package-lock.json", "{}"] as const] : []),
      [entry, source],
      [helperFile, kind === "esm" ? `export const ${greeting}` : `exports.${greeting}`],
    ]),
  };
}
