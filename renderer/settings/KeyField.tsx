import { useEffect, useState } from "react";
import { findNative } from "../ipc/native.ts";
import { useClient } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { Field, Problem } from "../ui/fields.tsx";
import { checkKey } from "./checks.ts";
import styles from "./SettingsDialog.module.css";

const IN_MEMORY =
  "Oriel's host keeps it in memory until it ends and writes it nowhere. To have it every time, set OPENAI_API_KEY where Oriel is started.";
const IN_KEYCHAIN = "It is kept in this system's keychain, and given to Oriel's host in memory only.";

/** The provider's key: it goes in, and is never shown again. */
export function KeyField({ onChanged }: { onChanged: () => void }) {
  const [native] = useState(findNative);
  const client = useClient();
  const [typed, setTyped] = useState("");
  const [kept, setKept] = useState(false);
  const [said, setSaid] = useState<string | null>(null);
  const [problem, setProblem] = useState<unknown>(null);

  useEffect(() => void native?.key.has().then(setKept), [native]);

  const work = (act: () => Promise<string>) => async (): Promise<void> => {
    setProblem(null);
    setSaid(null);
    try {
      setSaid(await act());
      onChanged();
    } catch (error) {
      setProblem(error);
    }
  };
  const use = work(async () => {
    const key = checkKey(typed);
    if (!key.ok) throw new Error(key.problem);
    await client().host.credentials({ apiKey: key.value });
    const refusal = native ? await native.key.set(key.value) : null;
    setTyped("");
    setKept(native !== null && refusal === null);
    if (native === null) return "✓ In use, until Oriel's host ends";
    return refusal === null
      ? "✓ In use, and kept in the keychain"
      : `In use until Oriel's host ends. ${refusal}`;
  });
  const forget = work(async () => {
    await client().host.credentials({});
    await native?.key.clear();
    setKept(false);
    return "✓ Forgotten";
  });

  return (
    <Field
      label="Key"
      hint={native ? IN_KEYCHAIN : IN_MEMORY}
      problem={problem === null ? null : <Problem error={problem} />}
      saved={
        <span role="status" className={styles.said}>
          {said}
        </span>
      }
    >
      {(control) => (
        <span className={styles.withButtons}>
          <input
            {...control}
            type="password"
            value={typed}
            placeholder={kept ? "A key is kept; type another to replace it" : "sk-…"}
            autoComplete="off"
            onChange={(event) => {
              setProblem(null);
              setTyped(event.target.value);
            }}
            onKeyDown={(event) => event.key === "Enter" && void use()}
          />
          <Button disabled={typed.trim() === ""} onClick={() => void use()}>
            Use this key
          </Button>
          <Button onClick={() => void forget()}>Forget the key</Button>
        </span>
      )}
    </Field>
  );
}
