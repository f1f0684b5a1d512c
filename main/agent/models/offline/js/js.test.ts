import { expect, test } from "vitest";
import { readExamples } from "./examples.ts";
import { parseDoc } from "./jsdoc.ts";
import { readModule } from "./module.ts";
import { candidateFixes } from "./mutations.ts";
import { tokenize } from "./tokens.ts";

const texts = (source: string) => tokenize(source).map((token) => `${token.type} ${token.text}`);

test("tells code from text, comments, templates and regular expressions", () => {
  expect(texts("a = b / c / d; // x / y")).toEqual([
    ...[
      "name a",
      "punct =",
      "name b",
      "punct /",
      "name c",
      "punct /",
      "name d",
      "punct ;",
      "comment // x / y",
    ],
  ]);
  expect(texts("return /[/\"]'/g.test(s) ? `a ${ { b: `}` }.b } /c/` : 1_0.5e-3")).toEqual([
    ...["name return", "regex /[/\"]'/g", "punct .", "name test", "punct (", "name s", "punct )", "punct ?"],
    ...[
      "template `a ${",
      "punct {",
      "name b",
      "punct :",
      "template `}`",
      "punct }",
      "punct .",
      "name b",
      "template } /c/`",
    ],
    ...["punct :", "number 1_0.5e-3"],
  ]);
});

test("never fails, whatever it reads", () => {
  for (const source of ["`${", "'open", "/* open", "}}}", "\u0000é\ud800", "/(", "`a${`b${", "@#~"]) {
    expect(
      tokenize(source)
        .map((token) => token.text)
        .join(""),
    ).toBe(source);
    expect(readModule("a.js", source, "module").exports).toEqual([]);
  }
});

const exportsOf = (path: string, source: string, type?: string) =>
  readModule(path, source, type).exports.map(
    ({ name, declaration }) =>
      `${name}: ${declaration.isAsync ? "async " : ""}${declaration.kind} ${declaration.name}(${declaration.params})`,
  );

test("finds exports in all their spellings", () => {
  const esm = `export default async function main(a, { b }) {}
export const one = (x) => x, two = 2
export let three = async y => y
export class Four extends Object {}
function five() {}
const six = 6
export { five, six as half }
export { nothing } from "./else.js"`;
  expect(exportsOf("a.js", esm, "module")).toEqual([
    "default: async function main(a, { b })",
    "one: function one(x)",
    "three: async function three(y)",
    "Four: class Four()",
    "five: function five()",
    "half: value six()",
  ]);
  const cjs = `function a(x) {}\nconst b = 1;\nmodule.exports = { a, c: b };\nexports.d = async function (y) {};\nmodule.exports.e = a;`;
  expect(exportsOf("a.js", cjs)).toEqual([
    "a: function a(x)",
    "c: value b()",
    "d: async function d(y)",
    "e: function a(x)",
  ]);
  expect(exportsOf("a.cjs", "module.exports = (x) => x;")).toEqual(["default: function default(x)"]);
});

const examplesOf = (text: string) => readExamples(parseDoc(`/**\n${text}\n*/`) ?? parseDoc("/** */")!);

test("reads what examples and sentences promise", () => {
  const found =
    examplesOf(` * Adds. \`add(1, 2)\` returns \`3\`. Without numbers \`add("a")\` throws a \`TypeError\`.
 * @example <caption>Some</caption>
 * \`\`\`js
 * add(2, 2) // => 4
 * add([
 *   1,
 * ]) // returns [1]
 * add(0, 0) === 0
 * console.log(add(5)) // 5
 * add()
 * // throws RangeError
 * \`\`\`
 * @example
 * const sum = add(1)
 * sum.more(2)
 * await sum.value() // resolves to { n: 3 }
 * @example
 * add(9) // something nice`);
  expect(found.map(({ title }) => title)).toEqual([
    "add(2, 2) is 4",
    "add([ 1, ]) is [1]",
    "add(0, 0) is 0",
    "add(5) is 5",
    "add() throws RangeError",
    "await sum.value() is { n: 3 }",
    "add(1, 2) is 3",
    'add("a") throws TypeError',
  ]);
  expect(found[5]?.steps.map((step) => step.kind)).toEqual(["run", "run", "value"]);
});

test("makes every candidate once, likeliest first, each a real change", () => {
  const source = `/**\n * @param {number} [b=2]\n * @example\n * f(3) // => 5\n */\nexport function f(a, b) {\n  if (a > 10) return 0;\n  return a - b;\n}\n`;
  const module = readModule("f.js", source, "module");
  const declaration = module.declarations[0]!;
  const fixes = candidateFixes(module, declaration, []);
  const results = fixes.map(({ start, end, text }) => source.slice(0, start) + text + source.slice(end));
  expect(new Set(results).size).toBe(results.length);
  expect(results).not.toContain(source);
  expect(fixes.slice(0, 2).map(({ why }) => why)).toEqual([
    "not the documented default `b = 2`",
    "`>` instead of `>=`",
  ]);
  expect(results.some((result) => result.includes("return a + b;"))).toBe(true);
  expect(fixes.map(({ rank }) => rank)).toEqual(fixes.map(({ rank }) => rank).toSorted((a, b) => a - b));
});
