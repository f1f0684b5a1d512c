import { expect, test } from "vitest";
import { tempDir } from "#main/kernel/testing/temp-dir.ts";
import { openLog } from "#main/storage/log.ts";
import { DEFAULT_SETTINGS } from "#shared/settings/settings.ts";
import type { Settings } from "#shared/settings/settings.ts";
import { openSettings } from "./settings.ts";

async function withSettings<Value>(
  dir: string,
  work: (settings: Awaited<ReturnType<typeof openSettings>>, applied: Settings[]) => Promise<Value>,
): Promise<Value> {
  await using log = await openLog({ dir });
  const applied: Settings[] = [];
  return await work(
    await openSettings(
      log,
      () => 1,
      (settings) => void applied.push(settings),
    ),
    applied,
  );
}

test("what was set is applied at once, and after the log is opened again", async () => {
  await using temp = await tempDir();
  const expected = { ...DEFAULT_SETTINGS, theme: "dark", places: 3, model: "gpt-6-sol" };
  await withSettings(temp.path, async (settings, applied) => {
    await settings.set({ theme: "dark", places: 5 });
    const set = await settings.set({ places: 3, model: "gpt-6-sol", resume: undefined });
    expect(set).toEqual({ ok: true, value: expected });
    expect(applied.map(({ places }) => places)).toEqual([null, 5, 3]);
  });
  await withSettings(temp.path, async (settings, applied) => {
    expect(settings.current).toEqual(expected);
    expect(applied).toEqual([expected]);
  });
});

test("an empty field is the default again", async () => {
  await using temp = await tempDir();
  await withSettings(temp.path, async (settings) => {
    await settings.set({ model: "m", baseUrl: "http://127.0.0.1:1/v1" });
    await settings.set({ model: "", baseUrl: "" });
    expect(settings.current).toEqual(DEFAULT_SETTINGS);
  });
});

test.each(["nonsense", "ftp://example.com", "javascript:alert(1)", "https://user:secret@example.com/v1"])(
  "the address %s is refused, and nothing changes",
  async (baseUrl) => {
    await using temp = await tempDir();
    await withSettings(temp.path, async (settings) => {
      const set = await settings.set({ theme: "dark", baseUrl });
      expect(set).toMatchObject({ ok: false, failure: { code: "bad_base_url" } });
      expect(JSON.stringify(set)).not.toContain("secret@");
      expect(settings.current).toEqual(DEFAULT_SETTINGS);
    });
  },
);
