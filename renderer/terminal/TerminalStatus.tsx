import { Button } from "../ui/Button.tsx";
import { MOD_KEY } from "../ui/mod-key.ts";
import { exitWords } from "./exit-words.ts";
import styles from "./TerminalPane.module.css";
import type { Screen } from "./use-screen.ts";

/** What passes, over the grid: words beside it would take rows from it, and the shell would be told of another size twice. */
export function TerminalNotice({ status, ended }: { status: Screen["status"]; ended: boolean }) {
  const words = ended || status === "gone" ? null : NOTICES[status];
  return (
    <div role="status" className={words === null ? undefined : styles.notice}>
      {words}
    </div>
  );
}

const NOTICES: Readonly<Record<Exclude<Screen["status"], "gone">, string | null>> = {
  connecting: null,
  open: null,
  // Whether the shell still runs is not known here: its daemon may be what was lost.
  away: "Reconnecting… What you type is kept, and sent if the same shell still runs.",
  full: "More was typed than can be kept until the shell takes it: the rest is not sent.",
  large:
    "That is more than a terminal takes at once: nothing of it was typed. Paste it in parts, or put it in a file.",
};

/** Under the grid, at its end: never in it, where a program could forge it. And the link under the pointer. */
export function TerminalStatus({
  screen,
  exitCode,
  onOpen,
}: {
  screen: Screen;
  exitCode: number | null;
  onOpen: () => void;
}) {
  const words = screen.status === "gone" ? GONE : exitCode === null ? null : exitWords(exitCode);
  return (
    <>
      {screen.link !== null && (
        <div className={styles.link} title={screen.link.text}>
          <bdi className={styles.url}>{screen.link.text}</bdi>
          <span className={styles.hint}>
            {`${MOD_KEY}+click ${screen.link.kind === "file" ? "shows it in the diff" : "opens it"}`}
          </span>
        </div>
      )}
      <div role="status" className={words === null ? undefined : styles.status}>
        {words}
        {words !== null && <Button onClick={onOpen}>Open a new one</Button>}
      </div>
    </>
  );
}

const GONE = "This terminal is not there any more: its machine was restarted, or it was closed.";
