import { readFile } from "node:fs/promises";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { z } from "zod";

const ADDRESS = { origin: "ws://127.0.0.1:1", token: "t" };

/** Runs the preload as the sandbox does: one script, with nothing but `require("electron")`. */
async function runPreload() {
  const calls: unknown[] = [];
  const listeners = new Map<string, (event: unknown, message: unknown) => void>();
  const exposed: Record<string, Record<string, unknown>> = {};
  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, port: Record<string, unknown>) => void (exposed[name] = port),
    },
    ipcRenderer: {
      sendSync: (...parameters: unknown[]) => (calls.push(parameters), ADDRESS),
      send: (...parameters: unknown[]) => void calls.push(parameters),
      invoke: (...parameters: unknown[]) => void calls.push(parameters),
      on: (channel: string, listener: (event: unknown, message: unknown) => void) =>
        void listeners.set(channel, listener),
      removeListener: (channel: string) => void listeners.delete(channel),
    },
    webUtils: { getPathForFile: () => "/home/ann/code" },
  };
  const script = await readFile(path.join(import.meta.dirname, "preload.cjs"), "utf8");
  runInNewContext(script, {
    require: (name: string) => {
      if (name !== "electron") throw new Error(`a sandboxed preload has no ${name}`);
      return electron;
    },
  });
  return { exposed, calls, listeners };
}

const method = <Signature>() => z.custom<Signature>((value) => typeof value === "function");
const portSchema = z.object({
  address: method<() => unknown>(),
  key: z.object({
    has: method<() => void>(),
    set: method<(key: string) => void>(),
    clear: method<() => void>(),
  }),
  pathOf: method<(file: unknown) => string>(),
  onCommand: method<(listener: (command: unknown) => void) => () => void>(),
});

test("the page gets four members, and nothing of Electron's; nothing is asked for before it asks", async () => {
  const { exposed, calls } = await runPreload();
  expect(calls).toEqual([]);
  expect(Object.keys(exposed)).toEqual(["oriel"]);
  expect(Object.entries(exposed["oriel"]!).map(([name, value]) => [name, typeof value])).toEqual([
    ["address", "function"],
    ["key", "object"],
    ["pathOf", "function"],
    ["onCommand", "function"],
  ]);
});

test("each member asks for one thing", async () => {
  const { exposed, calls, listeners } = await runPreload();
  const port = portSchema.parse(exposed["oriel"]);
  expect(port.address()).toEqual(ADDRESS);
  port.key.has();
  port.key.set("sk-1");
  port.key.clear();
  expect(port.pathOf({})).toBe("/home/ann/code");
  const heard: unknown[] = [];
  const end = port.onCommand((...parameters) => heard.push(parameters));
  listeners.get("oriel:command")?.({ sender: "secret" }, { kind: "open", session: "s" });
  end();
  expect(heard).toEqual([[{ kind: "open", session: "s" }]]);
  expect(listeners.size).toBe(0);
  expect(calls).toEqual([
    ["oriel:address"],
    ["oriel:key-has"],
    ["oriel:key-set", "sk-1"],
    ["oriel:key-clear"],
    ["oriel:listening"],
  ]);
});
