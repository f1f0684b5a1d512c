import { oneLine, type DocComment } from "../../js/jsdoc.ts";
import type { Declaration, Export, SourceModule } from "../../js/module.ts";

/** The first line of a page that we wrote: such a page may be written anew. */
export const MARKER = "<!-- Written from the source and its JSDoc. -->";

/** The whole page. */
export function apiPage(name: string, modules: readonly SourceModule[]): string {
  const documented = modules.filter((module) => module.exports.length > 0);
  const contents = documented.map((module) => `- [${module.path}](#${anchor(module.path)})`);
  return (
    [MARKER, `# API of ${name}`, contents.join("\n"), ...documented.map(moduleSection)].join("\n\n") + "\n"
  );
}

/** The anchor that GitHub gives to a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");

export function moduleSection(module: SourceModule): string {
  const intro = module.doc?.description ?? "";
  const parts = [`## ${module.path}`, ...(intro === "" ? [] : [intro]), ...module.exports.map(exportSection)];
  return parts.join("\n\n");
}

/** How an export is headed: the check looks for it. */
export const headingOf = (entry: Export): string =>
  `### \`${entry.name === "default" ? `default: ${entry.declaration.name}` : entry.name}\``;

function exportSection(entry: Export): string {
  const { declaration } = entry;
  const code = `\`\`\`js\n${signature(entry)}\n\`\`\``;
  const members = declaration.members.map(({ name, doc }) =>
    [`#### \`${name}\``, ...docParts(doc)].join("\n\n"),
  );
  return [
    headingOf(entry),
    code,
    ...(declaration.doc ? docParts(declaration.doc) : ["Not documented in the source."]),
    ...members,
  ].join("\n\n");
}

function signature({ name, declaration }: Export): string {
  const shown = name === "default" ? declaration.name : name;
  const params = oneLine(declaration.params);
  switch (declaration.kind) {
    case "function":
      return `${declaration.isAsync ? "async " : ""}function ${shown}(${params})`;
    case "class":
      return `class ${shown}`;
    case "value":
      return `const ${shown} = ${shorten(declaration)}`;
  }
}

const shorten = ({ initializer }: Declaration): string =>
  initializer.length > 200 ? `${initializer.slice(0, 200)}…` : initializer;

function docParts(doc: DocComment): string[] {
  return [
    ...(doc.isDeprecated ? ["**Deprecated.**"] : []),
    ...(doc.description === "" ? [] : [doc.description]),
    ...(doc.params.length === 0 ? [] : [paramTable(doc)]),
    ...(doc.returns ? [`**Returns** ${typed(doc.returns)}`] : []),
    ...doc.throws.map((entry) => `**Throws** ${typed(entry)}`),
    ...doc.examples.map((example) => `**Example**\n\n\`\`\`js\n${example}\n\`\`\``),
  ];
}

const typed = ({ type, text }: { type: string; text: string }): string =>
  [type === "" ? "" : `\`${type}\``, oneLine(text)].filter((part) => part !== "").join(": ");

function paramTable(doc: DocComment): string {
  const rows = doc.params.map((param) => {
    const fallback = param.fallback === null ? (param.isOptional ? "optional" : "") : `\`${param.fallback}\``;
    return `| \`${param.name}\` | ${param.type === "" ? "" : `\`${cell(param.type)}\``} | ${cell(fallback)} | ${cell(param.text)} |`;
  });
  return ["| Parameter | Type | Default | |", "|---|---|---|---|", ...rows].join("\n");
}

const cell = (text: string): string => text.replaceAll("|", "\\|");
