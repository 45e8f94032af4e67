import assert from "node:assert/strict";
import { test } from "node:test";
import type { Flood } from "../wire/http2/flood.ts";
import { type FloodCount, FloodTally } from "./flood-tally.ts";

const ping: Flood = { kind: "ping", peer: "client", address: "::1", port: 80 };
const others: readonly Flood[] = [
  { ...ping, kind: "settings" },
  { ...ping, peer: "backend" },
  { ...ping, address: "::2" },
  { ...ping, port: 81 },
];

test("the first is told at once, the others once in an interval, and nothing when there is nothing", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const told: (readonly FloodCount[])[] = [];
  const tally = new FloodTally(1000, (floods) => told.push(floods));
  tally.add(ping, 1);
  assert.deepEqual(told.splice(0), [[{ ...ping, connections: 1 }]]);
  for (let time = 0; time < 100; time++) for (const flood of [ping, ...others]) tally.add(flood, 2);
  t.mock.timers.tick(999);
  assert.deepEqual(told, []);
  t.mock.timers.tick(1);
  assert.deepEqual(told.splice(0), [[ping, ...others].map((flood) => ({ ...flood, connections: 200 }))]);
  tally.add(ping, 3);
  assert.deepEqual(told, [], "the interval runs from what was told last");
  t.mock.timers.tick(1000);
  assert.deepEqual(told.splice(0), [[{ ...ping, connections: 3 }]]);
  t.mock.timers.tick(10_000);
  assert.deepEqual(told, []);
  tally.add(ping, 4);
  assert.deepEqual(told.splice(0), [[{ ...ping, connections: 4 }]]);
});

test("what is left is told when it is asked for", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const told: (readonly FloodCount[])[] = [];
  const tally = new FloodTally(1000, (floods) => told.push(floods));
  tally.flush();
  assert.deepEqual(told, []);
  tally.add(ping, 1);
  tally.add(ping, 1);
  tally.add(ping, 1);
  tally.flush();
  assert.deepEqual(
    told.flat().map(({ connections }) => connections),
    [1, 2],
  );
});
