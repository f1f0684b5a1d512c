import { useId, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { Dialog } from "../ui/Dialog.tsx";
import { AboutSection } from "./AboutSection.tsx";
import { AgentsSection } from "./AgentsSection.tsx";
import { AppearanceSection } from "./AppearanceSection.tsx";
import { KeyboardSection } from "./KeyboardSection.tsx";
import { ModelsSection } from "./ModelsSection.tsx";
import styles from "./SettingsDialog.module.css";

interface Section {
  readonly name: string;
  readonly body: () => ReactNode;
}

const SECTIONS: readonly [Section, ...Section[]] = [
  { name: "Models", body: ModelsSection },
  { name: "Agents", body: AgentsSection },
  { name: "Appearance", body: AppearanceSection },
  { name: "Keyboard", body: KeyboardSection },
  { name: "About", body: AboutSection },
];

const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** Everything that a person can set. Each change is kept at once; there is nothing to confirm. */
export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState(SECTIONS[0].name);
  const id = useId();
  const at = SECTIONS.findIndex((section) => section.name === name);
  const { body: Body } = SECTIONS[at] ?? SECTIONS[0];
  const onKeyDown = (event: KeyboardEvent<HTMLElement>): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (at + step + SECTIONS.length) % SECTIONS.length;
    setName((SECTIONS[next] ?? SECTIONS[0]).name);
    event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")[next]?.focus();
  };
  return (
    <Dialog title="Settings" onClose={onClose} wide>
      <div className={styles.dialog}>
        <div
          role="tablist"
          aria-label="Settings"
          aria-orientation="vertical"
          className={styles.tabs}
          onKeyDown={onKeyDown}
        >
          {SECTIONS.map((section) => (
            <button
              key={section.name}
              type="button"
              role="tab"
              id={`${id}${section.name}`}
              aria-selected={section.name === name}
              aria-controls={`${id}panel`}
              tabIndex={section.name === name ? 0 : -1}
              className={styles.tab}
              onClick={() => setName(section.name)}
            >
              {section.name}
            </button>
          ))}
        </div>
        <div role="tabpanel" id={`${id}panel`} aria-labelledby={`${id}${name}`} className={styles.panel}>
          <Body />
        </div>
      </div>
    </Dialog>
  );
}
