/** What the window's process does with a real host. A promise that nobody holds would fail this file. */
import { expect, test } from "vitest";
import { superviseHost } from "#app/electron/supervisor.ts";
import { connectOrStart } from "#app/cli/connect.ts";
import { createOriel } from "../driver/oriel.ts";

test("a host that is killed is followed by another at the same place, and the window leaves it quietly", async () => {
  await using oriel = await createOriel();
  const env = { PATH: process.env["PATH"], HOME: oriel.root };
  const pages: string[] = [];
  const failures: unknown[] = [];
  let wanted = 1;
  let told = Promise.withResolvers<void>();
  const host = superviseHost({
    open: () => connectOrStart(oriel.dataDir, env, oriel.runtime),
    key: async () => null,
    onPage: ({ page }) => pages.push(page),
    onChange: () => pages.length === wanted && told.resolve(),
    onFailure: (error) => failures.push(error),
    pause: async () => undefined,
  });
  // Answered after the question for news, which is open by then.
  const asking = async (): Promise<unknown> => (await told.promise, host.client()?.host.info());
  await asking();
  wanted = 2;
  told = Promise.withResolvers();
  await oriel.killHost();
  await asking();
  await host[Symbol.asyncDispose]();
  expect([pages.length, new Set(pages).size, failures]).toEqual([2, 1, []]);
  await oriel.killHost();
});
