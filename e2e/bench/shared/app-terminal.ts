/** The built app in Chromium, with one session whose terminal has the keys. */
import path from "node:path";
import type { Browser } from "playwright-core";
import { connect } from "#app/cli/connect.ts";
import type { Client } from "#app/cli/connect.ts";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { say } from "#main/agent/testing/model-server/script.ts";
import { createRepository } from "../../driver/repository.ts";
import { startWindow } from "../../driver/window.ts";
import type { BuiltApp } from "../../driver/window.ts";
import { openContext, pageTerminal } from "./page-terminals.ts";
import type { PageTerminal } from "./page-terminals.ts";

export interface AppTerminal extends PageTerminal, AsyncDisposable {
  readonly client: Client;
  readonly dataDir: string;
  size(): Promise<{ readonly cols: number; readonly rows: number }>;
  /** Bytes of output that the page was given so far, screens not counted. */
  given(): Promise<number>;
  /** Bytes that the page did not get because it was shown a screen behind them. */
  skipped(): Promise<number>;
}

/** Runs in the page, before all else there: counts what comes on the terminals' sockets, and hears when it is shown. */
function countBytes(): void {
  const counted = { given: 0, skipped: 0, next: -1, onShown: () => {} };
  const count = (frame: ArrayBuffer): void => {
    const view = new DataView(frame);
    if (view.getUint8(0) === 1) {
      const offset = Number(view.getBigUint64(1));
      if (offset !== counted.next) throw new Error(`byte ${offset} came instead of ${counted.next}`);
      counted.given += frame.byteLength - 9;
      counted.next = offset + frame.byteLength - 9;
      return;
    }
    const header = new TextDecoder().decode(new Uint8Array(frame, 5, view.getUint32(1)));
    const offset = Number(JSON.parse(header).offset);
    if (counted.next >= 0) counted.skipped += offset - counted.next;
    counted.next = offset;
  };
  class CountedSocket extends WebSocket {
    constructor(url: string, protocols: string) {
      super(url, protocols);
      if (!url.includes("/terminal/")) return;
      this.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
        if (data instanceof ArrayBuffer) count(data);
      });
    }
    override send(message: string | ArrayBuffer): void {
      super.send(message);
      if (typeof message === "string" && message.includes('"ack"')) counted.onShown();
    }
  }
  Object.assign(window, { WebSocket: CountedSocket, counted });
}

export async function openApp(built: BuiltApp, browser: Browser): Promise<AppTerminal> {
  const owned = new AsyncDisposableStack();
  const model = owned.use(await startModelServer([{ match: "", steps: [say("Done.")] }]));
  const env = { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: "sk-none" };
  const started = owned.use(await startWindow(built, { env }));
  const { dataDir, root } = started.oriel;
  const project = await createRepository(path.join(root, "project"), { "a.txt": "one\n" });
  const connection = await connect(dataDir);
  if (!connection) throw new Error("no host runs");
  const { client } = owned.use(connection);
  await client.sessions.create({ project, sessions: [{ task: "Look" }] });
  const page = await openContext(browser, countBytes);
  owned.defer(() => page.context().close());
  await page.goto(started.url);
  await page.getByRole("navigation", { name: "Sessions" }).getByRole("button", { name: "Look" }).click();
  await page.getByRole("tab", { name: "Terminal" }).click();
  await page.getByRole("textbox", { name: "Terminal input" }).focus();
  const terminal = pageTerminal(page, "[role=tab]");
  await terminal.run("printf '\\e]2;here\\a'");
  await terminal.titled("here");
  const counted = (what: "given" | "skipped") => page.evaluate<number>(`window.counted.${what}`);
  return {
    ...terminal,
    client,
    dataDir,
    async size() {
      const [listed] = await client.terminals.list({});
      if (!listed) throw new Error("the session has no terminal");
      return listed;
    },
    given: () => counted("given"),
    skipped: () => counted("skipped"),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
