import { useState } from "react";
import type { ModelEntry } from "../settings/models.ts";
import { Button } from "../ui/Button.tsx";
import { ChoiceFields } from "./ChoiceFields.tsx";
import type { Inherited } from "./ChoiceFields.tsx";
import { APPROVAL_WORDS, SANDBOX_WORDS } from "./policy-words.ts";
import styles from "./NewSessionDialog.module.css";
import type { Choice, Task } from "./tasks.ts";

/** The tasks as they were understood: one session each, with what is its own. */
export function TaskList({
  tasks,
  inherited,
  models,
  onChange,
}: {
  tasks: readonly Task[];
  inherited: Inherited;
  models: readonly ModelEntry[];
  onChange: (task: number, change: Choice) => void;
}) {
  const [open, setOpen] = useState<number | null>(null);
  return (
    <ol className={styles.tasks} aria-label="Tasks">
      {tasks.map((task, index) => (
        <li key={index} className={styles.task}>
          <div className={styles.taskRow}>
            <span className={styles.number}>{index + 1}</span>
            <div className={styles.taskText}>
              <span className={styles.taskWords}>{task.text}</span>
              {isOwn(task.choice) && <span className={styles.own}>{ownWords(task.choice, models)}</span>}
            </div>
            <Button
              look="quiet"
              aria-expanded={open === index}
              aria-label={`${open === index ? "Close" : "Change"} task ${index + 1}`}
              onClick={() => setOpen(open === index ? null : index)}
            >
              {open === index ? "Close" : "Change"}
            </Button>
          </div>
          {open === index && (
            <ChoiceFields
              choice={task.choice}
              inherited={inherited}
              inheritedWord="As for all"
              models={models}
              onChange={(change) => onChange(index, change)}
            />
          )}
        </li>
      ))}
    </ol>
  );
}

const isOwn = (choice: Choice): boolean => Object.values(choice).some((value) => value !== undefined);

/** What is chosen for this task alone, in one line. */
function ownWords({ model, approval, sandbox }: Choice, models: readonly ModelEntry[]): string {
  return [
    model && (models.find(({ id }) => id === model)?.name ?? model),
    approval && APPROVAL_WORDS[approval].word,
    sandbox && SANDBOX_WORDS[sandbox].word,
  ]
    .filter(Boolean)
    .join(" · ");
}
