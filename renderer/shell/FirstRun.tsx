import { useId, useState } from "react";
import type { FormEvent } from "react";
import { useClient, useStores } from "../state/context.tsx";
import { withStarted } from "../sessions/started.ts";
import { DEMO_TASKS } from "#shared/agent/demo-tasks.ts";
import { Button } from "../ui/Button.tsx";
import { useToasts, wordsOf } from "../ui/toasts.tsx";
import styles from "./FirstRun.module.css";

/** The first screen: a path and Enter, or the sample. No wizard, and nothing to read first. */
export function FirstRun({ onStarting }: { onStarting: (starts: boolean) => void }) {
  const { view } = useStores();
  const { path, setPath, add, trySample, busy, problem, starting } = useFirstRun(onStarting);
  const pathId = useId();
  return (
    <div className={styles.page}>
      <div className={styles.box}>
        <h2 className={styles.title}>See all your coding agents at once</h2>
        <p className={styles.words}>
          Each works in its own git worktree and its own terminal. Your checkout stays as it is until you
          merge.
        </p>
        <form
          className={styles.form}
          onSubmit={(event: FormEvent) => {
            event.preventDefault();
            void add();
          }}
        >
          <label htmlFor={pathId}>Folder of a git repository</label>
          <span className={styles.row}>
            <input
              id={pathId}
              autoFocus
              className={styles.path}
              value={path}
              placeholder="/home/you/code/project"
              spellCheck={false}
              autoComplete="off"
              aria-invalid={problem !== null}
              onChange={(event) => setPath(event.target.value)}
            />
            <Button type="submit" look="primary" disabled={busy || path.trim() === ""} shortcut="Enter">
              Add
            </Button>
          </span>
        </form>
        {problem !== null && <Problem error={problem} />}
        <p className={styles.others}>
          <Button onClick={() => view.setState({ dialog: "add-project" })}>Choose a folder…</Button>
          <Button disabled={busy} onClick={() => void trySample()}>
            {starting ? "Starting four agents…" : "Try the sample project"}
          </Button>
        </p>
        <p className={styles.words}>
          The sample starts four agents on a small project, with recipes instead of a model: no key, no
          network.
        </p>
      </div>
    </div>
  );
}

function Problem({ error }: { error: unknown }) {
  const { text, details } = wordsOf(error);
  return (
    <div className={styles.problem} role="alert">
      {text}
      {details !== undefined && (
        <details>
          <summary>Details</summary>
          <pre>{details}</pre>
        </details>
      )}
    </div>
  );
}

function useFirstRun(onStarting: (starts: boolean) => void) {
  const client = useClient();
  const { view } = useStores();
  const toasts = useToasts();
  const [path, setPath] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [starting, setStarting] = useState(false);
  const tell = (starts: boolean): void => {
    setStarting(starts);
    onStarting(starts);
  };
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setProblem(null);
    await act().catch(setProblem);
    setBusy(false);
  };
  const add = () =>
    attempt(async () => {
      const { id } = await client().projects.add({ path: path.trim() });
      view.setState({ project: id, dialog: "new-session" });
    });
  const trySample = async (): Promise<void> => {
    tell(true);
    setBusy(true);
    try {
      await startSample();
    } catch (error) {
      // Not below the path: where the project was added, this screen goes.
      toasts.error(error);
      tell(false);
      setBusy(false);
    }
  };
  const startSample = async (): Promise<void> => {
    const project = await client().projects.addSample();
    view.setState({ project: project.id });
    const wishes = DEMO_TASKS.map((task) => ({ ...task, model: "offline" }));
    const { sessions } = await client().sessions.create({ project: project.path, sessions: wishes });
    view.setState((state) => ({
      ...withStarted(
        state,
        sessions.map(({ id }) => id),
      ),
      layout: "columns",
    }));
  };
  return { path, setPath, add, trySample, busy, problem, starting };
}
