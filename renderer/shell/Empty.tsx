import { useFleet, useStores } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { keysOf } from "./commands.ts";
import styles from "./Empty.module.css";
import { keysWords } from "./keys.ts";

/** Where no session is open: what to do next. */
export function Empty() {
  const { view } = useStores();
  const any = useFleet((state) => state.sessionIds.length > 0);
  const key = (id: string): string => keysWords(keysOf(id) ?? "");
  return (
    <div className={styles.empty}>
      <p className={styles.words}>
        {any
          ? "No session is open. Choose one in the list, or start another."
          : "No sessions yet. Type what should be done; each task gets an agent, a worktree and a branch of its own."}
      </p>
      <p className={styles.buttons}>
        <Button
          look="primary"
          shortcut={key("new-session")}
          onClick={() => view.setState({ dialog: "new-session" })}
        >
          New sessions
        </Button>
        {any && (
          <Button shortcut={key("palette")} onClick={() => view.setState({ dialog: "palette" })}>
            Find one
          </Button>
        )}
      </p>
    </div>
  );
}
