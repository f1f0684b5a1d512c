import { memo } from "react";
import type { ChangedFiles, ChangeSize, DiffFile } from "#shared/git/diff.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { cost, duration, plural, tokens } from "#shared/kernel/human.ts";
import type { TranscriptTurn } from "#shared/session/transcript.ts";
import { useSessionActions } from "../shell/actions.ts";
import { keysWords } from "../shell/keys.ts";
import { useFleet, useStores } from "../state/context.tsx";
import { withTab } from "../state/view.ts";
import { Button } from "../ui/Button.tsx";
import { clock } from "./clock.ts";
import { phaseOf } from "./composer-intent.ts";
import { Elapsed } from "./Elapsed.tsx";
import { FailureNote } from "./FailureNote.tsx";
import { changedSince } from "./changed-since.ts";
import { LineCounts } from "./small-rows.tsx";
import { Words } from "./Words.tsx";
import styles from "./TurnRows.module.css";

const useTurn = (session: string, turn: string): TranscriptTurn | undefined =>
  useFleet((state) => state.transcripts[session]?.turns.find((candidate) => candidate.id === turn));

const REASONS = { task: "", message: "", continue: " · continued" } as const;

/** Where a later turn begins. */
export const TurnStart = memo(function TurnStart({
  session,
  id,
  number,
}: {
  session: string;
  id: string;
  number: number;
}) {
  const turn = useTurn(session, id);
  if (!turn) return null;
  return (
    <p className={styles.start}>
      Turn {number}
      {REASONS[turn.reason]} · {clock(turn.startedAt)}
    </p>
  );
});

/** That a turn goes on, or how it ended. */
export const TurnEnd = memo(function TurnEnd({ session, id }: { session: string; id: string }) {
  const turn = useTurn(session, id);
  if (!turn) return null;
  switch (turn.status) {
    case "running":
      return <Working session={session} turn={turn} />;
    case "completed":
      return <Completed session={session} turn={turn} />;
    case "interrupted":
    case "failed":
      return <CutOff session={session} turn={turn} />;
    default:
      return assertNever(turn.status);
  }
});

function Working({ session, turn }: { session: string; turn: TranscriptTurn }) {
  const phase = useFleet((state) => (state.sessions[session] ? phaseOf(state.sessions[session]) : null));
  const asks = phase === "asks";
  return (
    <p className={styles.working} data-asks={asks || undefined}>
      <span aria-hidden>{asks ? "◆" : "●"}</span> {asks ? "Waits for you" : "Working"} ·{" "}
      <Elapsed since={turn.startedAt} />
    </p>
  );
}

/** Time, cost and tokens of a turn that is over. */
function Spent({ turn }: { turn: TranscriptTurn }) {
  const { usage, startedAt, endedAt } = turn;
  const price = usage === null ? "" : cost(usage.cost);
  return (
    <>
      {endedAt !== null && <span>{duration(endedAt - startedAt)}</span>}
      {price && <span>{price}</span>}
      {usage && <span>{tokens(usage.input + usage.output)}</span>}
    </>
  );
}

function Completed({ session, turn }: { session: string; turn: TranscriptTurn }) {
  const { changes } = turn;
  const changed = changes !== null && changes.files > 0;
  return (
    <div className={styles.card} data-status="completed" role="group" aria-label="Turn completed">
      <p className={styles.head}>
        <strong>
          <span aria-hidden>✓</span> Turn completed
        </strong>
        <Spent turn={turn} />
      </p>
      {changed ? (
        <p className={styles.changes}>
          <span>
            {plural(changes.files, "file differs", "files differ")} from the base{" "}
            <LineCounts added={changes.added} removed={changes.removed} />
          </span>
          <OpenDiff session={session} />
        </p>
      ) : (
        <p className={styles.quiet}>
          {changes === null ? "What changed could not be read." : "Nothing differs from the base."}
        </p>
      )}
      <Changed session={session} turn={turn} />
    </div>
  );
}

function OpenDiff({ session }: { session: string }) {
  const { view } = useStores();
  const open = (): void => void view.setState((state) => withTab(state, session, "diff"));
  return <Button onClick={open}>Open the diff</Button>;
}

const SHOWN_FILES = 8;

/** The net of what the turn changed, by patches and by commands alike. */
function Changed({ session, turn }: { session: string; turn: TranscriptTurn }) {
  const since = useFleet((state) => changedSince(state.transcripts[session]?.turns ?? [], turn.id));
  const { changed } = turn;
  if (!changed) return null;
  // Where nothing differs from the base either, that has been said.
  if (changed.total.files === 0)
    return turn.changes?.files === 0 ? null : <p className={styles.quiet}>No file {since}.</p>;
  const rest = changed.files.slice(SHOWN_FILES);
  const unnamed = changed.total.files - changed.files.length;
  return (
    <div>
      {!isAll(changed.total, turn.changes) && (
        <p className={styles.quiet}>
          {plural(changed.total.files, "file")} {since} <LineCounts {...changed.total} />
        </p>
      )}
      <Files files={changed.files.slice(0, SHOWN_FILES)} />
      {rest.length > 0 && (
        <details>
          <summary className={styles.more}>{rest.length + unnamed} more</summary>
          <Files files={rest} />
          {unnamed > 0 && <p className={styles.quiet}>and {unnamed} more, which the diff names</p>}
        </details>
      )}
    </div>
  );
}

/** Whether the line above has said it: all that differs from the base is of this turn. */
const isAll = (size: ChangeSize, all: ChangeSize | null): boolean =>
  size.files === all?.files && size.added === all.added && size.removed === all.removed;

function Files({ files }: { files: ChangedFiles["files"] }) {
  return (
    <ul className={styles.files}>
      {files.map((file) => (
        <li key={file.path}>
          <span className={styles.path}>
            {file.oldPath !== undefined && <span className={styles.old}>{file.oldPath} → </span>}
            {file.path}
          </span>
          {WORDS[file.status] && <span className={styles.quiet}>{WORDS[file.status]}</span>}
          {file.binary ? <span className={styles.quiet}>binary</span> : <LineCounts {...file} />}
        </li>
      ))}
    </ul>
  );
}

/** Of a file that is only changed, its lines say enough. */
const WORDS: Readonly<Record<DiffFile["status"], string>> = {
  added: "new",
  modified: "",
  deleted: "deleted",
  renamed: "renamed",
  copied: "copied",
  type_changed: "another kind of file",
};

function CutOff({ session, turn }: { session: string; turn: TranscriptTurn }) {
  const failed = turn.status === "failed";
  const words = failed ? "Turn failed" : "Turn interrupted";
  return (
    <div className={styles.card} data-status={turn.status} role="group" aria-label={words}>
      <p className={styles.head}>
        <strong>
          <span aria-hidden>{failed ? "✗" : "◆"}</span> {words}
        </strong>
        <Spent turn={turn} />
      </p>
      {turn.text && (
        <p className={styles.text}>
          <Words text={turn.text} />
        </p>
      )}
      {turn.failure && <FailureNote failure={turn.failure} bare />}
      <Changed session={session} turn={turn} />
      <ContinueHere session={session} turn={turn.id} />
    </div>
  );
}

/** The button that goes on, at the last turn only, and only while nothing goes on already. */
function ContinueHere({ session, turn }: { session: string; turn: string }) {
  const possible = useFleet((state) => {
    const summary = state.sessions[session];
    return summary !== undefined && summary.turn?.id === turn && phaseOf(summary) === "cutOff";
  });
  const actions = useSessionActions();
  if (!possible) return null;
  return (
    <Button
      className={styles.go}
      shortcut={keysWords("mod+shift+.")}
      onClick={() => void actions.continue(session)}
    >
      Continue
    </Button>
  );
}
