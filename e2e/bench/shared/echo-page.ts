/** Keys in the built app: from the key in the page until the page has its echo on the terminal's screen, not yet drawn. */
import type { Browser } from "playwright-core";
import { connectDaemon } from "#main/daemon/client.ts";
import { dataDir } from "#main/kernel/data-dir.ts";
import type { BuiltApp } from "../../driver/window.ts";
import { openApp } from "./app-terminal.ts";

export interface EchoPage extends AsyncDisposable {
  /** Types so many keys, one every `betweenMs`. Milliseconds for each. */
  type(keys: number, betweenMs: number): Promise<number[]>;
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
  return {
    async type(keys, betweenMs) {
      await page.evaluate("echoes.length = 0");
      for (let n = 0; n < keys; n += 1) {
        await page.keyboard.press(String.fromCodePoint(97 + (n % 26)), { delay: betweenMs });
        await page.waitForFunction(`echoes.length > ${n}`);
      }
      return page.evaluate<number[]>("[...echoes]");
    },
    async [Symbol.asyncDispose]() {
      await daemon[Symbol.asyncDispose]();
      await app[Symbol.asyncDispose]();
    },
  };
}
