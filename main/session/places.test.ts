import { expect, test } from "vitest";
import { createPlaces } from "./places.ts";

const never = new AbortController().signal;

test("grants places in the order of asking, those at the front first", async () => {
  const places = createPlaces(1);
  const order: string[] = [];
  const first = await places.take(never);
  const waits = [
    places.take(never).then((place) => (order.push("second"), place)),
    places.take(never).then((place) => (order.push("third"), place)),
    places.take(never, { front: true }).then((place) => (order.push("front"), place)),
  ];
  first.free();
  (await waits[2]!).free();
  (await waits[0]!).free();
  (await waits[1]!).free();
  expect(order).toEqual(["front", "second", "third"]);
  expect(places.free).toBe(1);
});

test("a place is given back once, however often it is freed", async () => {
  const places = createPlaces(2);
  const place = await places.take(never);
  place.free();
  place.free();
  expect(places.free).toBe(2);
});

test("who gives up waiting does not take a place", async () => {
  const places = createPlaces(1);
  const held = await places.take(never);
  const abort = new AbortController();
  const waiting = places.take(abort.signal);
  abort.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
  held.free();
  expect(places.free).toBe(1);
});
