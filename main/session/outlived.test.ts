/** Commands that outlive their host or their turn, under a network list: the daemon has them, and their proxies. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { ServerResponse } from "node:http";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { call, say, shellCall } from "#main/agent/testing/model-server/script.ts";
import { connectDaemon, ensureDaemon } from "#main/daemon/client.ts";
import { ENTRY, bash, testDaemon } from "#main/daemon/testing/test-daemon.ts";
import { savedResult } from "#main/daemon/testing/saved-result.ts";
import { FailureError } from "#shared/kernel/failure.ts";
import type { Event, EventDraft } from "#shared/session/events.ts";
import { createRecord } from "./record.ts";
import { settle } from "./recovery.ts";
import { createWorld, isOver, valueOf } from "./testing/world.ts";
import type { World } from "./testing/world.ts";

/** A web server that answers nothing before it is told to. */
async function patientServer() {
  const asked = Promise.withResolvers<ServerResponse>();
  const paths: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url);
    if (request.url === "/held") asked.resolve(response);
    else response.end("still here\n");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    /** Of its one address. */
    host: `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    paths,
    /** Resolves when it was asked for what it holds back; then that can be answered. */
    held: asked.promise,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Prints what a proxy answers to a request: its status and its text. Bash alone, as no client asks a proxy for loopback. */
const get = (url: string): string =>
  "exec 3<>/dev/tcp/127.0.0.1/${http_proxy##*:}; " +
  `printf 'GET ${url} HTTP/1.0\\r\\n\\r\\n' >&3; ` +
  "tr -d '\\r' <&3 | sed -n '1p; /^$/,$p' | sed /^$/d";

/** kill -9 of a host whose session's command is at work, once `when` it is. */
async function killHostOf(world: World, allowed: string, when: Promise<unknown>): Promise<string> {
  const entry = path.join(import.meta.dirname, "testing/host.ts");
  const args = [entry, world.dir.root, world.project, world.server.url, allowed];
  const host = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(host, "exit");
  try {
    const died = ended.then(() => Promise.reject(new Error("the host ended by itself")));
    const said = once(createInterface({ input: host.stdout }), "line");
    const [[session]] = await Promise.race([Promise.all([said, when]), died]);
    return String(session);
  } finally {
    host.kill("SIGKILL");
    await ended;
  }
}

const noticesIn = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === "notice" ? [event.body] : []));

test("a command goes on over a kill -9 of the host: it reaches whom it may and nobody else, and all of it is told", async () => {
  await using server = await patientServer();
  const command = [
    get(`http://${server.host}/held`),
    get(`http://${server.host}/after`),
    get("http://denied.example/"),
    "exit 3",
  ].join("; ");
  const steps = [shellCall(command), say("Done.")];
  await using world = await createWorld([{ match: "", steps, by: "conversation" }]);
  const session = await killHostOf(world, server.host, server.held);

  await using host = await world.start();
  const before = await host.summary(session);
  expect(before).toMatchObject({ turn: { status: "interrupted", reason: "host_ended" }, open: [{}] });
  (await server.held).end("let go\n");
  await host.until(session, ({ open }) => open.length === 0);
  const history = await host.history(session);
  const [started] = history.filter((event) => event.type === "item.started").slice(-1);
  const told = history.slice(history.findIndex(({ type }) => type === "turn.interrupted") + 1);
  const item = started?.body.item;
  const notice = {
    ...{ level: "warning", code: "sandbox_blocked", item, details: command },
    text: "The sandbox kept a command from: network denied.example:80",
  };
  const refusal =
    "Blocked by Oriel's sandbox: denied.example:80 is not on this session's list of allowed hosts.";
  const output = `HTTP/1.1 200 OK\nlet go\nHTTP/1.1 200 OK\nstill here\nHTTP/1.1 403 Forbidden\n${refusal}\n`;
  expect(told).toMatchObject([
    { type: "notice", body: notice },
    {
      type: "item.completed",
      body: { item, status: "failed", content: { exitCode: 3, output: { head: output } } },
    },
  ]);
  expect(server.paths).toEqual(["/held", "/after"]);

  valueOf(await host.host.services.sessions.continue({ session }));
  await host.until(session, isOver);
  expect(noticesIn(await host.history(session))).toEqual([notice]);
});

test("of a command that its turn left running, and that nobody asked for again, the refusal is an event too", async () => {
  await using server = await patientServer();
  const command = [get(`http://${server.host}/held`), get("http://denied.example/")].join("; ");
  const left = call("shell", { command, cwd: null, yield_ms: 0, stdin: null, escalate: null });
  await using world = await createWorld([{ match: "", steps: [left, say("One."), say("Two.")] }]);
  await using host = await world.start({ allowHosts: [server.host] });
  const session = await host.create();
  await host.until(session, isOver);
  (await server.held).end();
  await using daemon = await connectDaemon({ stateDir: world.dir.state });
  const [running] = (await daemon?.list()) ?? [];
  await daemon?.exited(running?.id ?? "");

  valueOf(await host.host.services.sessions.send({ session, text: "go on", delivery: "queue" }));
  await host.until(session, ({ lastLine }) => lastLine.includes("denied.example:80"));
  const history = await host.history(session);
  const started = history.find(
    (event) => event.type === "item.started" && event.body.content.kind === "command",
  );
  expect(noticesIn(history)).toEqual([
    {
      ...{ level: "warning", code: "sandbox_blocked", details: command },
      item: started?.type === "item.started" ? started.body.item : "",
      text: "The sandbox kept a command from: network denied.example:80",
    },
  ]);
});

/** A session whose host has gone while its turn ran this command of that daemon; and what its next host has. */
async function cutOff(spec: { readonly id: string }, daemon: { readonly instance: string }) {
  const stored: Event[] = [];
  const log = {
    append: async (drafts: readonly EventDraft[]): Promise<readonly Event[]> => {
      const events: Event[] = drafts.map((draft) => ({ ...draft, id: stored.length + 1, seq: 1, v: 1 }));
      stored.push(...events);
      return events;
    },
  };
  const record = createRecord({ log, now: () => 0, id: "ses_one" });
  const texts = { title: "X", task: "X", slug: "x", agent: "oriel", provider: "openai", model: "m" };
  const policy = { approval: "never", sandbox: "workspace-write", parent: null, origin: "person" } as const;
  const roots = [{ project: "/p", base: "main", commit: "0", branch: "oriel/x" }];
  await record.append("session.created", { ...texts, ...policy, roots });
  await record.append("turn.started", { turn: "trn_1", reason: "task", sandboxed: true });
  const command = {
    command: "it",
    cwd: "",
    handle: spec.id,
    daemon: daemon.instance,
    sandbox: "none",
  } as const;
  const content = { kind: "command", ...command } as const;
  await record.append("item.started", { turn: "trn_1", item: "itm_1", content });
  const told = record.next(
    (event) => (event.type === "item.completed" ? event.body : null),
    new AbortController().signal,
  );
  const services = {
    readHistory: async () => stored,
    releaseCommands: async () => undefined,
    redact: (text: string) => text,
    putBlob: () => Promise.reject(new Error("nothing here is large")),
    report: (error: unknown) => expect.unreachable(String(error)),
  };
  return { record, told, services };
}

const FOUND = { item: "itm_1", status: "failed", content: { exitCode: 4, output: { head: "late\n" } } };
const UNAVAILABLE = new FailureError({ code: "daemon_unavailable", message: "It does not answer." });

test("the result of a command whose daemon did not answer is at its row once it does", async () => {
  await using running = await testDaemon();
  const daemon = await running.client();
  const spec = bash("echo late; exit 4", { session: "ses_one" });
  await daemon.start(spec);
  const { record, told, services } = await cutOff(spec, daemon);
  let asked = 0;
  await settle(record, {
    ...services,
    existingDaemon: async () => {
      asked += 1;
      // It stopped answering, was not even reached, and goes on.
      if (asked === 1) return { ...daemon, state: () => Promise.reject(UNAVAILABLE) };
      if (asked <= 3) throw UNAVAILABLE;
      return daemon;
    },
    daemon: () => Promise.reject(UNAVAILABLE),
  });
  const { turn, open } = record.summary;
  const text =
    "Oriel ended in the middle of this turn. Whether `it` still runs is not known: its process does not answer. Its result is at its row once it does.";
  expect({ turn, open }).toMatchObject({ turn: { status: "interrupted", text }, open: [{ item: "itm_1" }] });
  expect(await told).toMatchObject(FOUND);
});

test("the result that a dead daemon has left is at its row, also beside an older daemon, and once the next can be started", async () => {
  await using running = await testDaemon();
  const { stateDir } = running;
  const older = await ensureDaemon({ stateDir, entry: ENTRY, version: "0" });
  const shell = { session: "ses_other", argv: ["bash"], cwd: "/tmp", env: {}, cols: 80, rows: 24 };
  await older.openTerminal({ id: `outlived-${process.pid}`, ...shell });
  await older[Symbol.asyncDispose]();
  const dead = await running.client();
  const spec = bash("echo late; exit 4", { session: "ses_one" });
  await dead.start(spec);
  await dead.exited(spec.id);
  const { pid } = dead;
  await dead[Symbol.asyncDispose]();
  await savedResult(stateDir);
  process.kill(pid, "SIGKILL");

  const { record, told, services } = await cutOff(spec, dead);
  let started = 0;
  await settle(record, {
    ...services,
    existingDaemon: () => connectDaemon({ stateDir }),
    daemon: async () => {
      started += 1;
      if (started <= 2) throw UNAVAILABLE;
      return running.client();
    },
  });
  expect(record.summary.open).toMatchObject([{ item: "itm_1" }]);
  expect(await told).toMatchObject(FOUND);
});
