import { afterEach, expect, test, vi } from "vitest";
import { findAddress } from "./address.ts";

afterEach(() => vi.unstubAllGlobals());

/** A page at `hash`, with what the preload put into it. Gives what it kept. */
function page(hash: string, oriel?: unknown): Map<string, string> {
  const kept = new Map<string, string>();
  vi.stubGlobal("window", { oriel });
  vi.stubGlobal("location", { hash, pathname: "/", origin: "http://127.0.0.1:4600" });
  vi.stubGlobal("history", { replaceState: () => kept.set("address bar", "clean") });
  vi.stubGlobal("sessionStorage", {
    setItem: (name: string, value: string) => kept.set(name, value),
    getItem: (name: string) => kept.get(name) ?? null,
  });
  return kept;
}

test("in the window, the preload says where the host is, and nothing is kept", () => {
  const handed = { origin: "ws://127.0.0.1:4600", token: "t" };
  const kept = page("#token=other", { address: () => handed });
  expect(findAddress()).toEqual(handed);
  expect([...kept]).toEqual([]);
});

test.each([
  undefined,
  { address: () => null },
  { address: "ws://127.0.0.1:1" },
  { origin: "ws://x", token: "t" },
])("with %j for a preload, the page goes by its own address", (oriel) => {
  page("", oriel);
  expect(findAddress()).toBeNull();
  const kept = page("#token=t", oriel);
  expect(findAddress()).toEqual({ origin: "ws://127.0.0.1:4600", token: "t" });
  expect(kept.get("address bar")).toBe("clean");
});
