import { expect, test } from "vitest";
import { createViewers } from "./viewers.ts";

/** Two viewers of a terminal, and what each was told. */
function twoViewers() {
  const viewers = createViewers();
  const told = { ann: [] as string[], bob: [] as string[] };
  const ann = viewers.join("trm_1", (cols, rows) => void told.ann.push(`${cols}x${rows}`));
  const bob = viewers.join("trm_1", (cols, rows) => void told.bob.push(`${cols}x${rows}`));
  return { viewers, ann, bob, told };
}

test("one's size reaches the others, of the same terminal", async () => {
  const { viewers, ann, told } = twoViewers();
  viewers.join("trm_2", () => expect.unreachable());
  await ann.resizes(100, 30, Promise.resolve());
  expect(told).toEqual({ ann: [], bob: ["100x30"] });
});

test("of two that cross, all show the one that the terminal has in the end", async () => {
  const { ann, bob, told } = twoViewers();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const both = [ann.resizes(100, 30, first.promise), bob.resizes(60, 20, second.promise)];
  first.resolve();
  await both[0];
  second.resolve();
  await both[1];
  // Bob's comes behind Ann's, of which he is not told.
  expect(told).toEqual({ ann: ["60x20"], bob: [] });
});

test("who is sent a screen of a size that the terminal has no more is told its size, behind it", async () => {
  const { ann, bob, told } = twoViewers();
  bob.sentScreen(80, 24);
  await ann.resizes(100, 30, Promise.resolve());
  bob.sentScreen(80, 24);
  bob.sentScreen(100, 30);
  expect(told).toEqual({ ann: [], bob: ["100x30", "100x30"] });
  const wished = bob.resizes(60, 20, Promise.resolve());
  bob.sentScreen(80, 24);
  await wished;
  expect(told).toEqual({ ann: ["60x20"], bob: ["100x30", "100x30"] });
});

test("a terminal that nobody looked at has no size of before", async () => {
  const { viewers, ann, bob, told } = twoViewers();
  await ann.resizes(100, 30, Promise.resolve());
  for (const viewer of [ann, bob]) viewer[Symbol.dispose]();
  viewers.join("trm_1", () => expect.unreachable()).sentScreen(80, 24);
  expect(told.bob).toEqual(["100x30"]);
});
