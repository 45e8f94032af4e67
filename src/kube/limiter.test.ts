import assert from "node:assert/strict";
import { test } from "node:test";
import { Limiter } from "./limiter.ts";

test("so many at a time, first come, first served; a turn is given back once", async () => {
  const limiter = new Limiter(2);
  const { signal } = new AbortController();
  const order: number[] = [];
  const turns = Array.from({ length: 5 }, async (_, index) => {
    const release = await limiter.acquire(signal);
    order.push(index);
    return release;
  });
  await new Promise(setImmediate);
  assert.deepEqual(order, [0, 1]);
  const first = await turns[0]!;
  first();
  first();
  await new Promise(setImmediate);
  assert.deepEqual(order, [0, 1, 2]);
  (await turns[1]!)();
  (await turns[2]!)();
  await Promise.all(turns);
  assert.deepEqual(order, [0, 1, 2, 3, 4]);
});

test("whoever stops waiting leaves its place to the others", async () => {
  const limiter = new Limiter(1);
  const [stopping, patient] = [new AbortController(), new AbortController()];
  const release = await limiter.acquire(patient.signal);
  const stopped = limiter.acquire(stopping.signal);
  const next = limiter.acquire(patient.signal);
  stopping.abort();
  await assert.rejects(stopped, { reason: "Stopped" });
  await assert.rejects(limiter.acquire(stopping.signal), { reason: "Stopped" });
  release();
  (await next)();
  (await limiter.acquire(patient.signal))();
});
