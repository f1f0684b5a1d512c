/**
 * One terminal's bytes between the host and this page: a WebSocket that comes back by itself, a screen whenever it
 * does, output from exactly there on, and keys in the order in which they were typed.
 */
import { assertNever } from "#shared/kernel/assert-never.ts";
import { decodeFrame, terminalNews } from "#shared/terminal/protocol.ts";
import type { TerminalFrame, TerminalNews, TerminalWish } from "#shared/terminal/protocol.ts";
import { inputKind } from "./answers.ts";
import { createInputQueue } from "./input-queue.ts";

export type ScreenFrame = Extract<TerminalFrame, { kind: "screen" }>;
export type OutputFrame = Extract<TerminalFrame, { kind: "output" }>;

/**
 * `away`: the host is being looked for; what is typed is kept. `full`: it is not kept any more. `gone`: there is no such
 * terminal, and the channel has ended.
 */
export type ChannelStatus = "connecting" | "open" | "away" | "full" | "gone";

export interface ChannelListener {
  /** Replaces all that was shown before. */
  onScreen(screen: ScreenFrame): void;
  /** Goes on exactly where the screen, or the output before, ended. */
  onOutput(output: OutputFrame): void;
  onNews(news: TerminalNews): void;
  onStatus(status: ChannelStatus): void;
}

export interface TerminalChannel extends Disposable {
  /** Whether keys wait for the host. */
  readonly waiting: boolean;
  /** What a person typed or pasted, and what xterm answers. */
  input(data: string): void;
  resize(cols: number, rows: number): void;
  /** All output before byte `offset` is on the screen: the host may send more. */
  shown(offset: number): void;
  /** Tries to connect now, where it waits to. */
  retry(): void;
}

const FIRST_RETRY_MS = 150;
const LAST_RETRY_MS = 3000;
/** Acknowledged at once, small against the window of the protocol; the rest when all that came is shown. Bytes. */
const ACK_BYTES = 32 * 1024;

export function openChannel(
  { origin, token }: { readonly origin: string; readonly token: string },
  terminal: string,
  listener: ChannelListener,
): TerminalChannel {
  const queue = createInputQueue();
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let ended = false;
  let size: { cols: number; rows: number } | null = null;
  /** The number of the byte that comes next; null until there is a screen. */
  let next: number | null = null;
  let acknowledged = 0;
  /** What was answered since the last output: a storm of queries is not a storm of input. */
  const answered = new Set<string>();

  const send = (wish: TerminalWish): void => socket?.send(JSON.stringify(wish));
  const sendInput = (data: string): void => socket?.send(new TextEncoder().encode(data));

  const connect = (): void => {
    timer = undefined;
    const opening = new WebSocket(`${origin}/terminal/${encodeURIComponent(terminal)}`, `oriel.${token}`);
    opening.binaryType = "arraybuffer";
    opening.addEventListener(
      "message",
      ({ data }: MessageEvent<unknown>) => socket === opening && receive(data),
    );
    opening.addEventListener("close", () => socket === opening && lost());
    opening.addEventListener("open", () => size && socket === opening && send({ type: "resize", ...size }));
    socket = opening;
  };
  const lost = (): void => {
    socket = null;
    next = null;
    if (ended) return;
    listener.onStatus("away");
    timer = setTimeout(connect, retryMs);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  };
  const receive = (data: unknown): void => {
    const message = readMessage(data);
    switch (message.kind) {
      case "screen":
        return receiveScreen(message);
      case "output":
        return receiveOutput(message);
      case "news":
        return receiveNews(message.news);
      case "unreadable":
        // What comes after it can't be trusted to fit what is shown: begin again with a screen.
        return socket?.close();
      default:
        return assertNever(message);
    }
  };
  const receiveNews = (news: TerminalNews): void => {
    listener.onNews(news);
    // Of any other error, the next try may be better.
    if (news.type !== "error" || news.failure.code !== "unknown_terminal") return;
    ended = true;
    listener.onStatus("gone");
  };
  const receiveScreen = (screen: ScreenFrame): void => {
    const attached = next === null;
    next = screen.header.offset;
    acknowledged = 0;
    listener.onScreen(screen);
    if (!attached) return;
    retryMs = FIRST_RETRY_MS;
    listener.onStatus("open");
    // Not before there is a screen: until then the host may still find that there is no such terminal.
    if (queue.size > 0) sendInput(queue.take());
  };
  /** A piece that overlaps what is shown loses its beginning; with a gap before it, it can't be shown: a screen is due. */
  const receiveOutput = ({ offset, bytes, kind }: OutputFrame): void => {
    if (next === null || offset + bytes.byteLength <= next) return;
    answered.clear();
    if (offset > next) return socket?.close();
    const from = next;
    next = offset + bytes.byteLength;
    // Behind a key xterm parses at once: it is shown, and acknowledged, before this returns.
    listener.onOutput({ kind, offset: from, bytes: bytes.subarray(from - offset) });
  };

  listener.onStatus("connecting");
  connect();
  return {
    get waiting() {
      return queue.size > 0;
    },
    input(data) {
      const kind = inputKind(data);
      if (kind === "hostile-answer" || answered.has(data)) return;
      if (kind === "harmless-answer") answered.add(data);
      if (next !== null) return sendInput(data);
      // An answer is for the program as it was when it asked.
      if (kind === "typed" && !queue.add(data)) listener.onStatus("full");
    },
    resize(cols, rows) {
      size = { cols, rows };
      if (socket?.readyState === WebSocket.OPEN) send({ type: "resize", ...size });
    },
    shown(offset) {
      if (next === null || offset > next) return;
      if (offset < next && offset - acknowledged < ACK_BYTES) return;
      acknowledged = offset;
      send({ type: "ack", offset });
    },
    retry() {
      if (timer === undefined) return;
      clearTimeout(timer);
      connect();
    },
    [Symbol.dispose]() {
      ended = true;
      clearTimeout(timer);
      socket?.close();
      socket = null;
      next = null;
    },
  };
}

type Message =
  | TerminalFrame
  | { readonly kind: "news"; readonly news: TerminalNews }
  | { readonly kind: "unreadable" };

/** What the host sent, or `unreadable` where this page does not understand it. */
export function readMessage(data: unknown): Message {
  try {
    if (data instanceof ArrayBuffer) return decodeFrame(new Uint8Array(data));
    if (typeof data === "string") return { kind: "news", news: terminalNews.parse(JSON.parse(data)) };
  } catch {
    // An other version of the protocol, or not the host at all.
  }
  return { kind: "unreadable" };
}
