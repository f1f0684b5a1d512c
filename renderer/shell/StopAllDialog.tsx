import { useEffect, useState } from "react";
import type { RunningCounts } from "#shared/session/contract.ts";
import { runningWords } from "#shared/session/words.ts";
import { useClient } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Problem } from "../ui/fields.tsx";
import { useToasts } from "../ui/toasts.tsx";
import styles from "./StopAllDialog.module.css";

/** Asks once, with how much it is, before all that runs is ended. */
export function StopAllDialog({ onClose }: { onClose: () => void }) {
  const client = useClient();
  const { info, error } = useToasts();
  const [running, setRunning] = useState<RunningCounts | null>(null);
  const [stopping, setStopping] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  // Asked as it opens, once: what begins while a person reads ends too.
  useEffect(() => {
    const ask = async () => setRunning(await client().host.running());
    ask().catch(setProblem);
  }, []);
  const stop = async (): Promise<void> => {
    setStopping(true);
    setProblem(null);
    try {
      const { stayed, ...ended } = await client().host.stopAll({});
      onClose();
      if (stayed.length === 0) info(`Ended: ${runningWords(ended)}.`);
      else error(new Error(`These processes could not be ended: ${stayed.join(", ")}.`));
    } catch (failure) {
      setProblem(failure);
      setStopping(false);
    }
  };
  return (
    <Dialog title="Stop everything?" onClose={onClose}>
      <p role="status">{running === null ? "Looking at what runs…" : endsWords(running)}</p>
      <p className={styles.kept}>
        Sessions, their worktrees and their branches stay as they are: each can be continued. Terminals are
        closed.
      </p>
      {problem !== null && (
        <div className={styles.problem} role="alert">
          <Problem error={problem} />
        </div>
      )}
      <div className={styles.actions}>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" disabled={stopping} onClick={() => void stop()}>
          {stopping ? "Stopping…" : "Stop everything"}
        </Button>
      </div>
    </Dialog>
  );
}

function endsWords(running: RunningCounts): string {
  const { turns, shells, commands } = running;
  if (turns + shells + commands === 0)
    return "No turn, shell or command runs. What an earlier one has left running ends.";
  return `This ends ${runningWords(running)}, and whatever was started in them, such as dev servers.`;
}
