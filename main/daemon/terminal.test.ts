import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { failureOf } from "#shared/kernel/failure.ts";
import { openChannel } from "./channel.ts";
import type { DaemonClient, ScreenState, TerminalSpec } from "./client.ts";
import { connectEndpoint, daemonFolder, runtimeFolder, tagOf } from "./endpoint.ts";
import { findMembers } from "./proc-linux.ts";
import { verbs } from "./protocol.ts";
import { savedFile } from "./saved.ts";
import { createScreen } from "./screen.ts";
import { type TestDaemon, testDaemon } from "./testing/test-daemon.ts";
import { readToken } from "./token.ts";

let daemon: TestDaemon;
let client: DaemonClient;
beforeAll(async () => {
  daemon = await testDaemon();
  client = await daemon.client();
});
afterAll(() => daemon[Symbol.asyncDispose]());

let lastId = 0;
const shell = (script: string, rest: Partial<TerminalSpec> = {}): TerminalSpec => ({
  id: `term-${process.pid}-${lastId++}`,
  session: "ses_test",
  argv: ["bash", "--norc", "-c", script],
  cwd: "/tmp",
  env: { PATH: process.env["PATH"] ?? "" },
  cols: 40,
  rows: 10,
  ...rest,
});

/** A viewer as a window has one: a terminal that is given what the daemon sends, and the raw text of it. */
async function view(on: DaemonClient, id: string) {
  let screen = createScreen({ cols: 40, rows: 10 });
  let written = Promise.resolve();
  let text = "";
  const screens: (ScreenState & { offset: number })[] = [];
  const waiting = new Set<() => void>();
  const write = (bytes: Uint8Array): void => {
    written = new Promise((resolve) => screen.write(bytes, () => resolve()));
    text += Buffer.from(bytes).toString();
    for (const check of waiting) check();
  };
  const detach = await on.attachTerminal(id, {
    onScreen(state) {
      screens.push(state);
      screen = createScreen(state);
      write(Buffer.from(state.text));
    },
    onOutput: write,
  });
  return {
    screens,
    detach,
    seen: (part: string): Promise<void> =>
      new Promise((resolve) => {
        const check = () => text.includes(part) && (waiting.delete(check), resolve());
        waiting.add(check);
        check();
      }),
    grid: async (): Promise<string> => (await written, (await screen.snapshot()).text),
  };
}

describe("a terminal", () => {
  test("is shown once, however large it is, while it rests in the midst of a sequence", async () => {
    const line = `${"wide ".repeat(7)}.`;
    const spec = shell(
      `stty -echo; for ((n = 0; n < 10100; n++)); do printf '\\e[3%dm%s\\n' $((n % 8)) '${line}${line}${line}'; done; printf 'end\\e[3'; read; printf 1mred; read`,
      { cols: 160 },
    );
    await client.openTerminal(spec);
    const first = await view(client, spec.id);
    await first.seen("end");
    const second = await view(client, spec.id);
    await second.seen("end");
    expect(second.screens[0]?.text.length).toBeGreaterThan(1024 * 1024);
    await client.writeTerminal(spec.id, "\r");
    await second.seen("1mred");
    expect(second.screens.length).toBe(1);
    expect((await second.grid()).endsWith("end\x1b[31mred")).toBe(true);
    await client.killTerminal(spec.id);
  });

  test("shows who attaches in the midst of a sequence or a character what the others see", async () => {
    const spec = shell(
      String.raw`stty -echo; printf 'a\033[3'; read; printf '1mred\303'; read; printf '\251 end'; read`,
    );
    await client.openTerminal(spec);
    const first = await view(client, spec.id);
    await first.seen("a\x1b[3");
    const second = await view(client, spec.id);
    await client.writeTerminal(spec.id, "\r");
    await Promise.all([first, second].map((viewer) => viewer.seen("1mred")));
    const third = await view(client, spec.id);
    await client.writeTerminal(spec.id, "\r");
    await Promise.all([first, second, third].map((viewer) => viewer.seen(" end")));
    const grids = await Promise.all([first, second, third].map((viewer) => viewer.grid()));
    expect(grids).toEqual(Array(3).fill("a\x1b[31mredé end"));
    await client.killTerminal(spec.id);
  });

  test("runs in a pty, reads what is typed, and has its exit", async () => {
    const spec = shell("tty >/dev/null && echo is a tty; read line; echo got $line; exit 5");
    expect(await client.openTerminal(spec)).toEqual({ ok: true, value: undefined });
    expect(await client.openTerminal(spec)).toMatchObject({ ok: false, failure: { code: "exists" } });
    const viewer = await view(client, spec.id);
    await viewer.seen("is a tty");
    await client.writeTerminal(spec.id, "hello\r");
    const exit = await client.terminalExited(spec.id);
    expect(exit).toMatchObject({ exitCode: 5, signal: null });
    await viewer.seen("got hello");
    const [state] = (await client.listTerminals()).filter(({ id }) => id === spec.id);
    expect(state).toEqual({
      id: spec.id,
      shell: state?.shell,
      session: "ses_test",
      pid: state?.pid,
      argv: spec.argv,
      startedAt: state?.startedAt,
      cols: 40,
      rows: 10,
      title: "",
      cwd: null,
      total: state?.total,
      exit,
      lost: false,
      command: null,
    });
    await client.killTerminal(spec.id);
    expect((await client.listTerminals()).map(({ id }) => id)).not.toContain(spec.id);
  });

  test("is adopted by another client with its screen, scrollback, modes, title, folder and size", async () => {
    const spec = shell(
      "seq 1 50; printf '\\e]0;my title\\a\\e]7;file:///srv/x\\a\\e[?2004h\\e[?1002h\\e[?1006h\\e[>1u\\e[31mred'; read; printf ok; read",
    );
    await client.openTerminal(spec);
    const first = await view(client, spec.id);
    await first.seen("red");
    await client.resizeTerminal(spec.id, 60, 12);
    await client.writeTerminal(spec.id, "\r");
    await first.seen("ok");
    first.detach();

    const other = await daemon.client();
    const second = await view(other, spec.id);
    await second.seen("ok");
    const [screen] = second.screens;
    const [state] = (await other.listTerminals()).filter(({ id }) => id === spec.id);
    expect(screen).toEqual({
      text: screen?.text,
      offset: state?.total,
      cols: 60,
      rows: 12,
      title: "my title",
      cwd: "/srv/x",
      marks: [],
      markKey: null,
      short: false,
    });
    expect(state).toMatchObject({ cols: 60, rows: 12, title: "my title", cwd: "/srv/x" });
    const lines = Array.from({ length: 50 }, (_, line) => line + 1).join("\r\n");
    expect(await second.grid()).toBe(
      `${lines}\r\n\x1b[31mred\r\nok\x1b[?2004h\x1b[?1002h\x1b[?1006h\x1b[>1u`,
    );
    await client.killTerminal(spec.id);
  });

  test("cleared by one is clear for all who look, who come later, and on the disk", async () => {
    const spec = shell("seq 1 50; printf 'secret\\n$ '; read; printf more; read");
    await client.openTerminal(spec);
    const viewers = [await view(client, spec.id), await view(await daemon.client(), spec.id)];
    await Promise.all(viewers.map((viewer) => viewer.seen("secret\r\n$ ")));
    const shown = viewers.map(({ screens }) => screens.length);
    await client.clearTerminal(spec.id);
    const folder = path.join(daemonFolder(daemon.stateDir), "terminals", tagOf("test"));
    const saved = await readFile(savedFile(folder, spec.id), "utf8");
    expect(saved.slice(saved.indexOf("\n") + 1)).toBe("$ ");
    await client.writeTerminal(spec.id, "\r");
    for (const [index, viewer] of viewers.entries()) {
      await viewer.seen("more");
      expect(viewer.screens.length).toBe((shown[index] ?? 0) + 1);
      expect(await viewer.grid()).toBe("$ \r\nmore");
    }
    const later = await view(client, spec.id);
    await later.seen("more");
    expect(await later.grid()).toBe("$ \r\nmore");
    await client.killTerminal(spec.id);
  });

  test("cleared in the midst of a flood gives each viewer the same screen", async () => {
    // Its end comes when all is cleared: else it could be cleared too.
    const spec = shell("read; seq 1 200000; read; printf 'end\\n!'; read");
    await client.openTerminal(spec);
    const one = await view(client, spec.id);
    await client.writeTerminal(spec.id, "\r");
    await one.seen("\n5000\r");
    const cleared = [client.clearTerminal(spec.id), client.clearTerminal(spec.id)];
    const other = await view(await daemon.client(), spec.id);
    await Promise.all([...cleared, client.clearTerminal(spec.id)]);
    await client.writeTerminal(spec.id, "\r");
    await Promise.all([one.seen("end\r\n!"), other.seen("end\r\n!")]);
    expect(await one.grid()).toBe(await other.grid());
    await client.killTerminal(spec.id);
  });

  test("attached in the midst of a flood gives the very screen of who watched from the start", async () => {
    // Of a line its end may come apart from it: the last that is waited for is what stands behind.
    const spec = shell("read; seq 1 200000; printf 'end\\n!'; read");
    await client.openTerminal(spec);
    const early = await view(client, spec.id);
    await client.writeTerminal(spec.id, "\r");
    await early.seen("\n5000\r");
    const late = await view(await daemon.client(), spec.id);
    await Promise.all([early.seen("end\r\n!"), late.seen("end\r\n!")]);
    expect(await late.grid()).toBe(await early.grid());
    await client.killTerminal(spec.id);
  });

  test("skips ahead to a fresh screen for a viewer that does not read, and waits for nobody", async () => {
    const spec = shell("read; head -c 30M /dev/zero | tr '\\0' 'x'; echo; echo end; read");
    await client.openTerminal(spec);
    const socket = await connectEndpoint(runtimeFolder(daemon.stateDir));
    if (!socket) throw new Error("no daemon");
    await using slow = await openChannel(socket, readToken(daemonFolder(daemon.stateDir)) ?? "");
    const screens = { count: 0, last: "", next: Promise.withResolvers<void>() };
    let bytes = 0;
    const subscription = slow?.subscribe(
      verbs.attachTerminal,
      { id: spec.id },
      {
        onBytes: (piece) => (bytes += piece.byteLength),
        onEvent(event, text) {
          if (event.kind !== "screen") return;
          screens.count += 1;
          screens.last = Buffer.from(text).toString();
          screens.next.resolve();
        },
      },
    );
    await subscription?.accepted;
    await screens.next.promise;
    screens.next = Promise.withResolvers();
    socket.pause();

    const viewer = await view(client, spec.id);
    await client.writeTerminal(spec.id, "\r");
    await viewer.seen("end");
    socket.resume();
    await screens.next.promise;
    expect(screens.count).toBe(2);
    expect(screens.last).toContain("end");
    expect(bytes).toBeLessThan(16 * 1024 * 1024);
    await client.killTerminal(spec.id);
  });

  test("ends with all that it started", async () => {
    const spec = shell("setsid sleep 1000 & (trap '' HUP TERM; sleep 1000) & echo up; wait");
    await client.openTerminal(spec);
    const viewer = await view(client, spec.id);
    await viewer.seen("up");
    await client.killTerminal(spec.id);
    expect(await findMembers({ marker: `ORIEL_TERMINAL=${spec.id}`, leader: null })).toEqual([]);
    await client.killTerminal(spec.id);
  });

  test("gets what is sent again after a lost connection once, and says what it has got", async () => {
    const spec = shell("stty -echo; echo ready; while read -r line; do echo got $line; done");
    await client.openTerminal(spec);
    const viewer = await view(client, spec.id);
    await viewer.seen("ready");
    const lost = await daemon.client();
    const writer = "page-one";
    // Whether these arrive before the connection ends is not known to who typed them.
    void lost.writeTerminal(spec.id, "one\rtw", { writer, offset: 0 }).catch(() => {});
    void lost.writeTerminal(spec.id, "o\rthr", { writer, offset: 6 }).catch(() => {});
    await lost[Symbol.asyncDispose]();

    const again = await daemon.client();
    const { offset } = await again.terminalTyped(spec.id, writer);
    expect([0, 6, 11]).toContain(offset);
    await again.writeTerminal(spec.id, "one\rtwo\rthree\r", { writer, offset: 0 });
    await viewer.seen("got three");
    expect((await viewer.grid()).match(/got \w+/g)).toEqual(["got one", "got two", "got three"]);
    expect(await client.terminalTyped(spec.id, writer)).toEqual({ offset: 14 });
    expect((await client.terminalTyped(spec.id, "another")).offset).toBe(0);
    const ahead = client.writeTerminal(spec.id, "x", { writer, offset: 15 });
    expect(failureOf(await ahead.catch((error: unknown) => error))?.code).toBe("input_gap");
    await client.killTerminal(spec.id);
  });

  test("gets a paste that is larger than a pty holds, whole and in order, and what is typed behind it", async () => {
    const paste = Array.from({ length: 50_000 }, (_, n) => `${n} ümläut\r`).join("");
    const bytes = Buffer.byteLength(paste);
    const spec = shell(`stty raw -echo; echo ready; head -c ${bytes} | md5sum; head -c 4; echo .; read`);
    await client.openTerminal(spec);
    const viewer = await view(client, spec.id);
    await viewer.seen("ready");
    void client.writeTerminal(spec.id, paste);
    await client.writeTerminal(spec.id, "done");
    await viewer.seen("done.");
    expect(await viewer.grid()).toContain(createHash("md5").update(paste).digest("hex"));
    await client.killTerminal(spec.id);
  });

  test("gets all that was accepted before it read, and is refused what is more than can be kept", async () => {
    const megabyte = 1024 * 1024;
    const pieceOf = (n: number): string => String.fromCodePoint(97 + n).repeat(megabyte);
    const begin = path.join(daemon.stateDir, "begin");
    const spec = shell(
      `stty raw -echo; mkfifo '${begin}'; echo ready; cat '${begin}'; head -c ${3 * megabyte} | md5sum; echo over; read`,
    );
    await client.openTerminal(spec);
    const viewer = await view(client, spec.id);
    await viewer.seen("ready");
    const write = (by: DaemonClient, n: number) =>
      by.writeTerminal(spec.id, pieceOf(n), { writer: "paste", offset: n * megabyte });
    const lost = await daemon.client();
    void write(lost, 0).catch(() => {});
    expect((await lost.terminalTyped(spec.id, "paste")).offset).toBe(megabyte);
    await lost[Symbol.asyncDispose]();
    const accepted = write(client, 1);
    const refused = await write(client, 2).catch((error: unknown) => error);
    expect(failureOf(refused)?.code).toBe("input_full");
    expect((await client.terminalTyped(spec.id, "paste")).offset).toBe(2 * megabyte);
    await writeFile(begin, "");
    await accepted;
    await write(client, 2);
    await viewer.seen("over");
    const all = [0, 1, 2].map(pieceOf).join("");
    expect(await viewer.grid()).toContain(createHash("md5").update(all).digest("hex"));
    await client.killTerminal(spec.id);
  });

  test.each([0, 1, 2])("answers a query once, with %i viewers", async (viewers) => {
    const spec = shell(
      'stty raw -echo; read -r -n 1; printf \'\\e[>1u\\e[?u\\e[c\\e[5n\'; IFS= read -r -d n got; printf %s "$got" | cat -v; IFS= read -r -n 1; echo "<$REPLY>"; read',
    );
    await client.openTerminal(spec);
    for (let n = 0; n < viewers; n++) await view(await daemon.client(), spec.id);
    await client.writeTerminal(spec.id, "x");
    const last = await view(client, spec.id);
    await last.seen("^[[0");
    // What comes next is what is typed, no second answer.
    await client.writeTerminal(spec.id, "y");
    await last.seen("y>");
    expect(await last.grid()).toContain("^[[?1u^[[?1;2c^[[0<y>");
    await client.killTerminal(spec.id);
  });

  test.each([
    ["no such folder", { cwd: "/no/such" }, "spawn_failed"],
    ["no columns", { cols: 0 }, "bad_input"],
  ])("does not open with %s", async (_, rest, code) => {
    const opened = await client
      .openTerminal(shell("true", rest))
      .then((result) => (result.ok ? "opened" : result.failure.code))
      .catch((error: unknown) => failureOf(error)?.code);
    expect(opened).toBe(code);
  });

  test("unknown is told", async () => {
    const code = (error: unknown) => failureOf(error)?.code;
    expect(await client.writeTerminal("nobody", "x").catch(code)).toBe("unknown_terminal");
    expect(await client.attachTerminal("nobody", { onScreen() {}, onOutput() {} }).catch(code)).toBe(
      "unknown_terminal",
    );
    expect(path.isAbsolute(client.proxySocket("nobody"))).toBe(true);
  });
});
