import { Button } from "../ui/Button.tsx";
import styles from "./NewSessionDialog.module.css";

/** Says that no session could start, and the two ways out. */
export function NoModel({ onSettings, onOffline }: { onSettings: () => void; onOffline: () => void }) {
  return (
    <div className={styles.noModel} role="alert">
      <p>
        <strong>The chosen model can't be used now.</strong> Either no key is set, or the provider does not
        answer or does not accept the key. The offline demo needs neither key nor network; it works by
        recipes, not by a model.
      </p>
      <div className={styles.row}>
        <Button look="primary" onClick={onSettings}>
          Set up a model…
        </Button>
        <Button
          onClick={(event) => {
            // This button goes away with what it says: the tasks are what comes next.
            event.currentTarget.closest("dialog")?.querySelector("textarea")?.focus();
            onOffline();
          }}
        >
          Use the offline demo
        </Button>
      </div>
    </div>
  );
}
