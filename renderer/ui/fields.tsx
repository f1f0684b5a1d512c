import { useId } from "react";
import type { ReactNode } from "react";
import styles from "./fields.module.css";
import { wordsOf } from "./toasts.tsx";

/** What a control of a `Field` takes on, so that a screen reader hears its label, its hint and what is wrong with it. */
export interface ControlProps {
  readonly id: string;
  readonly className: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean;
}

/** A control with its label above, and below it what it is for or what is wrong with what it holds. */
export function Field({
  label,
  hint,
  problem = null,
  saved = null,
  machine = false,
  children,
}: {
  label: string;
  hint?: ReactNode;
  problem?: ReactNode;
  saved?: ReactNode;
  /** Holds what a machine reads: a path, an address. */
  machine?: boolean;
  children: (control: ControlProps) => ReactNode;
}) {
  const id = useId();
  const about = problem !== null || hint !== undefined ? `${id}about` : undefined;
  const className = machine ? `${styles.control} ${styles.machine}` : styles.control!;
  return (
    <div className={styles.field}>
      <span className={styles.label}>
        <label htmlFor={id}>{label}</label>
        {saved}
      </span>
      {children({ id, className, "aria-describedby": about, "aria-invalid": problem !== null })}
      {problem !== null ? (
        <div id={about} className={styles.problem} role="alert">
          {problem}
        </div>
      ) : (
        hint !== undefined && (
          <p id={about} className={styles.hint}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}

/** One of a few, each with a sentence that says what it means. */
export function Options<Value extends string>({
  label,
  value,
  options,
  saved = null,
  onChange,
}: {
  label: string;
  value: Value;
  options: readonly { readonly value: Value; readonly word: string; readonly meaning?: string }[];
  saved?: ReactNode;
  onChange: (value: Value) => void;
}) {
  const name = useId();
  return (
    <fieldset className={styles.options}>
      <legend>
        <span className={styles.label}>
          {label}
          {saved}
        </span>
      </legend>
      {options.map((option) => (
        <label key={option.value} className={styles.option}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>{option.word}</span>
          {option.meaning && <span className={styles.hint}>{option.meaning}</span>}
        </label>
      ))}
    </fieldset>
  );
}

/** That what was changed is kept. Readers hear it when it appears. */
export function Saved({ shown }: { shown: boolean }) {
  return (
    <span className={styles.saved} role="status">
      {shown && "✓ Saved"}
    </span>
  );
}

/** A failure in words, its raw text folded. */
export function Problem({ error }: { error: unknown }) {
  const { text, details } = wordsOf(error);
  return (
    <>
      {text}
      {details && (
        <details>
          <summary>Details</summary>
          <pre>{details}</pre>
        </details>
      )}
    </>
  );
}
