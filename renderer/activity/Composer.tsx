import { useId, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { MAX_MESSAGE } from "#shared/session/contract.ts";
import { useFleet } from "../state/context.tsx";
import { Button } from "../ui/Button.tsx";
import { shortcut } from "../ui/mod-key.ts";
import { ApprovalBar } from "./ApprovalBar.tsx";
import { canStop, intentOf, legendOf, phaseOf, placeholderOf } from "./composer-intent.ts";
import type { Intent, Phase } from "./composer-intent.ts";
import { useDraft } from "./drafts.ts";
import { QuestionBar } from "./QuestionBar.tsx";
import { useOutbox } from "./use-outbox.ts";
import { keysOf } from "./use-stop-keys.ts";
import { Waiting } from "./Waiting.tsx";
import styles from "./Composer.module.css";

/** Where the person speaks to a session, with what it asks and what waits for it above. */
export function Composer({ session }: { session: string }) {
  const summary = useFleet((state) => state.sessions[session]);
  const connected = useFleet((state) => state.connection === "connected");
  const [text, setText] = useDraft(session);
  const outbox = useOutbox(session);
  const [armed, setArmed] = useState(false);
  const legendId = useId();
  if (!summary) return null;
  const phase = phaseOf(summary);
  const empty = text.trim() === "";
  const { actions } = outbox;

  const act = (intent: Intent): void => {
    setArmed(intent === "arm-stop");
    void perform(intent, actions);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented) return;
    const intent = intentOf(keysOf(event), { phase, empty, armed });
    if (intent === null) return setArmed(false);
    event.preventDefault();
    if (!event.repeat || intent === "arm-stop") act(intent);
  };
  return (
    <div className={styles.composer} data-composer>
      <ApprovalBar session={session} approvals={summary.approvals} />
      <QuestionBar session={session} open={summary.open} />
      <Waiting summary={summary} asides={outbox.asides} />
      {outbox.error && <Refused {...outbox.error} onDismiss={actions.dismissError} />}
      <div className={styles.box} data-phase={phase}>
        <GrowingText
          label={`Message to ${summary.title}`}
          describedBy={legendId}
          placeholder={placeholderOf(phase)}
          disabled={phase === "archived"}
          value={text}
          onChange={setText}
          onKeyDown={onKeyDown}
          onBlur={() => setArmed(false)}
        />
        <div className={styles.foot}>
          <p
            id={legendId}
            className={styles.legend}
            role={armed ? "status" : undefined}
            data-armed={armed || undefined}
          >
            {legend({ armed, connected, phase, empty, sending: outbox.sending })}
          </p>
          <Buttons phase={phase} empty={empty} sending={outbox.sending} act={act} />
        </div>
      </div>
    </div>
  );
}

function perform(
  intent: Intent,
  actions: ReturnType<typeof useOutbox>["actions"],
): Promise<void> | undefined {
  switch (intent) {
    case "steer":
    case "queue":
      return actions.send(intent);
    case "aside":
      return actions.aside();
    case "continue":
      return actions.continue();
    case "stop":
      return actions.stop();
    case "arm-stop":
      return undefined;
    default:
      return assertNever(intent);
  }
}

function legend(at: {
  armed: boolean;
  connected: boolean;
  phase: Phase;
  empty: boolean;
  sending: boolean;
}): string {
  if (at.armed) return "Press Escape once more to stop the turn";
  if (at.sending) return "Sending…";
  if (!at.connected) return "Not connected. What you write is kept here until the host is back.";
  return legendOf(at.phase, at.empty);
}

function Buttons({
  phase,
  empty,
  sending,
  act,
}: {
  phase: Phase;
  empty: boolean;
  sending: boolean;
  act: (intent: Intent) => void;
}) {
  if (phase === "archived") return null;
  const runs = phase === "running" || phase === "asks";
  return (
    <div className={styles.buttons}>
      {!empty && (
        <Button look="quiet" shortcut={shortcut("Enter")} onClick={() => act("aside")}>
          Ask aside
        </Button>
      )}
      {!empty && runs && (
        <Button look="quiet" disabled={sending} onClick={() => act("queue")}>
          Queue
        </Button>
      )}
      {canStop(phase) && (
        <Button look="danger" shortcut={shortcut(".")} onClick={() => act("stop")}>
          Stop
        </Button>
      )}
      {phase === "cutOff" && empty ? (
        <Button look="primary" onClick={() => act("continue")}>
          Continue
        </Button>
      ) : (
        !empty && (
          <Button look="primary" disabled={sending} onClick={() => act("steer")}>
            {sendWord(phase)}
          </Button>
        )
      )}
    </div>
  );
}

function sendWord(phase: Phase): string {
  if (phase === "running" || phase === "asks") return "Steer";
  return phase === "cutOff" ? "Continue" : "Send";
}

/** Why the last message did not get through. The text is in the composer still. */
function Refused({ text, details, onDismiss }: { text: string; details?: string; onDismiss: () => void }) {
  return (
    <div className={styles.refused} role="alert">
      <div className={styles.why}>
        {text}
        {details && (
          <details>
            <summary>Details</summary>
            <pre>{details}</pre>
          </details>
        )}
      </div>
      <Button look="quiet" onClick={onDismiss}>
        Dismiss
      </Button>
    </div>
  );
}

/** A text field as high as its text, from one line to eight; then it scrolls. */
function GrowingText({
  label,
  describedBy,
  value,
  onChange,
  ...rest
}: {
  label: string;
  describedBy: string;
  placeholder: string;
  disabled: boolean;
  value: string;
  onChange: (text: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onBlur: () => void;
}) {
  const field = useRef<HTMLTextAreaElement>(null);
  // A draft that comes back is gone on with at its end.
  useLayoutEffect(() => field.current?.setSelectionRange(MAX_MESSAGE, MAX_MESSAGE), []);
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${element.scrollHeight}px`;
  }, [value]);
  return (
    <textarea
      {...rest}
      ref={field}
      className={styles.text}
      rows={1}
      maxLength={MAX_MESSAGE}
      aria-label={label}
      aria-describedby={describedBy}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
