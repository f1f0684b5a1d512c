import { expect, test } from "vitest";
import { createWebglPool } from "./webgl-pool.ts";

function openPool(max: number) {
  const log: string[] = [];
  const lose = new Map<string, () => void>();
  const pool = createWebglPool<string>(max, (target, onLost) => {
    if (target === "without WebGL") return null;
    log.push(`draw ${target}`);
    lose.set(target, onLost);
    return { [Symbol.dispose]: () => void log.push(`end ${target}`) };
  });
  const lease = (target: string): Disposable | null =>
    pool.lease(target, () => void log.push(`lost ${target}`));
  return { pool, lease, log, lose };
}

test("no more than the pool has, and a place that is given back is used again", () => {
  const { pool, lease, log } = openPool(2);
  const first = lease("a");
  lease("b");
  expect([lease("c"), pool.used]).toEqual([null, 2]);
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  lease("c");
  expect([log, pool.used]).toEqual([["draw a", "draw b", "end a", "draw c"], 2]);
});

test("a context that was taken away gives its place back, and says so, once", () => {
  const { pool, lease, log, lose } = openPool(1);
  const leased = lease("a");
  lose.get("a")?.();
  lose.get("a")?.();
  leased?.[Symbol.dispose]();
  lease("b");
  expect([log, pool.used]).toEqual([["draw a", "end a", "lost a", "draw b"], 1]);
});

test("one that is given back is not lost, though its context then is", () => {
  const { lease, log, lose } = openPool(1);
  lease("a")?.[Symbol.dispose]();
  lose.get("a")?.();
  expect(log).toEqual(["draw a", "end a"]);
});

test("where there is no WebGL, no place is used up", () => {
  const { pool, lease } = openPool(1);
  expect([lease("without WebGL"), pool.used]).toEqual([null, 0]);
});
