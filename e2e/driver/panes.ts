/**
 * The terminal's and the diff's pane in a real Chromium, with a host beside them that is only a script: it serves the
 * page under the policy of the real one, and speaks the frames of a terminal.
 */
import { once } from "node:events";
import type { Page } from "playwright-core";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { securityHeaders } from "#app/host/web/headers.ts";
import { decodeTyped, encodeOutput, encodeScreen, terminalWish } from "#shared/terminal/protocol.ts";
import type { ScreenHeader, TerminalNews, TerminalWish } from "#shared/terminal/protocol.ts";
import { launchBrowser, PLAIN_DRAWING } from "./browser.ts";
import { serveTestPages } from "./test-pages.ts";
import { until } from "./until.ts";

const TOKEN = "panes";
const SHELL = "shell-1";

/** The host's side of one terminal, for as long as the page is attached to it. */
export interface Attached {
  readonly terminal: string;
  screen(text: string, header?: Partial<ScreenHeader>): void;
  output(offset: number, text: string | Uint8Array): void;
  news(news: TerminalNews): void;
  /** What was typed on this connection and had not come on another, so far. */
  readonly input: string;
  readonly wishes: readonly TerminalWish[];
  /** Resolves when it is true of what the page has sent. */
  until(fits: (attached: Attached) => boolean): Promise<void>;
  /** Resolves when the page has let go. */
  readonly closed: Promise<void>;
  /** Cuts the connection. */
  cut(): void;
}

export interface Panes extends AsyncDisposable {
  /** Closes the page before. */
  open(query: string, size?: { width: number; height: number }): Promise<Page>;
  /** Resolves with the next terminal that a page attaches to. */
  attached(): Promise<Attached>;
  /** While true, terminals are refused as by a host that is not there. */
  refuse(refuses: boolean): void;
  /** While true, what is typed comes to a host that dies before the shell has it. */
  lose(loses: boolean): void;
}

/** `drawing`: how Chromium draws. */
export async function openPanes(drawing: readonly string[] = PLAIN_DRAWING): Promise<Panes> {
  const owned = new AsyncDisposableStack();
  const pages = owned.use(await serveTestPages(securityHeaders));
  const waiting: ((attached: Attached) => void)[] = [];
  const ready: Attached[] = [];
  let refuses = false;
  const shell: Shell = { loses: false, got: new Map() };
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: (names) => [...names][0] ?? false });
  pages.server.on("upgrade", (request, socket, head) => {
    const { pathname } = new URL(request.url ?? "/", "http://panes");
    const terminal = decodeURIComponent(pathname.replace("/terminal/", ""));
    if (refuses || request.headers["sec-websocket-protocol"] !== `oriel.${TOKEN}`) {
      socket.destroy();
      return;
    }
    sockets.handleUpgrade(request, socket, head, (connection) => {
      const attached = attach(terminal, connection, shell);
      const next = waiting.shift();
      if (next) next(attached);
      else ready.push(attached);
    });
  });

  owned.defer(() => {
    for (const connection of sockets.clients) connection.terminate();
  });
  const browser = owned.use(await launchBrowser(drawing));
  return {
    async open(query, viewport = { width: 900, height: 600 }) {
      // What another test has left is nobody else's.
      await Promise.all(browser.contexts().map((context) => context.close()));
      refuses = false;
      shell.loses = false;
      waiting.length = 0;
      ready.length = 0;
      const context = await browser.newContext({
        viewport,
        permissions: ["clipboard-read", "clipboard-write"],
      });
      const page = await context.newPage();
      // Below a test's own limit, so that what did not come is named.
      page.setDefaultTimeout(60_000);
      // Whatever the page throws, or its policy forbids, is the test's failure.
      page.on("pageerror", (error) => {
        throw error;
      });
      page.on("console", (message) => {
        if (message.type() === "error" && /Content Security Policy/.test(message.text()))
          throw new Error(message.text());
      });
      await page.goto(`${pages.panes}?${query}#token=${TOKEN}`);
      return page;
    },
    attached: () => {
      const first = ready.shift();
      return first ? Promise.resolve(first) : new Promise((resolve) => waiting.push(resolve));
    },
    refuse: (now) => void (refuses = now),
    lose: (now) => void (shell.loses = now),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Shell {
  loses: boolean;
  /** Bytes of each writer. */
  readonly got: Map<string, number>;
}

function attach(terminal: string, socket: WebSocket, shell: Shell): Attached {
  const wishes: TerminalWish[] = [];
  const checks = new Set<() => void>();
  let input = "";
  let writer = "";
  const tell = (): void => {
    const news: TerminalNews = { type: "typed", shell: SHELL, offset: shell.got.get(writer) ?? 0 };
    socket.send(JSON.stringify(news));
  };
  const type = (message: Buffer): void => {
    const typed = decodeTyped(message);
    if (shell.loses || typed === null) return;
    const got = shell.got.get(writer) ?? typed.offset;
    if (typed.offset > got) throw new Error(`byte ${typed.offset} was typed behind byte ${got}`);
    input += Buffer.from(typed.bytes.subarray(got - typed.offset)).toString();
    shell.got.set(writer, Math.max(got, typed.offset + typed.bytes.length));
    tell();
  };
  socket.on("message", (data: Buffer, isBinary: boolean) => {
    if (isBinary) type(data);
    else {
      const wish = terminalWish.parse(JSON.parse(data.toString()));
      wishes.push(wish);
      if (wish.type === "writer") {
        writer = wish.id;
        tell();
      }
    }
    for (const check of checks) check();
  });
  const attached: Attached = {
    terminal,
    screen: (text, header) =>
      socket.send(encodeScreen({ shell: SHELL, offset: 0, cols: 80, rows: 24, title: "", ...header }, text)),
    output: (offset, text) =>
      socket.send(encodeOutput(offset, typeof text === "string" ? Buffer.from(text) : text)),
    news: (news) => socket.send(JSON.stringify(news)),
    get input() {
      return input;
    },
    wishes,
    until: (fits) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (!fits(attached)) return;
          checks.delete(check);
          resolve();
        };
        checks.add(check);
        check();
      }),
    closed: once(socket, "close").then(() => undefined),
    cut: () => socket.terminate(),
  };
  return attached;
}

/**
 * Resolves when the page says that `expression`, or what it promises, is true. Playwright's own wait looks at a text once
 * where the page's policy forbids to evaluate one, and takes a promise for true.
 */
export async function untilTrue(page: Page, expression: string): Promise<void> {
  await until(async () => ((await page.evaluate(expression)) === true ? true : null));
}

/** Makes the page's fixture answer a verb so from now on. */
export async function answer(page: Page, verb: string, value: unknown): Promise<void> {
  await page.evaluate(
    `window.panes.fixture.answer(${JSON.stringify(verb)}, () => (${JSON.stringify(value)}))`,
  );
}

/** Makes the page's fixture refuse a verb in these words. */
export async function refuseVerb(page: Page, verb: string, message: string): Promise<void> {
  const given = [verb, message, { details: "fatal: not a git repository" }].map((value) =>
    JSON.stringify(value),
  );
  await page.evaluate(`window.panes.fixture.refuse(${given.join(", ")})`);
}
