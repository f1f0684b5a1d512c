import { approvalPolicy, sandboxMode } from "#shared/session/items.ts";
import { useFleet } from "../state/context.tsx";
import { APPROVAL_WORDS, SANDBOX_WORDS } from "../sessions/policy-words.ts";
import { Options, Problem, Saved } from "../ui/fields.tsx";
import { checkPlaces } from "./checks.ts";
import styles from "./SettingsDialog.module.css";
import { Switch } from "./Switch.tsx";
import { TextSetting } from "./TextSetting.tsx";
import { useSave } from "./use-save.ts";

const APPROVALS = approvalPolicy.options.map((value) => ({ value, ...APPROVAL_WORDS[value] }));
const SANDBOXES = sandboxMode.options.map((value) => ({ value, ...SANDBOX_WORDS[value] }));
const RESUME = [
  {
    value: "ask",
    word: "Wait for me",
    meaning:
      "A turn that was cut off says what was done and what was half done, and goes on when you say so.",
  },
  {
    value: "auto",
    word: "Go on by itself",
    meaning: "A turn that was cut off continues as soon as Oriel is back. No command runs twice by itself.",
  },
] as const;

/** How new sessions work, how many at once, and what happens to those that were cut off. */
export function AgentsSection() {
  const settings = useFleet((state) => state.settings);
  const { save, saved, problem } = useSave();
  const refused = (["approval", "sandbox", "resume", "keepRunning", "notifications"] as const)
    .map(problem)
    .find(Boolean);
  return (
    <>
      {refused !== undefined && (
        <div className={styles.refused} role="alert">
          <Problem error={refused} />
        </div>
      )}
      <Options
        label="When an agent asks"
        value={settings.approval}
        options={APPROVALS}
        saved={<Saved shown={saved("approval")} />}
        onChange={(value) => void save("approval", value)}
      />
      <Options
        label="What its commands may touch"
        value={settings.sandbox}
        options={SANDBOXES}
        saved={<Saved shown={saved("sandbox")} />}
        onChange={(value) => void save("sandbox", value)}
      />
      <TextSetting
        label="Turns at once"
        value={settings.places?.toString() ?? ""}
        placeholder="Twice the processors"
        hint="Sessions above this number wait in the queue. From 1 to 64; empty for twice the processors."
        inputMode="numeric"
        saved={saved("places")}
        problem={problem("places")}
        check={checkPlaces}
        onSave={(value) => save("places", value)}
      />
      <Options
        label="After a crash or a restart"
        value={settings.resume}
        options={RESUME}
        saved={<Saved shown={saved("resume")} />}
        onChange={(value) => void save("resume", value)}
      />
      <Switch
        label="Agents go on when the window is closed"
        hint="Off: closing Oriel's own window stops them, and each says what was half done."
        on={settings.keepRunning}
        saved={saved("keepRunning")}
        onChange={(on) => void save("keepRunning", on)}
      />
      <Switch
        label="Notifications"
        hint="When a session needs you, is ready or failed, and you are not looking at Oriel's own window."
        on={settings.notifications}
        saved={saved("notifications")}
        onChange={(on) => void save("notifications", on)}
      />
    </>
  );
}
