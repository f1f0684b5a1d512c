import { useState } from "react";
import type { FormEvent } from "react";
import type { SessionSummary } from "#shared/session/summary.ts";
import { useClient } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { useToasts } from "../ui/toasts.tsx";
import { AskBar } from "./AskBar.tsx";
import { setDraft, useDraft } from "./drafts.ts";
import { Markdown } from "./Markdown.tsx";
import styles from "./AskBar.module.css";

type Open = SessionSummary["open"];

/** What the agent wants to know, with its own suggestions and room for another answer. The oldest first. */
export function QuestionBar({ session, open }: { session: string; open: Open }) {
  const asked = open.flatMap(({ item, content }) =>
    content.kind === "question" ? [{ item, ...content }] : [],
  );
  const [first] = asked;
  if (!first) return null;
  const { item, question, options = [] } = first;
  return <Question {...{ session, item, question, options }} waiting={asked.length} />;
}

/** Answers by a digit: as many as there are digits. */
const DIGITS = 9;

function Question({
  session,
  item,
  question,
  options,
  waiting,
}: {
  session: string;
  item: string;
  question: string;
  options: readonly string[];
  waiting: number;
}) {
  const client = useClient();
  const toasts = useToasts();
  const draft = `answer.${item}`;
  const [text, setText] = useDraft(draft);
  const [sentItem, setSentItem] = useState<string | null>(null);
  const sent = sentItem === item;
  const reply = async (answer: string): Promise<void> => {
    if (sent || answer.trim() === "") return;
    setSentItem(item);
    try {
      await client().sessions.answer({ session, item, answer });
      setDraft(draft, "");
    } catch (error) {
      setSentItem(null);
      toasts.error(error);
    }
  };
  const onKey = (key: string): boolean => {
    const option = /^[1-9]$/.test(key) ? options[Number(key) - 1] : undefined;
    if (option === undefined) return false;
    void reply(option);
    return true;
  };
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    void reply(text);
  };
  const last = Math.min(options.length, DIGITS);
  const legend = options.length === 0 ? "" : last === 1 ? "1 answers" : `1–${last} answer`;
  return (
    <AskBar name="Question" count={waiting > 1 ? `1 of ${waiting}` : undefined} legend={legend} onKey={onKey}>
      <div className={styles.question}>
        <Markdown text={question} />
      </div>
      {options.length > 0 && (
        <div className={styles.answers}>
          {options.map((option, index) => (
            <Button
              key={option}
              disabled={sent}
              {...(index < DIGITS && { shortcut: String(index + 1) })}
              onClick={() => void reply(option)}
            >
              {option}
            </Button>
          ))}
        </div>
      )}
      <form className={styles.answers} onSubmit={onSubmit}>
        <input
          className={styles.note}
          aria-label="Your answer"
          placeholder={options.length > 0 ? "Another answer…" : "Your answer…"}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" disabled={sent || text.trim() === ""}>
          Answer
        </Button>
      </form>
    </AskBar>
  );
}
