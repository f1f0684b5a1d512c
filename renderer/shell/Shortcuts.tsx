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
      [`${MOD_KEY}+Enter`, "Ask aside: the course stays as it is"],
      ["Shift+Enter", "A new line"],
    ],
  },
  {
    where: "Where a session asks",
    keys: [
      ["Y N", "Allow, deny"],
      ["1 2 3", "Answer with the first, second, third"],
    ],
  },
  {
    where: "In the activity",
    keys: [
      ["Alt+↑", "Your message, or the last answer, before this"],
      ["Alt+↓", "The next one, or the end"],
      ["Home End", "The beginning, the end"],
      ["Esc Esc", "Stop the turn"],
    ],
  },
  {
    where: "In a terminal",
    keys: TERMINAL_SHORTCUTS.map(({ keys, does }) => [keys.replace("Mod", MOD_KEY), does]),
  },
  {
    where: "Between panes",
    keys: [
      ["← →", "Move the separator that has the focus; with Shift further"],
      ["Home", "Even widths, as by a double click"],
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
          keys={COMMANDS.flatMap(({ keys, bare, title }) =>
            keys === undefined
              ? []
              : [[bare === undefined ? keysWords(keys) : `${bare} or ${keysWords(keys)}`, title] as const],
          )}
        />
        {ELSEWHERE.map((group) => (
          <Group key={group.where} {...group} />
        ))}
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
