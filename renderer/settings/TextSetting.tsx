import { useState } from "react";
import type { HTMLAttributes } from "react";
import { Field, Problem, Saved } from "../ui/fields.tsx";
import type { Checked } from "./checks.ts";

/** A setting that is typed: kept when Enter is pressed or the field is left, and only where it makes sense. */
export function TextSetting<Value>({
  label,
  value,
  hint,
  placeholder,
  inputMode,
  machine = false,
  options,
  saved,
  problem,
  check,
  onSave,
}: {
  label: string;
  /** As it is now. */
  value: string;
  hint: string;
  placeholder?: string;
  inputMode?: HTMLAttributes<HTMLInputElement>["inputMode"];
  machine?: boolean;
  /** What can be meant, for the browser's own list. */
  options?: readonly string[];
  saved: boolean;
  problem: unknown;
  check: (text: string) => Checked<Value>;
  onSave: (value: Value) => Promise<boolean>;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const keep = async (): Promise<void> => {
    if (typed === null || typed.trim() === value) return setTyped(null);
    const checked = check(typed);
    setWrong(checked.ok ? null : checked.problem);
    if (checked.ok && (await onSave(checked.value))) setTyped(null);
  };
  return (
    <Field
      label={label}
      hint={hint}
      machine={machine}
      problem={wrong ?? (problem === null ? null : <Problem error={problem} />)}
      saved={<Saved shown={saved && typed === null} />}
    >
      {(control) => (
        <>
          <input
            {...control}
            value={typed ?? value}
            placeholder={placeholder}
            inputMode={inputMode}
            autoComplete="off"
            spellCheck={false}
            list={options && `${control.id}options`}
            onChange={(event) => {
              setWrong(null);
              setTyped(event.target.value);
            }}
            onBlur={() => void keep()}
            onKeyDown={(event) => event.key === "Enter" && void keep()}
          />
          {options && (
            <datalist id={`${control.id}options`}>
              {options.map((option) => (
                <option key={option} value={option} />
              ))}
            </datalist>
          )}
        </>
      )}
    </Field>
  );
}
