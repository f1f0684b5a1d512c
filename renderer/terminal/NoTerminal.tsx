import { Button } from "../ui/Button.tsx";
import styles from "./TerminalPane.module.css";

export function NoTerminal({
  blocked,
  opening,
  listed,
  failed,
  open,
  retry,
}: {
  /** Why none can be opened, in words. */
  blocked: string | null;
  opening: boolean;
  listed: boolean;
  /** Why they could not be listed, in words. */
  failed: string | null;
  open: () => void;
  retry: () => void;
}) {
  if (blocked !== null) return <p className={styles.empty}>{blocked}</p>;
  if (failed !== null) {
    return (
      <div role="alert" className={styles.empty} data-terminals>
        <p>{failed}</p>
        <Button onClick={retry}>Try again</Button>
      </div>
    );
  }
  if (opening || !listed)
    return (
      <p className={styles.empty} data-terminals>
        Opening a shell in the worktree…
      </p>
    );
  return (
    <div className={styles.empty} data-terminals>
      <p>
        No terminal is open. A terminal is a shell in this session's worktree; it keeps running when Oriel
        closes.
      </p>
      <Button onClick={open}>Open a terminal</Button>
    </div>
  );
}
