import assert from "node:assert/strict";
import { test } from "node:test";
import { Events, type TestResult } from "./events.ts";

const event = (object: object) => `${JSON.stringify(object)}\n`;
const output = (path: string, text: string) =>
  event({ Action: "output", Test: `TestConformance${path}`, Output: `${text}\n` });

const stream = [
  event({ Action: "run", Test: "TestConformance" }),
  output("", "    suite.go: preparing"),
  output("/One", "Running One, relying on the following features: Gateway-standard, HTTPRoute-standard"),
  output("/One/part", "a part says so"),
  event({ Action: "fail", Test: "TestConformance/One/part", Elapsed: 1 }),
  event({ Action: "fail", Test: "TestConformance/One", Elapsed: 1.5 }),
  output("/Two", "    conformance.go:56: Skipping Two: suite does not support GatewayInfrastructure"),
  event({ Action: "skip", Test: "TestConformance/Two", Elapsed: 0 }),
  "no JSON at all\n",
  event({ Action: "fail", Test: "TestConformance", Elapsed: 2 }),
  event({ Action: "fail", Elapsed: 2 }),
].join("");

for (const size of [1, 7, stream.length]) {
  test(`events in pieces of ${size} make results`, () => {
    const told: TestResult[] = [];
    const events = new Events((result) => told.push(result));
    for (let from = 0; from < stream.length; from += size) events.read(stream.slice(from, from + size));
    const [one, two] = events.results;
    assert.equal(events.results.length, 2);
    assert.deepEqual(events.results, told);
    assert.deepEqual(one?.features, ["Gateway", "HTTPRoute"]);
    assert.deepEqual([one?.outcome, one?.seconds, one?.reason], ["fail", 1.5, undefined]);
    assert.match(one?.output ?? "", /a part says so/);
    assert.deepEqual(two?.features, []);
    assert.deepEqual([two?.outcome, two?.reason], ["skip", "suite does not support GatewayInfrastructure"]);
    assert.equal(events.outcome, "fail");
    assert.match(events.ownOutput, /preparing\nno JSON at all/);
  });
}

test("a suite that dies has no outcome", () => {
  const events = new Events(() => {});
  events.read(event({ Action: "fail", Elapsed: 2 }));
  assert.equal(events.outcome, undefined);
});
