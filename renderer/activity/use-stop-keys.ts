import { useRef } from "react";
import type { KeyboardEvent } from "react";
import { useSessionActions } from "../shell/actions.ts";
import { useStores } from "../state/context.tsx";
import { useToasts } from "../ui/toasts.tsx";
import { phaseOf, stopIntent } from "./composer-intent.ts";
import type { Keys } from "./composer-intent.ts";

export const keysOf = (event: KeyboardEvent): Keys => {
  const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
  return {
    key,
    altKey,
    ctrlKey,
    metaKey,
    shiftKey,
    composing: event.nativeEvent.isComposing || event.keyCode === 229,
  };
};

/** Escape twice while the session's activity has the focus stops its turn. */
export function useStopKeys(session: string): (event: KeyboardEvent) => void {
  const armed = useRef(false);
  const { fleet } = useStores();
  const actions = useSessionActions();
  const toasts = useToasts();
  return (event) => {
    const summary = fleet.getState().sessions[session];
    if (!summary || event.defaultPrevented) return;
    const intent = stopIntent(keysOf(event), { phase: phaseOf(summary), armed: armed.current });
    armed.current = intent === "arm-stop";
    if (intent === null) return;
    event.preventDefault();
    if (intent === "arm-stop") toasts.info("Press Escape once more to stop the turn.");
    else void actions.stop(session);
  };
}
