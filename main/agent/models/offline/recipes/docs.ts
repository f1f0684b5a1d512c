import { plural } from "#shared/kernel/human.ts";
import type { SourceModule } from "../js/module.ts";
import { act, stop, type Steps } from "../steps.ts";
import { plan, quoteWord } from "../tools.ts";
import { readFiles, run, writeFiles } from "../work.ts";
import { apiPage, headingOf, MARKER, moduleSection } from "./docs/markdown.ts";
import { readProject } from "./project.ts";

const PAGE = "docs/API.md";
const STEPS = [
  "Read the sources",
  "Collect exports and their JSDoc",
  `Write ${PAGE}`,
  "Check that every export is in it",
];
const at = (current: number) => plan(STEPS, current);

/** Writes docs/API.md from the exports and their JSDoc. A page that a person wrote is kept and completed. */
export function* docsRecipe(): Steps<string> {
  const project = yield* readProject("I read the sources and what their comments say.", at);
  const modules = project.modules.filter((module) => module.exports.length > 0);
  const entries = modules.flatMap((module) => module.exports);
  if (entries.length === 0)
    return yield* stop("The sources here export nothing, so there is no API to document. I changed nothing.");

  const exists = project.files.includes(PAGE);
  const old = exists
    ? ((yield* readFiles(`There is a ${PAGE} already; I read it first.`, [PAGE], at(1))).get(PAGE) ?? null)
    : null;
  const isOurs = old === null || old.startsWith(MARKER);
  const page = isOurs ? apiPage(project.package.name ?? "this project", modules) : completed(old, modules);
  const said = `The sources export ${plural(entries.length, "thing")} in ${plural(modules.length, "module")}. I ${isOurs ? "write" : "complete"} ${PAGE}.`;
  yield* writeFiles(said, [{ path: PAGE, before: old, after: page }], at(2));

  const checked = yield* run(`I check that ${PAGE} has every export.`, checkCommand(modules, isOurs), at(3));
  yield* act("", at(STEPS.length));
  const bare = entries
    .filter(({ declaration }) => declaration.doc === null)
    .map((entry) => `\`${entry.name}\``);
  return [
    isOurs
      ? `I wrote \`${PAGE}\`: ${plural(entries.length, "export")} of ${plural(modules.length, "module")}, with signatures, parameters and examples from the source.`
      : `\`${PAGE}\` was there and not written by this recipe, so I kept it and only added what it did not mention.`,
    checked.exitCode === 0
      ? "Checked: every export is in it."
      : `The check found missing exports:\n${checked.output.trim()}`,
    ...(bare.length > 0
      ? [`Without any comment in the source, so only the signature is there: ${bare.join(", ")}.`]
      : []),
    ...(project.unread > 0
      ? [`I did not read ${plural(project.unread, "further file")}: this demo is for small projects.`]
      : []),
  ].join("\n\n");
}

/** A page of somebody else, with sections for the exports that it does not mention. */
function completed(old: string, modules: readonly SourceModule[]): string {
  const missing = modules.flatMap((module) => {
    const exports = module.exports.filter(
      (entry) => !mentions(old, entry.declaration.name) && !mentions(old, entry.name),
    );
    return exports.length === 0 ? [] : [moduleSection({ ...module, exports })];
  });
  return missing.length === 0 ? old : `${old.trimEnd()}\n\n${missing.join("\n\n")}\n`;
}

const mentions = (text: string, name: string): boolean =>
  new RegExp(`(?<![\\w$])${name.replaceAll("$", "\\$")}(?![\\w$])`).test(text);

/** Prints what is missing, and fails when anything is. */
function checkCommand(modules: readonly SourceModule[], isOurs: boolean): string {
  const needles = modules.flatMap((module) =>
    module.exports.map((entry) => (isOurs ? headingOf(entry) : entry.declaration.name)),
  );
  const words = [...new Set(needles)].map(quoteWord).join(" ");
  return `status=0; for name in ${words}; do grep -qF -- "$name" ${PAGE} || { echo "missing: $name"; status=1; }; done; exit $status`;
}
