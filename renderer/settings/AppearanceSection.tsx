import type { Settings } from "#shared/settings/settings.ts";
import { useFleet } from "../state/context.tsx";
import { Options, Problem, Saved } from "../ui/fields.tsx";
import styles from "./SettingsDialog.module.css";
import { useSave } from "./use-save.ts";

const THEMES: readonly { value: Settings["theme"]; word: string; meaning?: string }[] = [
  { value: "system", word: "As the system", meaning: "Changes with it, also while Oriel runs." },
  { value: "dark", word: "Dark" },
  { value: "light", word: "Light" },
];

export function AppearanceSection() {
  const theme = useFleet((state) => state.settings.theme);
  const { save, saved, problem } = useSave();
  const refused = problem("theme");
  return (
    <>
      {refused !== null && (
        <div className={styles.refused} role="alert">
          <Problem error={refused} />
        </div>
      )}
      <Options
        label="Theme"
        value={theme}
        options={THEMES}
        saved={<Saved shown={saved("theme")} />}
        onChange={(value) => void save("theme", value)}
      />
    </>
  );
}
