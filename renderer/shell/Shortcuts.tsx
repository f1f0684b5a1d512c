import { TERMINAL_SHORTCUTS } from "../terminal/keys.ts";
import { Dialog } from "../ui/Dialog.tsx";
import { MOD_KEY } from "../ui/mod-key.ts";
import { COMMANDS } from "./commands.ts";
import { keysWords } from "./keys.ts";
import styles from "./Shortcuts.module.css";

const ELSEWHERE: readonly {
  readonly where: string;
  readonly keys: readonly (readonly [string, string])[];
}[] = [
  {
    where: "In the list of sessions",
    keys: [
      ["↑ ↓", "Move"],
      ["Enter", "Open"],
      ["S", "Stop"],
      ["C", "Continue"],
      ["M", "Merge"],
      ["A", "Archive"],
      ["R", "Rename"],
    ],
  },
  {
    where: "In the composer",
    keys: [
      ["Enter", "Steer: the agent reads it at its next step"],
      ["Alt+Enter", "Queue: it is read when the turn ends"],
      ["Shift+Enter", "A new line"],
    ],
  },
  {
    where: "In a terminal",
    keys: TERMINAL_SHORTCUTS.map(({ keys, does }) => [keys.replace("Mod", MOD_KEY), does]),
  },
  {
    where: "Between panes",
    keys: [
      ["← →", "Move the separator that has the focus"],
      ["Home", "Even widths"],
    ],
  },
];

/** Every key, by where it works. */
export function Shortcuts({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Shortcuts" onClose={onClose} wide>
      <div className={styles.sheet}>
        <Group
          where="Everywhere"
          keys={COMMANDS.flatMap(({ keys, title }) =>
            keys === undefined ? [] : [[keysWords(keys), title] as const],
          )}
        />
        <div>
          {ELSEWHERE.map((group) => (
            <Group key={group.where} {...group} />
          ))}
        </div>
      </div>
      {MOD_KEY === "Ctrl" && (
        <p className={styles.note}>
          In a terminal, Ctrl is the shell’s: there hold Ctrl+Shift for a key of the first list, such as
          Ctrl+Shift+K.
        </p>
      )}
    </Dialog>
  );
}

function Group({ where, keys }: { where: string; keys: readonly (readonly [string, string])[] }) {
  return (
    <section className={styles.group}>
      <h3 className={styles.where}>{where}</h3>
      <dl>
        {keys.map(([key, words]) => (
          <div key={key + words} className={styles.row}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
