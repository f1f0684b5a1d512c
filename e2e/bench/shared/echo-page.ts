/** Keys in the built app: from the key in the page until the page has its echo on the terminal's screen, not yet drawn. */
import type { Browser } from "playwright-core";
import { connectDaemon } from "#main/daemon/client.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import type { BuiltApp } from "../../driver/window.ts";
import { openApp } from "./app-terminal.ts";
import { cellsInPage } from "./page-cells.ts";

export interface EchoPage extends AsyncDisposable {
  /**
   * Types `keys`, one every `betweenMs`. Milliseconds for each. Throws where the terminal then ends with anything but all
   * keys that were ever typed.
   */
  type(keys: string, betweenMs: number): Promise<number[]>;
}

/** A session's terminal runs the first script, and other terminals of the session, which nobody looks at, the others. */
export async function openEchoPage(
  built: BuiltApp,
  browser: Browser,
  [echo = "", ...others]: readonly string[],
): Promise<EchoPage> {
  const app = await openApp(built, browser);
  const [terminal] = await app.client.terminals.list({});
  if (!terminal) throw new Error("the session has no terminal");
  const daemon = await connectDaemon({ stateDir: dataDir(app.dataDir).state });
  if (!daemon) throw new Error("no daemon runs");
  for (const [n, script] of others.entries()) {
    await daemon.openTerminal({
      ...{ id: `trm_other${n}`, session: terminal.session, cwd: "/tmp", cols: 120, rows: 40 },
      ...{ argv: ["bash", "--norc", "-c", script], env: { PATH: process.env["PATH"] ?? "" } },
    });
  }
  const { page } = app;
  const ready = Promise.withResolvers<void>();
  const detach = await daemon.attachTerminal(terminal.id, {
    onScreen() {},
    onOutput: (bytes) => Buffer.from(bytes).includes("ready") && ready.resolve(),
  });
  await app.run(echo);
  await ready.promise;
  detach();
  await page.evaluate(`
    window.echoes = [];
    let pressed = null;
    addEventListener("keydown", () => (pressed = performance.now()), { capture: true });
    counted.onShown = () => {
      if (pressed !== null) echoes.push(performance.now() - pressed);
      pressed = null;
    };
  `);
  let typed = "ready";
  return {
    async type(keys, betweenMs) {
      await page.evaluate("echoes.length = 0");
      for (const [n, key] of keys.split("").entries()) {
        await page.keyboard.press(key, { delay: betweenMs });
        await page.waitForFunction(`echoes.length > ${n}`);
      }
      typed += keys;
      const [cells] = await cellsInPage(page);
      const shown = cells?.lines.join("") ?? "";
      if (!shown.endsWith(typed)) throw new Error(`the page shows ${shown}, and ${typed} was typed`);
      return page.evaluate<number[]>("[...echoes]");
    },
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]();
      await app[Symbol.asyncDispose]();
    },
  };
}
