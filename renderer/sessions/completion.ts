/** A path that is being typed, and the folders that could go on with it. Pure: the host says what is there. */
import type { InferContractRouterOutputs } from "@orpc/contract";
import type { contract } from "#shared/session/contract.ts";

export type Browsed = InferContractRouterOutputs<typeof contract>["projects"]["browse"];
export type Folder = Browsed["entries"][number];

export interface Completion {
  readonly typed: string;
  /** What the host said of `listedFor`; null before its first answer. */
  readonly listed: Browsed | null;
  /** The path that it was asked about: older than `typed` while an answer is on its way. */
  readonly listedFor: string;
  /** The row that the arrows are on, or null: then the path counts as it was typed. */
  readonly active: number | null;
}

export const EMPTY_COMPLETION: Completion = { typed: "", listed: null, listedFor: "", active: null };

/** What Enter does. `add` means the folder itself; `enter` goes into it. */
export type Choice = { readonly kind: "add" | "enter"; readonly path: string };

/** The names in a path, from the top; `..` takes one back, as it does for the host. */
const parts = (path: string): string[] =>
  path
    .split(/[\\/]+/)
    .filter((part) => part !== "" && part !== ".")
    .reduce<string[]>((names, part) => (part === ".." ? names.slice(0, -1) : [...names, part]), []);

/** Whether the folder that is listed is the one that was typed, and not the part of it that exists. */
export function exists({ typed, listed, listedFor }: Completion): boolean {
  if (listed === null || listedFor !== typed) return false;
  const wanted = parts(typed.trim().replace(/^~/, ""));
  const there = parts(listed.folder);
  if (/^([\\/]|[A-Za-z]:)/.test(typed.trim())) return wanted.join("/") === there.join("/");
  return wanted.length === 0 || wanted.join("/") === there.slice(-wanted.length).join("/");
}

export const withTyped = (state: Completion, typed: string): Completion => ({
  ...state,
  typed,
  active: null,
});

/** The state with the host's answer about `path`. An answer about what is not typed any more changes nothing. */
export const withListed = (state: Completion, path: string, listed: Browsed): Completion =>
  path === state.typed ? { ...state, listed, listedFor: path, active: null } : state;

/** The state with the mark one row up or down; past either end it leaves the list, back to what was typed. */
export function withMove(state: Completion, by: 1 | -1): Completion {
  const rows = state.listed?.entries.length ?? 0;
  if (rows === 0) return state;
  const before = state.active ?? (by === 1 ? -1 : rows);
  const next = before + by;
  return { ...state, active: next < 0 || next >= rows ? null : next };
}

/**
 * What Enter takes: the marked row; else the path as typed where it exists; else the only folder that it is the
 * beginning of; else the path as typed, for the host to say what is wrong with it. A repository is added, another folder
 * is gone into. Null while the host has not said what is there.
 */
export function chosen(state: Completion): Choice | null {
  const { typed, listed, listedFor, active } = state;
  if (typed.trim() === "" && active === null) return null;
  const marked = active === null ? undefined : listed?.entries[active];
  if (marked) return take(marked);
  if (listed === null || listedFor !== typed) return null;
  if (exists(state)) return { kind: "add", path: listed.folder };
  const [only] = listed.entries;
  return only && listed.entries.length === 1 ? take(only) : { kind: "add", path: typed.trim() };
}

const take = ({ path, repository }: Folder): Choice => ({ kind: repository ? "add" : "enter", path });

/** What Tab makes of the typed path: the marked or only folder, or as much as all have in common. Null for nothing more. */
export function completed(state: Completion): string | null {
  const { typed, listed, listedFor, active } = state;
  if (listed === null || listedFor !== typed) return null;
  const marked = active === null ? undefined : listed.entries[active];
  const [first, ...others] = listed.entries;
  const only = others.length === 0 ? first : undefined;
  const whole = marked ?? only;
  if (whole) return asFolder(whole.path);
  if (!first || exists(state)) return null;
  const common = others.reduce((shared, { path }) => commonStart(shared, path), first.path);
  const beginning = parts(typed).at(-1) ?? "";
  return common.length > asFolder(listed.folder).length + beginning.length ? common : null;
}

/** A path that says that one is in the folder: its rows come next. */
export const asFolder = (path: string): string => {
  const separator = path.includes("\\") && !path.includes("/") ? "\\" : "/";
  return path.endsWith(separator) ? path : `${path}${separator}`;
};

function commonStart(left: string, right: string): string {
  let length = 0;
  while (length < left.length && left[length]?.toLowerCase() === right[length]?.toLowerCase()) length += 1;
  return left.slice(0, length);
}
