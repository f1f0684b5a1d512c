import { COMMANDS } from "../shell/commands.ts";
import { keysWords } from "../shell/keys.ts";
import styles from "./SettingsDialog.module.css";

/** The keys that work everywhere, from the one list that also the palette is made of. */
export function KeyboardSection() {
  return (
    <>
      <table className={styles.keys}>
        <caption className="visually-hidden">Keys that work everywhere</caption>
        <tbody>
          {COMMANDS.map(
            ({ id, title, keys, bare }) =>
              keys !== undefined && (
                <tr key={id}>
                  <th scope="row">{title}</th>
                  <td>
                    {bare !== undefined && (
                      <>
                        <kbd>{bare}</kbd> or{" "}
                      </>
                    )}
                    <kbd>{keysWords(keys)}</kbd>
                  </td>
                </tr>
              ),
          )}
        </tbody>
      </table>
      <p className={styles.muted}>
        Every other command is in the palette. In a terminal, hold Shift too: Ctrl alone belongs to the shell.
      </p>
    </>
  );
}
