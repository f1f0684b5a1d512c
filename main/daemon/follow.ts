/** Subscriptions: a command's or terminal's live bytes to one client, who may be slow, asleep or gone. */
import type { Command } from "./command.ts";
import type { Outbox } from "./outbox.ts";
import type { Terminal } from "./terminal.ts";

/** The command's output from now on. A client that falls behind is told the gap when it reads again. */
export function followCommand(command: Command, ref: number, outbox: Outbox): Disposable {
  const owned = new DisposableStack();
  let behindFrom: number | null = null;
  let waiting: Disposable | null = null;
  owned.defer(() => waiting?.[Symbol.dispose]());
  const catchUp = (): void => {
    if (behindFrom === null) return;
    outbox.event(ref, { kind: "gap", from: behindFrom, to: command.state().total });
    behindFrom = null;
  };
  owned.use(
    command.onOutput((bytes, offset) => {
      if (behindFrom !== null || outbox.live(ref, offset, bytes)) return;
      behindFrom = offset;
      waiting = outbox.onceRead(catchUp);
    }),
  );
  return owned;
}

/**
 * The terminal's screen, then its bytes from that point on. A viewer that falls behind gets a fresh screen when it
 * reads again, and nothing of what was between. `short`: as in Screen.
 */
export function followTerminal(
  terminal: Pick<Terminal, "screen" | "onOutput" | "onCleared">,
  ref: number,
  outbox: Outbox,
  short: boolean,
): Disposable {
  const owned = new DisposableStack();
  /** Bytes since the screen that was asked for; null while the viewer is behind. Bounded: an unparsed pty is paused. */
  let sinceScreen: Piece[] | null = null;
  let live = false;
  let waiting: Disposable | null = null;
  owned.defer(() => waiting?.[Symbol.dispose]());

  const fallBehind = (): void => {
    live = false;
    sinceScreen = null;
    waiting = outbox.onceRead(() => void showScreen());
  };
  const sendLive = (offset: number, bytes: Uint8Array): void => {
    if (!outbox.live(ref, offset, bytes)) fallBehind();
  };
  const showScreen = async (): Promise<void> => {
    live = false;
    // Passes on first what was read before it: that is in the screen, and must not come behind it again.
    const asked = terminal.screen(short);
    const since: Piece[] = (sinceScreen = []);
    const screen = await asked;
    // Another one may have been asked for meanwhile.
    if (owned.disposed || sinceScreen !== since) return;
    const { text, unfinished, ...facts } = screen;
    outbox.event(ref, { kind: "screen", ...facts }, Buffer.from(text));
    live = true;
    sinceScreen = null;
    if (unfinished.byteLength > 0) outbox.output(ref, screen.offset, unfinished);
    for (const { offset, bytes } of since) if (live) sendLive(offset, bytes);
  };

  owned.use(
    terminal.onOutput((bytes, offset) => {
      if (live) sendLive(offset, bytes);
      else sinceScreen?.push({ offset, bytes: Buffer.from(bytes) });
    }),
  );
  owned.use(
    terminal.onCleared(() => {
      if (live || sinceScreen) void showScreen();
    }),
  );
  void showScreen();
  return owned;
}

interface Piece {
  readonly offset: number;
  readonly bytes: Buffer;
}
