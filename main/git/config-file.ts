/** One entry of a git configuration: full key (`remote.origin.url`) and value. */
export type ConfigEntry = readonly [key: string, value: string];

/** Pure: the text of a git configuration file. Sections and values are quoted, so that no value can end its line. */
export function configText(entries: readonly ConfigEntry[]): string {
  return entries.map(([key, value]) => `${sectionOf(key)}\n\t${nameOf(key)} = ${quoted(value)}\n`).join("");
}

/** Pure: parses `git config --list -z`: for each key its last value, which is the one that counts. */
export function parseConfig(output: Buffer): ReadonlyMap<string, string> {
  const entries = output
    .toString("utf8")
    .split("\0")
    .filter((entry) => entry !== "");
  return new Map(
    entries.map((entry) => {
      const end = entry.indexOf("\n");
      // A key without `=` means true.
      return end < 0 ? [entry, "true"] : [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
}

const nameOf = (key: string): string => key.slice(key.lastIndexOf(".") + 1);

function sectionOf(key: string): string {
  const first = key.indexOf(".");
  const last = key.lastIndexOf(".");
  return first === last
    ? `[${key.slice(0, first)}]`
    : `[${key.slice(0, first)} ${quoted(key.slice(first + 1, last))}]`;
}

const quoted = (value: string): string =>
  `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("\t", "\\t")}"`;
