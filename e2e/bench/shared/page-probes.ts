/** What a page's person would feel: frames that come late, keys that show late. */
import type { Locator, Page } from "playwright-core";
import { z } from "zod";

export interface Felt {
  /** The longest time between two frames. Milliseconds. */
  readonly frame: number;
  /** From each key to the frame that shows it, in order. Milliseconds. */
  readonly keys: readonly number[];
}

const felt = z.object({ frame: z.number(), keys: z.array(z.number()) });

/** Runs in the page. Must name nothing from outside itself. */
function watch(): void {
  const keys: number[] = [];
  let frame = 0;
  let last: number | null = null;
  const onKey = ({ timeStamp }: KeyboardEvent): void =>
    void requestAnimationFrame(() => {
      // The frame is painted when the next task runs.
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener("message", () => {
        keys.push(performance.now() - timeStamp);
        port1.close();
      });
      port1.start();
      port2.postMessage(null);
    });
  let going = true;
  const tick = (now: number): void => {
    if (last !== null) frame = Math.max(frame, now - last);
    last = now;
    if (going) requestAnimationFrame(tick);
  };
  addEventListener("keydown", onKey, { capture: true });
  requestAnimationFrame(tick);
  Object.assign(window, {
    endWatch: () => {
      going = false;
      removeEventListener("keydown", onKey, { capture: true });
      return { frame, keys };
    },
  });
}

/** Types into `field` for so long, a key every 100 ms, and says how that felt. */
export async function feel(page: Page, field: Locator, forMs: number): Promise<Felt> {
  await field.fill("");
  await field.focus();
  await page.evaluate(watch);
  await page.keyboard.type("a word ".repeat(Math.ceil(forMs / 700)), { delay: 100 });
  return felt.parse(await page.evaluate("endWatch()"));
}

/** The page's JavaScript heap. */
export interface Heap extends AsyncDisposable {
  /** Bytes, with the rubbish. */
  used(): Promise<number>;
  collect(): Promise<void>;
}

export async function watchHeap(page: Page): Promise<Heap> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  return {
    async used() {
      const { metrics } = await session.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? Number.NaN;
    },
    async collect() {
      await session.send("HeapProfiler.collectGarbage");
    },
    [Symbol.asyncDispose]: () => session.detach(),
  };
}

/** The page's JavaScript heap after its rubbish was collected. Bytes. */
export async function heapOf(page: Page): Promise<number> {
  await using heap = await watchHeap(page);
  await heap.collect();
  return await heap.used();
}
