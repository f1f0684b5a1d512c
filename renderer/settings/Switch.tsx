import { useId } from "react";
import { Saved } from "../ui/fields.tsx";
import styles from "./SettingsDialog.module.css";

/** A setting that is on or off. */
export function Switch({
  label,
  hint,
  on,
  saved,
  onChange,
}: {
  label: string;
  hint: string;
  on: boolean;
  saved: boolean;
  onChange: (on: boolean) => void;
}) {
  const id = useId();
  return (
    <div className={styles.switch}>
      <input
        id={id}
        type="checkbox"
        checked={on}
        aria-describedby={`${id}hint`}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      <Saved shown={saved} />
      <p id={`${id}hint`}>{hint}</p>
    </div>
  );
}
