/** The rows of items that need no file of their own. */
import type { ReactNode } from "react";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { duration } from "#shared/kernel/human.ts";
import type { FileChange } from "#shared/session/items.ts";
import type { SessionSummary } from "#shared/session/summary.ts";
import type { TranscriptItem } from "#shared/session/transcript.ts";
import { STATE_WORDS } from "#shared/session/words.ts";
import { useFleet } from "../state/context.tsx";
import { Elapsed, Took } from "./Elapsed.tsx";
import { unhidden } from "./excerpt.ts";
import { useFold } from "./folds.ts";
import type { ItemOf } from "./ItemRow.tsx";
import { durationOf, foldOf, outcomeOf } from "./item-words.ts";
import { Line } from "./Line.tsx";
import { Markdown } from "./Markdown.tsx";
import { OutputEnd, WholeOutput } from "./Output.tsx";
import { Words } from "./Words.tsx";
import styles from "./small-rows.module.css";

/** How an item ended and how long it took. */
function Meta({ item, more }: { item: TranscriptItem; more?: ReactNode }) {
  return (
    <>
      <span>{outcomeOf(item).word}</span>
      {more}
      <Took item={item} />
    </>
  );
}

export function ReasoningRow({ item }: { item: ItemOf<"reasoning"> }) {
  const [open, setOpen] = useFold(item.id);
  const running = item.status === "open";
  const live = useFleet((state) => (running ? state.live[item.id] : undefined));
  const text = live?.text ?? item.content.text;
  const took = durationOf(item);
  return (
    <Line
      mark="∴"
      kind="Reasoning"
      tone={running ? "running" : "quiet"}
      meta={took === null ? <Elapsed since={item.startedAt} /> : duration(took)}
      {...(text !== "" && { open: open ?? false, onToggle: () => setOpen(!open) })}
      below={
        open && (
          <div className={styles.thought}>
            <Markdown text={text} growing={running} />
          </div>
        )
      }
    >
      {running ? "Thinking" : "Thought"}
      {text !== "" && <span className={styles.gist}> {gistOf(text)}</span>}
    </Line>
  );
}

/** What a thought is about: the last line of it that says something, without markdown's marks. */
const gistOf = (text: string): string => {
  const line =
    text
      .slice(-2000)
      .split("\n")
      .findLast((candidate) => candidate.trim() !== "") ?? "";
  return line.replace(/[*_#`]/g, "").trim();
};

/** That steps of the plan were done, and how far the plan is with them. */
export function StepsRow({ steps, done, all }: { steps: readonly string[]; done: number; all: number }) {
  return (
    <Line
      mark="✓"
      tone="quiet"
      kind={steps.length === 1 ? "Step done" : "Steps done"}
      wraps
      meta={`${done}/${all}`}
    >
      {steps.join(" · ")}
    </Line>
  );
}

/** That the session is merged: the last line, until another turn begins. */
export function MergedRow({ into, commit, checkout }: NonNullable<SessionSummary["merged"]>) {
  const { shape, word } = STATE_WORDS.merged;
  return (
    <Line
      mark={shape}
      tone="good"
      kind="Session"
      wraps
      meta={<code title={commit}>{commit.slice(0, 7)}</code>}
    >
      <strong className={styles.merged}>
        {word} into {into}
      </strong>
      {CHECKOUTS[checkout]}
    </Line>
  );
}

const CHECKOUTS = {
  advanced: " · your checkout moved along",
  dirty: " · the files of your checkout were left as they are",
  not_checked_out: "",
} as const;

const ACTIONS = { add: "added", update: "changed", delete: "deleted", move: "moved" } as const;

const pathOf = ({ path, to }: FileChange): string => (to === undefined ? path : `${path} → ${to}`);

export function FileChangeRow({ item }: { item: ItemOf<"file_change"> }) {
  const { changes } = item.content;
  return changes.map((change) => (
    <Line
      key={change.path}
      mark="±"
      kind="File"
      machine
      wraps
      tone={outcomeOf(item).tone}
      meta={<Meta item={item} more={<LineCounts added={change.added} removed={change.removed} />} />}
    >
      {unhidden(pathOf(change))} <span className={styles.action}>{ACTIONS[change.action]}</span>
    </Line>
  ));
}

/** `+4 −1`, each in its colour. */
export function LineCounts({ added, removed }: { added: number; removed: number }) {
  return (
    <span className={styles.counts}>
      <span className={styles.added}>+{added}</span> <span className={styles.removed}>−{removed}</span>
    </span>
  );
}

export function ToolRow({ item }: { item: ItemOf<"tool_call"> }) {
  const { title, output, tool } = item.content;
  const [chosen, choose] = useFold(item.id);
  const shown = output !== undefined && output.size > 0;
  const open = chosen ?? false;
  const end = shown && chosen === null && foldOf(item) === "tail";
  return (
    <Line
      mark="›"
      kind="Tool"
      machine
      tone={outcomeOf(item).tone}
      meta={<Meta item={item} />}
      {...(shown && { open, onToggle: () => choose(!open) })}
      below={
        <>
          {end && <OutputEnd output={output} lines={4} />}
          {shown && open && <WholeOutput output={output} label={`Result of ${tool}`} />}
        </>
      }
    >
      {unhidden(title)}
    </Line>
  );
}

/** A question with its answer: the agent's to the person, or the person's beside the session's course. */
export function QuestionRow({ item }: { item: ItemOf<"question"> }) {
  const { question, answer, aside } = item.content;
  if (aside) {
    return (
      <div className={styles.aside} role="group" aria-label="Aside">
        <p className={styles.by}>Aside, not part of the session's course</p>
        <p className={styles.asked}>{question}</p>
        {answer !== undefined && <Markdown text={answer} />}
      </div>
    );
  }
  return (
    <div
      className={styles.question}
      data-open={item.status === "open" || undefined}
      role="group"
      aria-label="The agent asks"
    >
      <p className={styles.by}>The agent asks</p>
      <Markdown text={question} />
      <p className={styles.answer}>{answerWords(item.status, answer)}</p>
    </div>
  );
}

function answerWords(status: TranscriptItem["status"], answer: string | undefined): string {
  if (answer !== undefined) return `You: ${answer}`;
  return status === "open" ? "◆ Waits for your answer" : "Not answered before the turn ended";
}

export function NoticeRow({ item }: { item: ItemOf<"notice"> }) {
  const { level, text, details } = item.content;
  const [open, setOpen] = useFold(item.id);
  const look = lookOf(level);
  return (
    <Line
      mark={look.mark}
      kind="Notice"
      tone={look.tone}
      wraps
      {...(details && { open: open ?? false, onToggle: () => setOpen(!open) })}
      below={details && open && <pre className={styles.details}>{unhidden(details)}</pre>}
    >
      {look.word && (
        <strong className={styles.level} data-level={level}>
          {look.word}{" "}
        </strong>
      )}
      <Words text={text} />
    </Line>
  );
}

function lookOf(level: "info" | "warning" | "error"): {
  mark: string;
  tone: "quiet" | "warning" | "bad";
  word: string;
} {
  switch (level) {
    case "info":
      return { mark: "i", tone: "quiet", word: "" };
    case "warning":
      return { mark: "!", tone: "warning", word: "Warning" };
    case "error":
      return { mark: "✗", tone: "bad", word: "Error" };
    default:
      return assertNever(level);
  }
}
