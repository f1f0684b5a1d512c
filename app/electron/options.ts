import { parseArgs } from "node:util";

export interface Options {
  /** Absolute or relative to where Oriel was started; undefined for the person's own. */
  readonly dataDir: string | undefined;
  /** The session to show first. */
  readonly session: string | undefined;
}

/** What the command line says. Chromium has flags of its own in it, which are left to it. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: { "data-dir": { type: "string" }, session: { type: "string" } },
    strict: false,
    allowPositionals: true,
  });
  const text = (value: unknown): string | undefined =>
    typeof value === "string" && value !== "" ? value : undefined;
  return { dataDir: text(values["data-dir"]), session: text(values.session) };
}
