import type { Transcript, TranscriptTurn } from "#shared/session/transcript.ts";

/** One line of the list: where a later turn begins, an item, or how a turn ended (or that it goes on). */
export type Row =
  | { readonly key: string; readonly kind: "turn"; readonly turn: string; readonly number: number }
  | { readonly key: string; readonly kind: "item"; readonly turn: string; readonly item: string }
  | { readonly key: string; readonly kind: "end"; readonly turn: string };

/** A turn's rows, as long as it is the same turn: an event of the last turn leaves all others as they are. */
const known = new WeakMap<TranscriptTurn, { number: number; rows: readonly Row[] }>();

/** The rows of a transcript, from the top. Rows of turns that did not change are the same objects. */
export const rowsOf = ({ turns }: Transcript): readonly Row[] =>
  turns.flatMap((turn, index) => rowsOfTurn(turn, index + 1));

function rowsOfTurn(turn: TranscriptTurn, number: number): readonly Row[] {
  const before = known.get(turn);
  if (before?.number === number) return before.rows;
  const rows: Row[] = turn.items.map((item) => ({ key: item, kind: "item", turn: turn.id, item }));
  if (number > 1) rows.unshift({ key: `${turn.id}/start`, kind: "turn", turn: turn.id, number });
  rows.push({ key: `${turn.id}/end`, kind: "end", turn: turn.id });
  known.set(turn, { number, rows });
  return rows;
}

/** The files that a turn's patches changed, each once, in the order in which they were first touched. */
export function editedFiles(transcript: Transcript, turn: TranscriptTurn): EditedFile[] {
  const files = new Map<string, EditedFile>();
  for (const id of turn.items) {
    const item = transcript.items[id];
    if (item?.content.kind !== "file_change" || item.status !== "completed") continue;
    for (const { path, to, added, removed, action } of item.content.changes) {
      const now = to ?? path;
      const before = files.get(path);
      files.delete(path);
      const sum = { added: (before?.added ?? 0) + added, removed: (before?.removed ?? 0) + removed };
      files.set(now, { path: now, ...sum, deleted: action === "delete" });
    }
  }
  return [...files.values()];
}

export interface EditedFile {
  readonly path: string;
  readonly added: number;
  readonly removed: number;
  readonly deleted: boolean;
}
