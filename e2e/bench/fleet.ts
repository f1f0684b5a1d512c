/**
 * `npm run bench -- fleet`: the built app in a real Chromium with 16 sessions streaming, six of them side by side, against
 * the same page and the same sessions at rest; then how soon the list stands with 1,000 sessions in the log, against 1.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { once } from "node:events";
import type { Browser, Page } from "playwright-core";
import { connect } from "#app/cli/connect.ts";
import type { Client } from "#app/cli/connect.ts";
import { newSession } from "#shared/session/contract.ts";
import { createRepository } from "../driver/repository.ts";
import { until } from "../driver/until.ts";
import { launchBrowser } from "../driver/browser.ts";
import { builtApp, openPage, startWindow } from "../driver/window.ts";
import type { BuiltApp } from "../driver/window.ts";
import { fillHistory } from "./shared/history.ts";
import { feel, heapOf } from "./shared/page-probes.ts";
import type { Felt } from "./shared/page-probes.ts";
import { print, quantile } from "./shared/pairs.ts";
import { STREAM_WORDS } from "./shared/streaming-model.ts";

const SESSIONS = 16;
const RUNS = 3;
/** How long each side is felt. Milliseconds. */
const FEEL_MS = 8000;
const SIDEBAR_RUNS = 7;
const MB = 1_000_000;
const ALL = `MB with ${SESSIONS} sessions, against none`;

interface Memory {
  /** Of the host, resident. Bytes. */
  readonly rss: number;
  /** Of the page, JavaScript's alone. Bytes. */
  readonly heap: number;
}

interface Sample extends Felt, Memory {
  /** 99 of 100 answers of the host to a question that costs nothing came within this. Milliseconds. */
  readonly host: number;
}

async function memoryOf(page: Page, client: Client): Promise<Memory> {
  const { pid } = await client.host.info();
  return { rss: residentOf(pid), heap: await heapOf(page) };
}

async function sampleOf(page: Page, client: Client): Promise<Sample> {
  const field = page.getByRole("textbox", { name: /^Message to/ }).first();
  const ended = new AbortController();
  const [felt, asked] = await Promise.all([
    feel(page, field, FEEL_MS).finally(() => ended.abort()),
    askAgainAndAgain(client, ended.signal),
  ]);
  return { ...felt, ...(await memoryOf(page, client)), host: quantile(asked, 0.99) };
}

/** How long each answer took: what a loop that is held up adds to it. */
async function askAgainAndAgain(client: Client, signal: AbortSignal): Promise<readonly number[]> {
  const took: number[] = [];
  while (!signal.aborted) {
    const before = performance.now();
    await client.host.info();
    took.push(performance.now() - before);
    await pause(10);
  }
  return took;
}

const residentOf = (pid: number): number =>
  Number(/^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;

const untilAll = (client: Client, status: "running" | "ended"): Promise<true> =>
  until(async () => {
    const sessions = await client.sessions.list();
    const fits = sessions.filter(
      ({ turn }) => turn !== null && (turn.status === "running") === (status === "running"),
    );
    return fits.length === SESSIONS ? true : null;
  });

/** Pairs of samples: all at rest, and all streaming. */
async function sampleFleet(page: Page, client: Client, project: string) {
  await client.settings.set({ places: SESSIONS });
  const wishes = Array.from({ length: SESSIONS }, (_, index) =>
    newSession.parse({ task: `Task ${index + 1}`, approval: "never" }),
  );
  const { sessions } = await client.sessions.create({ project, sessions: wishes });
  await untilAll(client, "ended");
  // More than fit side by side begin as a wall.
  await page.getByRole("radio", { name: "Columns" }).click();
  const pairs: { rest: Sample; stream: Sample }[] = [];
  // The first pair only warms up.
  for (let run = 0; run <= RUNS; run += 1) {
    const rest = await sampleOf(page, client);
    for (const { id } of sessions)
      await client.sessions.send({ session: id, text: STREAM_WORDS, delivery: "steer" });
    await untilAll(client, "running");
    await page
      .getByRole("log")
      .getByText(/line \d+: ok/)
      .first()
      .waitFor();
    pairs.push({ rest, stream: await sampleOf(page, client) });
    for (const { id } of sessions) await client.sessions.stop({ session: id });
    await untilAll(client, "ended");
  }
  return pairs.slice(1);
}

async function benchFleet(built: BuiltApp, browser: Browser): Promise<void> {
  const model = new Worker(new URL("./shared/streaming-model.ts", import.meta.url));
  const [url]: unknown[] = await once(model, "message");
  try {
    await using window = await startWindow(built, {
      env: { OPENAI_BASE_URL: String(url), OPENAI_API_KEY: "sk-none" },
    });
    const project = await createRepository(path.join(window.oriel.root, "project"), { "a.txt": "one\n" });
    await using opened = await openPage(browser, window.url);
    using connection = await connect(window.oriel.dataDir);
    if (!connection) throw new Error("no host runs");
    const none = await memoryOf(opened.page, connection.client);
    const pairs = await sampleFleet(opened.page, connection.client, project);
    const line = (name: string, unit: string, figure: (sample: Sample) => number): void =>
      print(
        name,
        unit,
        RUNS,
        pairs.map(({ stream }) => figure(stream)),
        pairs.map(({ rest }) => figure(rest)),
      );
    line("fleet-frame", "ms, the longest", ({ frame }) => frame);
    line("fleet-key", "ms, the median", ({ keys }) => quantile(keys, 0.5));
    line("fleet-key-slowest", "ms, the slowest", ({ keys }) => quantile(keys, 1));
    line("fleet-host", "ms, 99 of 100 answers", ({ host }) => host);
    const streams = pairs.map(({ stream }) => stream);
    print(
      "fleet-host-memory",
      ALL,
      RUNS,
      streams.map(({ rss }) => rss / MB),
      [none.rss / MB],
    );
    print(
      "fleet-page-memory",
      ALL,
      RUNS,
      streams.map(({ heap }) => heap / MB),
      [none.heap / MB],
    );
  } finally {
    await model.terminate();
  }
}

/** Milliseconds from opening the page to the first row of its list. */
async function firstRow(browser: Browser, url: string): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const shown = new Promise((resolve) =>
      new MutationObserver((_, observer) => {
        if (!document.querySelector("nav [data-item]")) return;
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => resolve(performance.now())));
      }).observe(document, { subtree: true, childList: true }),
    );
    Object.assign(window, { shown });
  });
  await page.goto(url);
  const took = await page.evaluate<number>("shown");
  await context.close();
  return took;
}

/** An address of an Oriel with so many sessions in its log. */
async function withHistory(built: BuiltApp, sessions: number) {
  return startWindow(built, { fill: (dataDir) => fillHistory(dataDir, sessions) });
}

async function benchSidebar(built: BuiltApp, browser: Browser): Promise<void> {
  await using many = await withHistory(built, 1000);
  await using one = await withHistory(built, 1);
  const took = { many: Array<number>(), one: Array<number>() };
  for (let run = 0; run <= SIDEBAR_RUNS; run += 1) {
    const [ours, theirs] = [await firstRow(browser, many.url), await firstRow(browser, one.url)];
    if (run === 0) continue;
    took.many.push(ours);
    took.one.push(theirs);
  }
  print("fleet-sidebar", "ms to the first row", SIDEBAR_RUNS, took.many, took.one);
}

await using built = await builtApp();
await using browser = await launchBrowser();
await benchFleet(built, browser);
await benchSidebar(built, browser);
