import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { WebSocket } from "ws";
import { z } from "zod";
import { connectOrStart } from "#app/cli/connect.ts";
import type { Client } from "#app/cli/connect.ts";
import { decodeFrame, encodeTyped, terminalNews } from "#shared/terminal/protocol.ts";
import type { ScreenHeader, TerminalNews, TerminalWish } from "#shared/terminal/protocol.ts";
import type { TestOriel } from "./oriel.ts";

/** Where a web face is, and what opens it. */
export interface WebAddress {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly token: string;
}

/** Opens the web face; starts a host where none runs. The host stays while a client is connected. */
export async function openWeb(
  { dataDir, runtime }: TestOriel,
  env: Readonly<Record<string, string>> = {},
): Promise<WebAddress> {
  using connection = await connectOrStart(dataDir, { PATH: process.env["PATH"], ...env }, runtime);
  return addressOf((await connection.client.host.openWeb({})).url);
}

export function addressOf(url: string): WebAddress {
  const { origin, hash } = new URL(url);
  return { origin, token: hash.replace("#token=", "") };
}

/** As a page opens it, unless `headers` say otherwise. */
export const webSocket = (
  { origin, token }: WebAddress,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): WebSocket =>
  new WebSocket(`${origin.replace("http:", "ws:")}${path}`, [`oriel.${token}`], {
    headers: { origin, ...headers },
  });

export interface WebClient extends Disposable {
  readonly client: Client;
}

/** A client as a page is one. */
export async function connectWeb(address: WebAddress): Promise<WebClient> {
  const socket = webSocket(address, "/rpc");
  await once(socket, "open");
  return {
    client: createORPCClient(new RPCLink({ websocket: socket })),
    [Symbol.dispose]: () => socket.close(),
  };
}

export interface TerminalView extends Disposable {
  /** The latest whole screen. */
  readonly screen: { readonly header: ScreenHeader; readonly text: string } | null;
  /** How many screens came. */
  readonly screens: number;
  /** The latest screen, and what came behind it. */
  readonly text: string;
  /** The last characters of it, as they came: of a flood there is too much text to look at again and again. */
  readonly end: string;
  /** Bytes of output that came since the first screen, and those that a later screen stood for. */
  readonly counted: { readonly given: number; readonly skipped: number };
  readonly news: readonly TerminalNews[];
  /** Resolves when it is true; rejects when the socket closes before. */
  until(fits: (view: TerminalView) => boolean): Promise<void>;
  type(input: string): void;
  wish(wish: TerminalWish): void;
  /** Resolves with the code when the socket has closed. */
  readonly closed: Promise<number>;
}

const END = 500;

/** A viewer of a terminal, with all of its scrollback. It acknowledges all that it gets, unless it is one that does not. */
export async function viewTerminal(
  address: WebAddress,
  terminal: string,
  { acknowledges = true, short = false } = {},
): Promise<TerminalView> {
  const socket = webSocket(address, `/terminal/${terminal}`);
  const news: TerminalNews[] = [];
  const waiting = new Set<() => void>();
  const decoder = new TextDecoder();
  let screen: TerminalView["screen"] = null;
  let screens = 0;
  let text = "";
  let end = "";
  const counted = { given: 0, skipped: 0 };
  let next: number | null = null;
  const wish = (wished: TerminalWish): void => socket.send(JSON.stringify(wished));
  const heard = Promise.withResolvers<void>();
  let typed = 0;
  const show = (frame: Uint8Array): void => {
    const shown = decodeFrame(frame);
    if (shown.kind === "screen") {
      counted.skipped += shown.header.offset - (next ?? shown.header.offset);
      text = new TextDecoder().decode(shown.bytes);
      end = text.slice(-END);
      screen = { header: shown.header, text };
      screens += 1;
    } else {
      if (shown.offset !== next) throw new Error(`byte ${shown.offset} came instead of ${next}`);
      const piece = decoder.decode(shown.bytes, { stream: true });
      text += piece;
      end = (end + piece).slice(-END);
      counted.given += shown.bytes.length;
    }
    const offset = shown.kind === "screen" ? shown.header.offset : shown.offset + shown.bytes.length;
    next = offset;
    if (acknowledges) wish({ type: "ack", offset });
  };
  socket.on("message", (data: Buffer, isBinary: boolean) => {
    if (isBinary) show(data);
    else {
      const said = terminalNews.parse(JSON.parse(data.toString()));
      if (said.type === "typed") heard.resolve();
      else news.push(said);
    }
    for (const check of waiting) check();
  });
  const closed = once(socket, "close").then(([code]) => z.number().parse(code));
  const view: TerminalView = {
    get screen() {
      return screen;
    },
    get screens() {
      return screens;
    },
    get text() {
      // The shell's marks around prompts and commands are not what a person sees.
      // oxlint-disable-next-line no-control-regex
      return text.replace(/\x1b\](?:133|7);[^\x07\x1b]*(?:\x07|\x1b\\)/g, "");
    },
    get end() {
      return end;
    },
    counted,
    news,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          if (!fits(view)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        void closed.then(() =>
          reject(new Error(`the socket closed before; it had shown: ${text.slice(-500)}`)),
        );
        check();
      }),
    type: (text) => {
      const bytes = Buffer.from(text);
      const message = encodeTyped(typed, bytes);
      typed += bytes.length;
      void heard.promise.then(() => socket.send(message));
    },
    wish,
    closed,
    [Symbol.dispose]: () => socket.terminate(),
  };
  await once(socket, "open");
  wish({ type: "screens", short });
  wish({ type: "writer", id: randomUUID() });
  return view;
}
