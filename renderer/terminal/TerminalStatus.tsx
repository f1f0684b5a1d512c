import { Button } from "../ui/Button.tsx";
import { MOD_KEY } from "../ui/mod-key.ts";
import { exitWords } from "./exit-words.ts";
import styles from "./TerminalPane.module.css";
import type { Screen } from "./use-screen.ts";

/** One line under the grid, where there is something to say: never in it, where a program could forge it. */
export function TerminalStatus({
  screen,
  exitCode,
  onOpen,
}: {
  screen: Screen;
  exitCode: number | null;
  onOpen: () => void;
}) {
  const words = statusWords(screen, exitCode);
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
        {words?.text}
        {words?.ended && <Button onClick={onOpen}>Open a new one</Button>}
      </div>
    </>
  );
}

function statusWords(
  { status }: Screen,
  exitCode: number | null,
): { readonly text: string; readonly ended: boolean } | null {
  if (status === "gone")
    return {
      text: "This terminal is not there any more: its machine was restarted, or it was closed.",
      ended: true,
    };
  if (exitCode !== null) return { text: exitWords(exitCode), ended: true };
  if (status === "away") {
    return {
      // Whether the shell still runs is not known here: its daemon may be what was lost.
      text: "Reconnecting… What you type is kept, and sent if the same shell still runs.",
      ended: false,
    };
  }
  if (status === "full") {
    return {
      text: "More was typed than can be kept until the shell takes it: the rest is not sent.",
      ended: false,
    };
  }
  if (status === "large") {
    return {
      text: "That is more than a terminal takes at once: nothing of it was typed. Paste it in parts, or put it in a file.",
      ended: false,
    };
  }
  return null;
}
