// A small linter without dependencies: prints `file:line rule message` and fails when there is anything to print.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const RULES = [
  ["no-var", /\bvar\s/, "use let or const instead of var"],
  ["eqeqeq", /[^=!]==[^=]/, "use === instead of =="],
  ["eqeqeq", /!=[^=]/, "use !== instead of !="],
  ["no-trailing-spaces", /[ \t]+$/, "trailing spaces"],
];

const sources = ["src", "test"].flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
let count = 0;
const report = (file, line, rule, message) => {
  count++;
  console.log(`${file}:${line} ${rule} ${message}`);
};

for (const file of sources.filter((name) => name.endsWith(".js"))) {
  const text = readFileSync(file, "utf8");
  const code = text.replaceAll(/\/\*[^]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ""));
  for (const [index, line] of code.split("\n").entries()) {
    for (const [rule, pattern, message] of RULES) if (pattern.test(line)) report(file, index + 1, rule, message);
    for (const name of declared(line)) {
      const uses = code.match(new RegExp(`(?<![\\w$.])${name}(?![\\w$])`, "g")) ?? [];
      if (uses.length < 2) report(file, index + 1, "no-unused-vars", `'${name}' is never used`);
    }
  }
}
console.log(count === 0 ? "lint: clean" : `lint: ${count} findings`);
process.exitCode = count === 0 ? 0 : 1;

function declared(line) {
  const variable = /^\s*(?:const|let|var)\s+(\w+)/.exec(line);
  const imported = /^import\s*\{([^}]*)\}/.exec(line);
  return [...(variable ? [variable[1]] : []), ...(imported ? imported[1].split(",").map((name) => name.trim()) : [])];
}
