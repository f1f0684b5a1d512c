import { CAUGHT_UP_BYTES, WINDOW_BYTES } from "#shared/terminal/protocol.ts";

/** How far a viewer is behind what it was sent. Offsets are the terminal's. */
export interface Flow {
  /** Whether more may be sent now. */
  readonly open: boolean;
  /** Whether a viewer that had fallen behind can be shown the screen again. */
  readonly caughtUp: boolean;
  sentScreen(offset: number, bytes: number): void;
  sentOutput(offset: number, bytes: number): void;
  acknowledged(offset: number): void;
}

/**
 * `buffered` tells what the socket has not taken yet, in bytes: a client may acknowledge what it was never sent. A screen
 * is beside the window: it can be larger, and the output that comes while it is shown must not make it another one.
 */
export function createFlow(buffered: () => number): Flow {
  /** The screen that was not acknowledged yet. */
  let screen: { readonly offset: number; readonly bytes: number } | null = null;
  let sent = 0;
  let acked = 0;
  const underWay = (): number => Math.max(sent - acked, buffered() - (screen?.bytes ?? 0));
  return {
    get open() {
      return underWay() < WINDOW_BYTES;
    },
    get caughtUp() {
      return screen === null && underWay() < CAUGHT_UP_BYTES;
    },
    sentScreen: (offset, bytes) => {
      screen = { offset, bytes };
      sent = offset;
      acked = offset;
    },
    sentOutput: (offset, bytes) => {
      sent = offset + bytes;
    },
    acknowledged: (offset) => {
      if (screen !== null && offset >= screen.offset) screen = null;
      acked = Math.min(Math.max(acked, offset), sent);
    },
  };
}
