/** Between one viewer's WebSocket and its terminal: shared/terminal/protocol.ts says what goes over it. */
import type { RawData, WebSocket } from "ws";
import type { AttachedTerminal } from "#main/session/terminals.ts";
import { assertNever } from "#shared/kernel/assert-never.ts";
import { failureOf } from "#shared/kernel/failure.ts";
import type { Failure } from "#shared/kernel/failure.ts";
import { decodeTyped, encodeOutput, encodeScreen, terminalWish } from "#shared/terminal/protocol.ts";
import type { TerminalNews, TerminalWish } from "#shared/terminal/protocol.ts";
import { createFlow } from "./flow.ts";
import type { Viewer } from "./viewers.ts";

/** The largest piece of what is typed, and how much of it may be on its way to the shell. In bytes. */
const MAX_TYPED = 256 * 1024;
/** Held back behind that: a page keeps less until the shell has it. In bytes. */
const MAX_HELD = 8 * 1024 * 1024;

/** Closes: RFC 6455 has 1007 and 1011; 4000 to 4999 are the application's. */
const CLOSE = { badMessage: 1007, lost: 1011, noTerminal: 4404 } as const;

export interface TerminalPeer {
  readonly terminal: AttachedTerminal;
  join(onSize: (cols: number, rows: number) => void): Viewer;
}

/** Says why on `socket`, and closes it. */
export function refuseTerminal(socket: WebSocket, failure: Failure, code: number = CLOSE.noTerminal): void {
  send(socket, { type: "error", failure });
  socket.close(code, failure.code);
}

/** The same where the page may try again: the daemon was lost, for example. */
export function loseTerminal(socket: WebSocket, error: unknown): void {
  const failure = failureOf(error) ?? { code: "internal", message: "The terminal was lost." };
  refuseTerminal(socket, failure, CLOSE.lost);
}

/** Serves one viewer until its socket closes. */
export function serveTerminal(socket: WebSocket, { terminal, join }: TerminalPeer): void {
  const flow = createFlow(() => socket.bufferedAmount);
  const viewer = join((cols, rows) => send(socket, { type: "size", cols, rows }));
  /** Ends the view; null while the viewer is behind, or has not said what it wants. */
  let endView: (() => void) | null = null;
  /** What screens the viewer wants; null until it has said so. */
  let wantsShort: boolean | null = null;
  /** Whether the screen that was sent lacks scrollback. */
  let isShort = false;

  const lose = (error: unknown): void => loseTerminal(socket, error);
  const onTyped = (offset: number): void => send(socket, { type: "typed", shell: terminal.shell, offset });
  const input = createInput(terminal, onTyped, lose);
  const fallBehind = (): void => {
    endView?.();
    endView = null;
  };
  const showWhenCaughtUp = (): void => {
    if (wantsShort === null || endView !== null || !flow.caughtUp) return;
    endView = view(
      terminal,
      wantsShort,
      {
        onScreen: ({ text, offset, ...facts }) => {
          // Between the view's begin and now all of it was wished for.
          if (facts.short && !wantsShort) return showAgain();
          const frame = encodeScreen({ shell: terminal.shell, offset, ...facts }, text);
          isShort = facts.short;
          socket.send(frame);
          flow.sentScreen(offset, frame.length);
          viewer.sentScreen(facts.cols, facts.rows);
        },
        onOutput: (bytes, offset) => {
          if (!flow.open) return fallBehind();
          socket.send(encodeOutput(offset, bytes));
          flow.sentOutput(offset, bytes.length);
        },
        // Also where its shell's end was told before: the daemon may have ended it as it ended itself.
        onGone: lose,
      },
      lose,
    );
  };
  const showAgain = (): void => {
    fallBehind();
    showWhenCaughtUp();
  };
  const obey = (wish: TerminalWish): void => {
    switch (wish.type) {
      case "screens":
        wantsShort = wish.short;
        return isShort && !wantsShort ? showAgain() : showWhenCaughtUp();
      case "ack":
        flow.acknowledged(wish.offset);
        return showWhenCaughtUp();
      case "resize":
        viewer.resizes(wish.cols, wish.rows, terminal.resize(wish.cols, wish.rows)).catch(lose);
        return;
      case "clear":
        terminal.clear().catch(lose);
        return;
      case "writer":
        // A page of before, that is open since, says nothing of screens.
        wantsShort ??= false;
        showWhenCaughtUp();
        input.begin(wish.id).catch(lose);
        return;
      default:
        assertNever(wish);
    }
  };

  socket.on("message", (data, isBinary) => {
    const bytes = bytesOf(data);
    const wish = isBinary ? null : wishOf(bytes.toString());
    if (wish) obey(wish);
    else if (!isBinary || !input.type(bytes)) socket.close(CLOSE.badMessage, "bad_message");
  });
  socket.on("close", () => {
    fallBehind();
    input[Symbol.dispose]();
    viewer[Symbol.dispose]();
  });
  terminal.exited.then((exitCode) => send(socket, { type: "exit", exitCode }), lose);
}

/** Starts a view, and gives how to end it at any moment: also before the daemon has answered. */
function view(
  terminal: AttachedTerminal,
  short: boolean,
  viewer: Parameters<AttachedTerminal["view"]>[0],
  onLost: (error: unknown) => void,
): () => void {
  let ended = false;
  let end: (() => void) | null = null;
  terminal
    .view(
      {
        onScreen: (screen) => {
          if (!ended) viewer.onScreen(screen);
        },
        onOutput: (bytes, offset) => {
          if (!ended) viewer.onOutput(bytes, offset);
        },
        onGone: (failure) => {
          if (!ended) viewer.onGone?.(failure);
        },
      },
      short,
    )
    .then((accepted) => {
      if (ended) accepted();
      else end = accepted;
    }, onLost);
  return () => {
    ended = true;
    end?.();
  };
}

/** A byte order mark that is pasted is typed: without its bytes the daemon would count less than the page. */
const asTyped = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * What one writer types, in order. A paste into a program that does not read is held back here, while the socket is read
 * on: acknowledgements and sizes come the same way. Disposing drops it: who typed it has it still.
 */
function createInput(
  terminal: AttachedTerminal,
  onTyped: (offset: number) => void,
  onLost: (error: unknown) => void,
) {
  let writer: string | null = null;
  let held: { readonly writer: string; readonly offset: number; readonly bytes: Uint8Array }[] = [];
  let heldBytes = 0;
  let onItsWay = 0;
  const write = async ({ writer, offset, bytes }: (typeof held)[number]): Promise<void> => {
    onItsWay += bytes.length;
    await terminal.write(asTyped.decode(bytes), { writer, offset });
    onItsWay -= bytes.length;
    onTyped(offset + bytes.length);
    writeHeld();
  };
  const writeHeld = (): void => {
    for (let next = held[0]; next && onItsWay + next.bytes.length <= MAX_TYPED; next = held[0]) {
      held.shift();
      heldBytes -= next.bytes.length;
      write(next).catch(onLost);
    }
  };
  return {
    /** Who writes from now on is told what the shell has got. */
    begin: async (id: string): Promise<void> => {
      const { offset } = await terminal.typed(id);
      writer = id;
      onTyped(offset);
    },
    /** False where `message` is none, nobody has said that they write, or it is more than a page keeps. */
    type: (message: Uint8Array): boolean => {
      const typed = decodeTyped(message);
      if (writer === null || typed === null || typed.bytes.length > MAX_TYPED) return false;
      held.push({ writer, ...typed });
      heldBytes += typed.bytes.length;
      writeHeld();
      return heldBytes <= MAX_HELD;
    },
    [Symbol.dispose]() {
      held = [];
    },
  };
}

function wishOf(text: string): TerminalWish | null {
  try {
    return terminalWish.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? Buffer.from(data) : data;
}

function send(socket: WebSocket, news: TerminalNews): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(news));
}
