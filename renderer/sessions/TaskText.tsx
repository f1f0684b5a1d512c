import type { TaskMode } from "./tasks.ts";
import { Field } from "../ui/fields.tsx";
import styles from "./NewSessionDialog.module.css";

/** Where the tasks are typed, and how the lines are taken. */
export function TaskText({
  text,
  mode,
  onChange,
}: {
  text: string;
  mode: TaskMode;
  onChange: (change: { text?: string; mode?: TaskMode }) => void;
}) {
  return (
    <div className={styles.section}>
      <Field
        label="Tasks"
        hint={
          mode === "lines"
            ? "One task a line. A line that is indented goes on with the task above it."
            : "Everything here is one task, with all its lines."
        }
        saved={<Mode mode={mode} onChange={(next) => onChange({ mode: next })} />}
      >
        {({ className, ...control }) => (
          <textarea
            {...control}
            className={`${className} ${styles.text}`}
            // The browser's own dialog gives it the focus when it opens.
            ref={(element) => element?.setAttribute("autofocus", "")}
            value={text}
            rows={5}
            spellCheck
            placeholder={
              mode === "lines"
                ? "Add the missing tests\nFix the lint errors\nWrite the API docs"
                : "What is to be done?"
            }
            onChange={(event) => onChange({ text: event.target.value })}
          />
        )}
      </Field>
    </div>
  );
}

function Mode({ mode, onChange }: { mode: TaskMode; onChange: (mode: TaskMode) => void }) {
  return (
    <span role="radiogroup" aria-label="How lines are taken" className={styles.mode}>
      {(["lines", "whole"] as const).map((value) => (
        <label key={value}>
          <input type="radio" name="task-mode" checked={mode === value} onChange={() => onChange(value)} />
          {value === "lines" ? "One task a line" : "All of it is one task"}
        </label>
      ))}
    </span>
  );
}
