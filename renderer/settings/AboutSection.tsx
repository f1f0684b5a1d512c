import { useEffect, useState } from "react";
import type { InferContractRouterOutputs } from "@orpc/contract";
import type { contract } from "#shared/session/contract.ts";
import { useClient } from "../state/context.tsx";
import { Problem } from "../ui/fields.tsx";
import styles from "./SettingsDialog.module.css";

type Info = InferContractRouterOutputs<typeof contract>["host"]["info"];

/** What runs here, where it keeps things, and what holds the agents' commands. */
export function AboutSection() {
  const client = useClient();
  const [info, setInfo] = useState<Info | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  useEffect(() => {
    let current = true;
    const ask = async () => client().host.info();
    ask().then(
      (answer) => current && setInfo(answer),
      (error: unknown) => current && setProblem(error),
    );
    return () => {
      current = false;
    };
  }, []);
  if (problem !== null) {
    return (
      <div className={styles.refused} role="alert">
        <Problem error={problem} />
      </div>
    );
  }
  if (info === null) return <p className={styles.muted}>Asking the host…</p>;
  return (
    <dl className={styles.facts}>
      <dt>Oriel</dt>
      <dd>{info.version}</dd>
      <dt>Data directory</dt>
      <dd>
        <code>{info.dataDir}</code>
        <p className={styles.muted}>
          The log, the worktrees and the trash. Nothing of Oriel's lies in your repositories but branches and
          hidden refs.
        </p>
      </dd>
      <dt>Host</dt>
      <dd>Process {info.pid}</dd>
      <dt>Sandbox</dt>
      <dd>{sandboxWords(info.sandbox)}</dd>
    </dl>
  );
}

function sandboxWords({ kind, limits = [], reason, hint }: Info["sandbox"]) {
  if (kind === "none") {
    return (
      <>
        <strong>None on this machine.</strong> {reason} {hint}
        <p className={styles.muted}>
          Without one, Oriel asks you before each command of an agent, whatever its policy says.
        </p>
      </>
    );
  }
  return (
    <>
      {kind}
      <p className={styles.muted}>
        Commands of agents can read most files but not your keys or Oriel's own state, write only where their
        mode says, and reach no network but in full access. It does not limit memory or processor time, and
        what the model is shown leaves this machine with each request.
      </p>
      {limits.length > 0 && (
        <>
          <p id="limits">What it does not stop on this machine:</p>
          <ul className={styles.limits} aria-labelledby="limits">
            {limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
