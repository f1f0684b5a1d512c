/**
 * One terminal's bytes between the host and this page: a WebSocket that comes back by itself, a screen whenever it
 * does, output from exactly there on, and keys in the order in which they were typed.
 */
import { assertNever } from "#shared/kernel/assert-never.ts";
import { decodeFrame, encodeTyped, terminalNews } from "#shared/terminal/protocol.ts";
import type { TerminalFrame, TerminalNews, TerminalWish } from "#shared/terminal/protocol.ts";
import { createTypedInput } from "./typed-input.ts";
import type { TypedInput } from "./typed-input.ts";

export type ScreenFrame = Extract<TerminalFrame, { kind: "screen" }>;
export type OutputFrame = Extract<TerminalFrame, { kind: "output" }>;

/**
 * `away`: the host is being looked for; what is typed is kept. `full`: more than is kept was typed, and the rest is not
 * sent. `large`: what was pasted last is more than ever is kept, and nothing of it is sent. `gone`: there is no such
 * terminal, and the channel has ended.
 */
export type ChannelStatus = "connecting" | "open" | "away" | "full" | "large" | "gone";

export type ShownNews = Exclude<TerminalNews, { type: "typed" }>;

export interface ChannelListener {
  /** Replaces all that was shown before. */
  onScreen(screen: ScreenFrame): void;
  /** Goes on exactly where the screen, or the output before, ended. */
  onOutput(output: OutputFrame): void;
  onNews(news: ShownNews): void;
  /** The connection was lost: nothing comes until there is a screen again. */
  onLost(): void;
  onStatus(status: ChannelStatus): void;
}

/** Disposed, it tells its listener nothing more, and ends when the shell has what was typed. */
export interface TerminalChannel extends Disposable {
  /** What a person typed or pasted. */
  input(data: string): void;
  resize(cols: number, rows: number): void;
  /** Whether screens that have the last lines of the scrollback alone will do from now on: at first they do. */
  screens(short: boolean): void;
  /** Empties the terminal for good, when the host is there. */
  clear(): void;
  /** All output before byte `offset` is on the screen: the host may send more. */
  shown(offset: number): void;
  /** Tries to connect now, where it waits to. */
  retry(): void;
}

const FIRST_RETRY_MS = 150;
const LAST_RETRY_MS = 3000;
/** Acknowledged at once, small against the window of the protocol; the rest when all that came is shown. Bytes. */
const ACK_BYTES = 32 * 1024;

/** Channels that only wait for what was typed to arrive, by terminal. */
const lingering = new Map<string, { readonly input: TypedInput; end(): void }>();

const NOBODY: ChannelListener = { onScreen() {}, onOutput() {}, onNews() {}, onLost() {}, onStatus() {} };

export function openChannel(
  { origin, token }: { readonly origin: string; readonly token: string },
  terminal: string,
  shownTo: ChannelListener,
): TerminalChannel {
  const before = lingering.get(terminal);
  before?.end();
  // Typed before, so before what is typed now.
  const input = before?.input ?? createTypedInput();
  let listener = shownTo;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let ended = false;
  let connection: "connecting" | "open" | "away" = "connecting";
  let large = false;
  /** Wished for while the host was away. */
  let clears = false;
  let short = true;
  /** Also wished for then. At a connection that comes back nothing else is said of it: another page may have chosen one. */
  let size: { readonly cols: number; readonly rows: number } | null = null;
  /** The number of the byte that comes next; null until there is a screen. */
  let next: number | null = null;
  let acknowledged = 0;

  /** Whether the host has said what the shell has got: from there on it is sent. */
  let hears = false;

  /** Nothing while it closes: the page's console would tell of it, and the next connection begins anew. */
  const sendRaw = (message: string | Uint8Array<ArrayBuffer>): void => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(message);
  };
  const send = (wish: TerminalWish): void => sendRaw(JSON.stringify(wish));
  const sendTyped = (): void => {
    if (hears) for (const { offset, bytes } of input.take()) sendRaw(encodeTyped(offset, bytes));
  };
  const tellStatus = (): void => listener.onStatus(input.full ? "full" : large ? "large" : connection);
  const end = (): void => {
    ended = true;
    clearTimeout(timer);
    socket?.close();
    socket = null;
    next = null;
    if (lingering.get(terminal)?.input === input) lingering.delete(terminal);
  };

  const connect = (): void => {
    timer = undefined;
    const opening = new WebSocket(`${origin}/terminal/${encodeURIComponent(terminal)}`, `oriel.${token}`);
    opening.binaryType = "arraybuffer";
    opening.addEventListener(
      "message",
      ({ data }: MessageEvent<unknown>) => socket === opening && receive(data),
    );
    opening.addEventListener("close", () => socket === opening && lost());
    opening.addEventListener("open", () => {
      if (socket !== opening) return;
      if (size) send({ type: "resize", ...size });
      size = null;
      send({ type: "screens", short });
      send({ type: "writer", id: input.writer });
      if (clears) send({ type: "clear" });
      clears = false;
    });
    socket = opening;
  };
  const lost = (): void => {
    socket = null;
    next = null;
    hears = false;
    if (ended) return;
    listener.onLost();
    connection = "away";
    tellStatus();
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
    if (news.type === "typed") return receiveTyped(news.shell, news.offset);
    listener.onNews(news);
    // Of any other error, the next try may be better.
    if (news.type !== "error" || news.failure.code !== "unknown_terminal") return;
    listener.onStatus("gone");
    end();
  };
  const receiveTyped = (shell: string, offset: number): void => {
    const wasFull = input.full;
    if (hears) input.arrived(offset);
    else input.begin(shell, offset);
    hears = true;
    sendTyped();
    if (wasFull && !input.full) tellStatus();
    if (listener === NOBODY && input.waiting === 0) end();
  };
  const receiveScreen = (screen: ScreenFrame): void => {
    const attached = next === null;
    next = screen.header.offset;
    acknowledged = 0;
    input.seen(screen.header.shell);
    listener.onScreen(screen);
    if (!attached) return;
    retryMs = FIRST_RETRY_MS;
    connection = "open";
    tellStatus();
  };
  /** A piece that overlaps what is shown loses its beginning; with a gap before it, it can't be shown: a screen is due. */
  const receiveOutput = ({ offset, bytes, kind }: OutputFrame): void => {
    if (next === null || offset + bytes.byteLength <= next) return;
    if (offset > next) return socket?.close();
    const from = next;
    next = offset + bytes.byteLength;
    // Behind a key xterm parses at once: it is shown, and acknowledged, before this returns.
    listener.onOutput({ kind, offset: from, bytes: bytes.subarray(from - offset) });
  };

  tellStatus();
  connect();
  return {
    input(data) {
      const before = large;
      const fits = input.add(data);
      large = !fits && !input.full;
      if (!fits || before) tellStatus();
      if (fits) sendTyped();
    },
    resize(cols, rows) {
      size = socket?.readyState === WebSocket.OPEN ? null : { cols, rows };
      send({ type: "resize", cols, rows });
    },
    screens(wished) {
      if (short === wished) return;
      short = wished;
      send({ type: "screens", short });
    },
    clear() {
      clears = socket?.readyState !== WebSocket.OPEN;
      send({ type: "clear" });
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
      if (ended || input.waiting === 0) return end();
      listener = NOBODY;
      lingering.set(terminal, { input, end });
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
