import { pathToFileURL } from "node:url";

export interface Repaired {
  /** Absolute. */
  readonly file: string;
  readonly name: string;
  readonly hidden: readonly string[];
}

/** A program that imports each repaired function, evaluates what its documentation did not say, and prints what is not true. */
export function hiddenCheckProgram(repaired: readonly Repaired[]): string {
  const imports = repaired.map(
    ({ file }, at) => `import * as module${at} from ${JSON.stringify(pathToFileURL(file).href)};`,
  );
  const checks = repaired.map(({ name, hidden, file }, at) => {
    const lines = hidden.map(
      (expression) =>
        `  if ((${expression}) !== true) wrong.push(${JSON.stringify(`${file}: ${expression}`)});`,
    );
    return [`{`, `  const ${name} = module${at}.${name} ?? module${at}.default.${name};`, ...lines, `}`].join(
      "\n",
    );
  });
  return [...imports, "const wrong = [];", ...checks, "console.log(JSON.stringify(wrong));", ""].join("\n");
}
