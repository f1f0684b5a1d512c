import path from "node:path";
import { expect, test } from "vitest";
import { startModelServer } from "#main/agent/testing/model-server/model-server.ts";
import { say } from "#main/agent/testing/model-server/script.ts";
import type { Client } from "#app/cli/connect.ts";
import { createOriel } from "../driver/oriel.ts";
import { createRepository } from "../driver/repository.ts";
import { until } from "../driver/until.ts";
import { connectWeb, openWeb, viewTerminal } from "../driver/web.ts";

/** An Oriel with one session whose turn is over, and a page that looks at it. */
async function oneSession() {
  const owned = new AsyncDisposableStack();
  const server = owned.use(await startModelServer([{ match: "", steps: [say("Done.")] }]));
  const oriel = owned.use(await createOriel());
  const project = await createRepository(path.join(oriel.root, "project"), { "a.txt": "one\n" });
  const env = {
    HOME: oriel.root,
    SHELL: "/bin/bash",
    PS1: "$ ",
    OPENAI_BASE_URL: server.url,
    OPENAI_API_KEY: "sk-none",
  };
  const address = await openWeb(oriel, env);
  const page = owned.use(await connectWeb(address));
  const { client } = page;
  const { sessions, cursor } = await client.sessions.create({ project, sessions: [{ task: "Look" }] });
  const session = sessions[0]?.id ?? "";
  await untilTurnEnded(client, session, cursor);
  const leave = (): void => page[Symbol.dispose]();
  return { oriel, env, address, client, session, leave, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function untilTurnEnded(client: Client, session: string, from: number): Promise<void> {
  for (let after = from; ;) {
    const { events, cursor } = await client.log.read({
      after,
      sessions: [session],
      slim: true,
      waitMs: 20_000,
    });
    if (events.some(({ type }) => type === "turn.completed" || type === "turn.failed")) return;
    after = cursor;
  }
}

const SIZE = { cols: 80, rows: 24 };

test("a terminal echoes, is resized for all viewers, outlives a killed host, and ends with its session", async () => {
  await using at = await oneSession();
  const { oriel, session } = at;
  const opened = await at.client.terminals.open({ session, ...SIZE });
  expect(opened).toEqual({
    id: expect.stringMatching(/^trm_/),
    session,
    title: "bash",
    ...SIZE,
    exitCode: null,
  });
  using view = await viewTerminal(at.address, opened.id);
  view.type('echo "${PWD##*/}|${OPENAI_API_KEY-none}|$TERM|é"\n');
  await view.until(({ text }) => text.includes("look|none|xterm-256color|é"));

  using other = await viewTerminal(at.address, opened.id);
  await other.until(({ screens }) => screens === 1);
  other.wish({ type: "resize", cols: 100, rows: 30 });
  await view.until(({ news }) => news.length > 0);
  expect({ first: view.news, second: other.news }).toEqual({
    first: [{ type: "size", cols: 100, rows: 30 }],
    second: [],
  });
  view.type("stty size; PS1='ready> '\n");
  await view.until(({ text }) => /30 100[^]*ready> $/.test(text));

  using before = await viewTerminal(at.address, opened.id);
  await before.until(({ screens }) => screens === 1);
  await at.client.settings.set({ theme: "dark", places: 3, model: "gpt-6-sol" });
  await oriel.killHost();
  expect(await view.closed).toBe(1006);

  const address = await openWeb(oriel, at.env);
  expect(address).toEqual(at.address);
  using again = await connectWeb(address);
  const { client } = again;
  expect(await client.settings.get()).toMatchObject({
    theme: "dark",
    places: 3,
    model: "gpt-6-sol",
    resume: "ask",
  });
  const listed = await client.terminals.list({ session });
  expect(listed).toMatchObject([{ id: opened.id, session, cols: 100, rows: 30, exitCode: null }]);
  using after = await viewTerminal(address, opened.id);
  await after.until(({ screens }) => screens === 1);
  expect(after.screen).toEqual(before.screen);
  after.type("echo $((6 * 7))\n");
  await after.until(({ text }) => text.includes("42"));

  await client.sessions.archive({ session });
  await after.until(({ news }) => news.some(({ type }) => type === "exit"));
  expect(await client.terminals.list({})).toEqual([]);
  await expect(client.terminals.open({ session, ...SIZE })).rejects.toMatchObject({
    data: { code: "session_archived" },
  });
  using gone = await viewTerminal(address, opened.id);
  expect(await gone.closed).toBe(4404);
  expect(gone.news).toMatchObject([{ type: "error", failure: { code: "unknown_terminal" } }]);
});

test("a viewer that never reads stalls neither the shell nor another viewer, and skips ahead when it reads", async () => {
  await using at = await oneSession();
  const { id } = await at.client.terminals.open({ session: at.session, ...SIZE });
  using lazy = await viewTerminal(at.address, id, { acknowledges: false });
  using eager = await viewTerminal(at.address, id);
  await lazy.until(({ screens }) => screens === 1);
  await eager.until(({ screens }) => screens === 1);
  lazy.wish({ type: "ack", offset: lazy.screen?.header.offset ?? 0 });
  eager.type("PS1='prompt> '; seq 1 300000; echo the-''end\n");
  // It may have fallen behind as well, and a screen ends with its modes.
  await eager.until(({ text }) => /the-end[^]*prompt> /.test(text));
  // It was sent a window of it and no more.
  expect(lazy.screens).toBe(1);
  expect(lazy.text).not.toContain("the-end");
  expect(lazy.text.length).toBeLessThan(600_000);

  lazy.wish({ type: "ack", offset: Number.MAX_SAFE_INTEGER });
  await lazy.until(({ screens }) => screens === 2);
  expect(lazy.text).toContain("the-end");
  eager.type("exit 3\n");
  await eager.until(({ news }) => news.some(({ type }) => type === "exit"));
  expect(eager.news).toEqual([{ type: "exit", exitCode: 3 }]);
  expect(await at.client.terminals.list({})).toMatchObject([{ id, exitCode: 3 }]);
  await at.client.terminals.close({ terminal: id });
  expect(await at.client.terminals.list({})).toEqual([]);
});

test("what one viewer clears is gone for the other, for who comes later, and after a killed host", async () => {
  await using at = await oneSession();
  const { id } = await at.client.terminals.open({ session: at.session, ...SIZE });
  using first = await viewTerminal(at.address, id);
  using second = await viewTerminal(at.address, id);
  await second.until(({ screens }) => screens === 1);
  first.type("PS1='ready> '; seq 1 100; echo sec''ret\n");
  await Promise.all([first, second].map((view) => view.until(({ text }) => /secret[^]*ready> /.test(text))));
  const screens = second.screens;
  first.wish({ type: "clear" });
  await Promise.all([first, second].map((view) => view.until(({ text }) => !text.includes("secret"))));
  expect(second.screens).toBe(screens + 1);
  expect(second.text).toMatch(/^ready> /);
  first.type("echo af''ter\n");
  await second.until(({ text }) => text.includes("after"));
  await at.oriel.killHost();
  await Promise.all([first.closed, second.closed]);
  using later = await viewTerminal(await openWeb(at.oriel, at.env), id);
  await later.until(({ text }) => text.includes("after"));
  expect(later.text).not.toContain("secret");
});

test("a viewer has the last lines of the scrollback at first, and the rest for the asking, once", async () => {
  await using at = await oneSession();
  const { id } = await at.client.terminals.open({ session: at.session, ...SIZE });
  using whole = await viewTerminal(at.address, id);
  whole.type("PS1='prompt> '; seq -f 'line %g.' 1 1000\n");
  await whole.until(({ text }) => /line 1000\.[^]*prompt> /.test(text));
  using view = await viewTerminal(at.address, id, { short: true });
  await view.until(({ screens }) => screens === 1);
  expect(view.screen?.header.short).toBe(true);
  expect(view.text).toContain("line 900.");
  expect(view.text).not.toContain("line 700.");
  view.wish({ type: "screens", short: true });
  view.wish({ type: "screens", short: false });
  view.wish({ type: "screens", short: false });
  view.type("echo $((6 * 7))\n");
  await view.until(({ screens, text }) => screens === 2 && /\b42\r\n/.test(text));
  expect(view.screen?.header.short).toBe(false);
  expect(view.text).toMatch(/line 1\.[^]*line 700\.[^]*line 1000\./);
  // Asked for before the short one has come, all comes too.
  using hasty = await viewTerminal(at.address, id, { short: true });
  hasty.wish({ type: "screens", short: false });
  await hasty.until(({ text }) => text.includes("line 1."));
});

test("a host that nobody looks at any more ends in good order, and its shells and what they run go on", async () => {
  await using at = await oneSession();
  const { id } = await at.client.terminals.open({ session: at.session, ...SIZE });
  const host = await at.oriel.hostPid();
  {
    using view = await viewTerminal(at.address, id);
    view.type("PS1='prompt> '; bash -c 'read word; echo got $word by $$'\n");
    await view.until(({ text }) => text.includes("got $word"));
  }
  at.leave();
  await until(() => (isAlive(host) ? null : true));
  using later = await viewTerminal(await openWeb(at.oriel, at.env), id);
  later.type("it\n");
  await later.until(({ text }) => /got it by \d+[^]*prompt> $/.test(text));
  expect(await at.oriel.hostPid()).not.toBe(host);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const FLOOD = 8_000_000;

test("of a flood each byte is shown or skipped by a screen; Ctrl-C ends one that would not end", async () => {
  await using at = await oneSession();
  const { id } = await at.client.terminals.open({ session: at.session, ...SIZE });
  using view = await viewTerminal(at.address, id);
  const flood = `printf 'rea''dy'; read -r; yes 'a line of the flood' | head -c ${FLOOD}; printf 'do''ne'; read -r`;
  view.type(`PS1='prompt> '; bash --norc -c "stty -opost -echo; ${flood}; stty sane; yes"\n`);
  await view.until(({ end }) => end.endsWith("ready"));
  const before = { ...view.counted };
  view.type("\n");
  // Behind it a screen may have its modes.
  await view.until(({ end }) => end.includes("done"));
  const { given, skipped } = view.counted;
  expect(given - before.given + skipped - before.skipped).toBe(FLOOD + "done".length);

  const { given: shown } = view.counted;
  view.type("\n");
  await view.until(({ counted }) => counted.given > shown + 500_000);
  view.type("\x03");
  await view.until(({ end }) => end.includes("prompt> "));
  view.type("echo $((6 * 7))\n");
  await view.until(({ end }) => /\b42\r\n/.test(end));
});

test("a message that is none closes the viewer, not the terminal", async () => {
  await using at = await oneSession();
  const { id } = await at.client.terminals.open({ session: at.session, ...SIZE });
  using bad = await viewTerminal(at.address, id);
  bad.wish(JSON.parse('{"type": "resize", "cols": 1e9, "rows": -1}'));
  expect(await bad.closed).toBe(1007);
  expect(await at.client.terminals.list({})).toMatchObject([{ id, ...SIZE, exitCode: null }]);
});
