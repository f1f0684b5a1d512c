import { Button } from "../ui/Button.tsx";
import { useToasts } from "../ui/toasts.tsx";
import { Counts } from "./Counts.tsx";
import styles from "./FileHeader.module.css";
import { statusWords } from "./shown-files.ts";
import type { ShownFile } from "./shown-files.ts";

interface FileHeaderProps {
  readonly shown: ShownFile;
  readonly folded: boolean;
  readonly onFold: (folded: boolean) => void;
}

/** Stands above a file's lines, and stays at the top while they scroll. */
export function FileHeader({ shown: { file, note }, folded, onFold }: FileHeaderProps) {
  const toasts = useToasts();
  const { letter, word } = statusWords(file.status);
  const moved = file.oldPath !== undefined && file.oldPath !== file.path;
  const copy = (): void => {
    navigator.clipboard.writeText(file.path).then(
      () => toasts.info(`Copied ${file.path}.`),
      () => toasts.error(new Error("The browser did not allow copying.")),
    );
  };
  return (
    <div className={styles.header}>
      <button
        type="button"
        aria-expanded={!folded}
        className={styles.fold}
        title={file.path}
        onClick={() => onFold(!folded)}
      >
        <span aria-hidden className={styles.arrow}>
          {folded ? "▸" : "▾"}
        </span>
        <span className={styles.status} data-status={file.status} title={word}>
          <span aria-hidden>{letter}</span>
          <span className="visually-hidden">{word} </span>
        </span>
        <span className={styles.path}>
          {moved && <span className={styles.old}>{file.oldPath} → </span>}
          {file.path}
        </span>
      </button>
      {note !== null && (
        <span className={styles.note} title={note}>
          {note}
        </span>
      )}
      {file.added + file.removed > 0 && <Counts added={file.added} removed={file.removed} />}
      <Button look="quiet" onClick={copy} aria-label={`Copy path ${file.path}`} title="Copy the path">
        Copy<span className={styles.what}> path</span>
      </Button>
    </div>
  );
}
