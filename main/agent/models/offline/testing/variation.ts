import { TEMPLATES, type Bug, type Template } from "./functions.ts";
import { randomFrom, type Random } from "./random.ts";

/** A generated project with one bug in it, and how to tell that the bug is gone. */
export interface Variation {
  readonly files: ReadonlyMap<string, string>;
  readonly layout: Layout;
  /** `wrong comparison in gradeFor`, for a test's message. */
  readonly title: string;
  /** The module with the bug, and expressions over its exports that are true once it is right. */
  readonly buggy: { readonly path: string; readonly name: string; readonly hidden: readonly string[] };
  /** Every exported function. */
  readonly names: readonly string[];
}

export interface Layout {
  readonly sources: string;
  /** A folder, or null where tests stand beside their sources. */
  readonly tests: string | null;
  readonly kind: "esm" | "cjs";
  readonly extension: ".js" | ".mjs" | ".cjs";
  /** How exports are written. */
  readonly exports: "inline" | "list";
  readonly functions: "declaration" | "arrow";
  readonly arrowComment: "// =>" | "// →" | "// returns";
  readonly quote: '"' | "'";
}

/** Every bug of every template once, then again from the start with another layout and other names. */
const ALL_BUGS: readonly { template: Template; bug: Bug }[] = TEMPLATES.flatMap((template) =>
  template.bugs.map((bug) => ({ template, bug })),
);
export const BUG_COUNT = ALL_BUGS.length;

/** Deterministic: the same seed makes the same project. Seeds 0 to `BUG_COUNT - 1` have each bug once. */
export function makeVariation(seed: number): Variation {
  const random = randomFrom(seed);
  const chosen = ALL_BUGS[seed % BUG_COUNT];
  if (!chosen) throw new Error("there are no bugs");
  const layout = pickLayout(random);
  const others = random.shuffled(TEMPLATES.filter((template) => template !== chosen.template)).slice(0, 2);
  const [tested, untested] = others;
  if (!tested || !untested) throw new Error("too few templates");
  const buggy = named(chosen.template, random);
  const [known, open] = [named(tested, random), named(untested, random)];
  const [first, second] = random.shuffled(MODULE_NAMES);
  const modulePath = (name: string | undefined) => `${layout.sources}${name}${layout.extension}`;
  const path = modulePath(first);
  const together = random.below(2) === 0;
  const modules = together
    ? [{ path, functions: [known, buggy, open] }]
    : [
        { path, functions: [buggy, open] },
        { path: modulePath(second), functions: [known] },
      ];
  const home = together ? path : modulePath(second);
  return {
    layout,
    title: `${chosen.bug.kind} in ${buggy.name}`,
    names: [buggy.name, known.name, open.name],
    buggy: { path, name: buggy.name, hidden: buggy.hidden },
    files: new Map([
      ["package.json", manifest(layout, random)],
      ...modules.map(({ path, functions }): [string, string] => [
        path,
        moduleText(functions, layout, buggy, chosen.bug),
      ]),
      [testPath(home, layout), existingTest(known, home, layout)],
    ]),
  };
}

const MODULE_NAMES = ["figures", "records", "helpers", "metrics", "ledger", "reports"];

function pickLayout(random: Random): Layout {
  const kind = random.pick(["esm", "cjs"] as const);
  const sources = random.pick(["src/", "lib/", "", "src/core/"]);
  return {
    kind,
    sources,
    tests: sources === "" ? "test/" : random.pick(["test/", "tests/", null]),
    extension: random.pick([".js", ".js", kind === "esm" ? ".mjs" : ".cjs"] as const),
    exports: random.pick(["inline", "list"] as const),
    functions: random.pick(["declaration", "arrow"] as const),
    arrowComment: random.pick(["// =>", "// →", "// returns"] as const),
    quote: random.pick(['"', "'"] as const),
  };
}

interface Named extends Template {
  readonly name: string;
}

/** A template under names of its own. */
function named(template: Template, random: Random): Named {
  const name = random.pick(template.names);
  const params = template.params.map((choices) => random.pick(choices));
  const fill = (text: string): string =>
    text.replaceAll(/\$([fabc])(?![\w{])/g, (_, key: string) =>
      key === "f" ? name : (params["abc".indexOf(key)] ?? key),
    );
  return {
    ...template,
    name,
    signature: fill(template.signature),
    body: template.body.map(fill),
    doc: template.doc.map(fill),
    examples: template.examples.map(([code, value]) => [fill(code), value] as const),
    bugs: template.bugs.map((entry) => ({ ...entry, from: fill(entry.from), to: fill(entry.to) })),
    hidden: template.hidden.map(fill),
  };
}

function manifest(layout: Layout, random: Random): string {
  const type = layout.kind === "esm" ? "module" : "commonjs";
  const isOpen = layout.extension !== ".js" || layout.kind === "cjs";
  const content = {
    name: random.pick(["tally", "north-wind", "@demo/figures"]),
    ...(isOpen && random.below(2) === 0 ? {} : { type }),
    ...(random.below(3) === 0 ? {} : { scripts: { test: "node --test" } }),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

function moduleText(functions: readonly Named[], layout: Layout, buggy: Named, bug: Bug): string {
  const parts = functions.map((entry) => {
    const right = functionText(entry, layout);
    if (entry !== buggy) return right;
    const own =
      buggy.bugs[TEMPLATES.find((template) => template.bugs.includes(bug))?.bugs.indexOf(bug) ?? -1];
    const head = right.indexOf("*/");
    const code = own ? right.slice(head).replace(own.from, own.to) : "";
    if (!own || code === right.slice(head)) throw new Error(`the bug is not in ${entry.name}`);
    return right.slice(0, head) + code.replace(/^ *\n/gm, "");
  });
  const names = functions.map((entry) => entry.name).join(", ");
  const list = layout.kind === "esm" ? `export { ${names} };` : `module.exports = { ${names} };`;
  const text = `${[...parts, ...(layout.exports === "list" ? [list] : [])].join("\n\n")}\n`;
  return layout.quote === "'" ? withSingleQuotes(text) : text;
}

function functionText(entry: Named, layout: Layout): string {
  const examples = entry.examples.map(
    ([code, value]) => `${code} ${value.startsWith("throws") ? "//" : layout.arrowComment} ${value}`,
  );
  const doc = ["/**", ...[...entry.doc, "@example", ...examples].map((line) => ` * ${line}`), " */"];
  const isInline = layout.exports === "inline";
  const word = entry.isAsync ? "async " : "";
  const body = entry.body.map((line) => `  ${line}`);
  const exported = isInline && layout.kind === "esm" ? "export " : "";
  if (layout.functions === "arrow") {
    const before =
      isInline && layout.kind === "cjs" ? `exports.${entry.name} =` : `${exported}const ${entry.name} =`;
    return [...doc, `${before} ${word}(${entry.signature}) => {`, ...body, "};"].join("\n");
  }
  const before =
    isInline && layout.kind === "cjs"
      ? `exports.${entry.name} = ${word}function `
      : `${exported}${word}function ${entry.name}`;
  return [
    ...doc,
    `${before}(${entry.signature}) {`,
    ...body,
    isInline && layout.kind === "cjs" ? "};" : "}",
  ].join("\n");
}

/** Only where no string holds another quote: the templates' do not. */
const withSingleQuotes = (text: string): string => text.replaceAll('"', "'");

function testPath(source: string, layout: Layout): string {
  const name = source.slice(layout.sources.length, -layout.extension.length);
  return `${layout.tests ?? layout.sources}${name}.test${layout.extension}`;
}

/** A test for one function, as somebody had written it. */
function existingTest(entry: Named, source: string, layout: Layout): string {
  const back = layout.tests === null ? "./" : "../";
  const from = `${back}${layout.tests === null ? source.slice(layout.sources.length) : source}`;
  const [code = "", value = ""] = entry.examples[0] ?? [];
  const lines =
    layout.kind === "esm"
      ? [
          'import assert from "node:assert";',
          'import test from "node:test";',
          `import { ${entry.name} } from "${from}";`,
        ]
      : [
          'const assert = require("node:assert");',
          'const test = require("node:test");',
          `const { ${entry.name} } = require("${from}");`,
        ];
  const text = `${lines.join("\n")}\n\ntest("${entry.name} works", async () => {\n  assert.deepStrictEqual(${code}, ${value});\n});\n`;
  return layout.quote === "'" ? withSingleQuotes(text) : text;
}
