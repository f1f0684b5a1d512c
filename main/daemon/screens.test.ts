import { describe, expect, test } from "vitest";
import { createScreens } from "./screens.ts";

/** In a buffer of their own, which can be given away. */
const bytes = (text: string) => new TextEncoder().encode(text);
const NOTHING_SAID = {
  ...{ title: "", cwd: null, marks: [], markKey: null, short: false },
  unfinished: new Uint8Array(0),
};
const silent = { onParsed() {}, onFacts() {} };

describe("screens", () => {
  test("are parsed apart, and counted until they are", async () => {
    await using screens = createScreens(() => {});
    const parsed = Promise.withResolvers<void>();
    const one = screens.open("one", { cols: 20, rows: 5 }, { ...silent, onParsed: () => parsed.resolve() });
    const two = screens.open("two", { cols: 30, rows: 6 }, silent);
    one.write(bytes("first"));
    two.write(bytes("second"));
    expect(one.unparsed).toBe(5);
    await parsed.promise;
    expect(one.unparsed).toBe(0);
    expect(await one.snapshot()).toEqual({ text: "first", cols: 20, rows: 5, ...NOTHING_SAID });
    expect(await two.snapshot()).toEqual({ text: "second", cols: 30, rows: 6, ...NOTHING_SAID });
  });

  test("start empty, with their size, when the parser dies; what was waited for still comes", async () => {
    const lines: string[] = [];
    const worker = new URL("./testing/failing-screen-worker.ts", import.meta.url);
    await using screens = createScreens((line) => lines.push(line), worker);
    const screen = screens.open("one", { cols: 20, rows: 5 }, silent);
    screen.resize(25, 7);
    screen.write(bytes("poison"));
    expect(await screen.snapshot()).toEqual({ text: "", cols: 25, rows: 7, ...NOTHING_SAID });
    expect(screen.unparsed).toBe(0);
    expect(lines).toEqual(["screens: Error: poisoned"]);
    screen.write(bytes("after"));
    expect((await screen.snapshot()).text).toBe("after");
  });

  test("that were cleared do not begin with another's again when the parser dies", async () => {
    const worker = new URL("./testing/failing-screen-worker.ts", import.meta.url);
    await using screens = createScreens(() => {}, worker);
    const restore = { text: "secret", marks: [], cols: 20, rows: 5, notice: "-- new --" };
    const screen = screens.open("one", { cols: 20, rows: 5, restore }, silent);
    expect((await screen.snapshot()).text).toContain("secret");
    screen.clear();
    screen.write(bytes("poison"));
    expect((await screen.snapshot()).text).toBe("");
  });
});
