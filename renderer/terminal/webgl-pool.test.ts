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
  return { pool, log, lose };
}

test("no more than the pool has, and a place that is given back is used again", () => {
  const { pool, log } = openPool(2);
  const first = pool.lease("a");
  pool.lease("b");
  expect([pool.lease("c"), pool.used]).toEqual([null, 2]);
  first?.[Symbol.dispose]();
  first?.[Symbol.dispose]();
  pool.lease("c");
  expect([log, pool.used]).toEqual([["draw a", "draw b", "end a", "draw c"], 2]);
});

test("a context that was taken away gives its place back, once", () => {
  const { pool, log, lose } = openPool(1);
  const lease = pool.lease("a");
  lose.get("a")?.();
  lease?.[Symbol.dispose]();
  pool.lease("b");
  expect([log, pool.used]).toEqual([["draw a", "end a", "draw b"], 1]);
});

test("where there is no WebGL, no place is used up", () => {
  const { pool } = openPool(1);
  expect([pool.lease("without WebGL"), pool.used]).toEqual([null, 0]);
});
