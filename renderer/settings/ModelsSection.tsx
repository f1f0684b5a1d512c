import { useState } from "react";
import { duration } from "#shared/kernel/human.ts";
import { useClient, useFleet } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { Problem } from "../ui/fields.tsx";
import { checkBaseUrl, checkModel } from "./checks.ts";
import { KeyField } from "./KeyField.tsx";
import { split, useModels } from "./models.ts";
import styles from "./SettingsDialog.module.css";
import { TextSetting } from "./TextSetting.tsx";
import { useSave } from "./use-save.ts";

/** Where the model is, the key for it, and whether it answers. */
export function ModelsSection() {
  const settings = useFleet((state) => state.settings);
  const { save, saved, problem } = useSave();
  const { state, reload } = useModels();
  const { online } = split(state.kind === "loaded" ? state.models : []);
  const standard = online[0]?.id;
  const after = async (kept: Promise<boolean>): Promise<boolean> => {
    const done = await kept;
    if (done) reload();
    return done;
  };
  return (
    <>
      <TextSetting
        label="Server's address"
        value={settings.baseUrl ?? ""}
        placeholder="https://api.openai.com/v1"
        hint="Of OpenAI or of any server that speaks its API. Empty for what OPENAI_BASE_URL says, or OpenAI's."
        machine
        saved={saved("baseUrl")}
        problem={problem("baseUrl")}
        check={checkBaseUrl}
        onSave={(value) => after(save("baseUrl", value))}
      />
      <KeyField onChanged={reload} />
      <TextSetting
        label="Model of new sessions"
        value={settings.model ?? ""}
        placeholder={standard ?? "gpt-5.3"}
        hint="A name that the server knows, or “offline” for the demo's recipes. Empty for its default."
        machine
        options={
          state.kind === "loaded" ? state.models.filter(({ usable }) => usable).map(({ id }) => id) : []
        }
        saved={saved("model")}
        problem={problem("model")}
        check={checkModel}
        onSave={(value) => after(save("model", value))}
      />
      <ConnectionTest />
    </>
  );
}

type Tested =
  | { readonly kind: "untested" | "testing" }
  | { readonly kind: "answered"; readonly text: string }
  | { readonly kind: "failed"; readonly error: unknown };

/** One small request to the provider as it is set now. */
function ConnectionTest() {
  const client = useClient();
  const [tested, setTested] = useState<Tested>({ kind: "untested" });
  const test = async (): Promise<void> => {
    setTested({ kind: "testing" });
    try {
      const { model, ms } = await client().models.test({});
      setTested({ kind: "answered", text: `✓ ${model} answered in ${duration(ms)} (${Math.round(ms)} ms).` });
    } catch (error) {
      setTested({ kind: "failed", error });
    }
  };
  return (
    <div className={styles.test}>
      <Button disabled={tested.kind === "testing"} onClick={() => void test()}>
        {tested.kind === "testing" ? "Testing…" : "Test connection"}
      </Button>
      <div role="status" className={styles.result} data-kind={tested.kind}>
        {tested.kind === "untested" && "Sends one short request with what is saved above."}
        {tested.kind === "testing" && "Waiting for the server's answer."}
        {tested.kind === "answered" && tested.text}
        {tested.kind === "failed" && <Problem error={tested.error} />}
      </div>
    </div>
  );
}
