import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { labelValueOf, serviceName } from "./service-name.ts";

const dnsLabel = /^(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?$/;
const labelValue = /^(?=.{1,63}$)[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const long = "a".repeat(253);

const names: readonly (readonly [
  gateway: string,
  gatewayClass: string,
  ordinal: number,
  name: string | RegExp,
])[] = [
  ["web", "gatewright", 0, "web-gatewright"],
  ["same-namespace", "gatewright", 0, "same-namespace-gatewright"],
  ["web", "gatewright", 1, "web-gatewright--1"],
  ["web", "gatewright", 12, "web-gatewright--12"],
  ["a", "b-c", 0, /^a-b-c--[0-9a-f]{16}$/],
  ["a-b", "c", 0, "a-b-c"],
  ["web.example.com", "gatewright", 0, /^web-example-com-gatewright--[0-9a-f]{16}$/],
  ["2048", "gatewright", 0, /^g-2048-gatewright--[0-9a-f]{16}$/],
  ["a".repeat(52), "gatewright", 0, `${"a".repeat(52)}-gatewright`],
  ["a".repeat(53), "gatewright", 0, /^a{45}--[0-9a-f]{16}$/],
  ["a".repeat(52), "gatewright", 1, /^a{45}--[0-9a-f]{16}$/],
  [long, long, 3, /^a{45}--[0-9a-f]{16}$/],
  [`${"a".repeat(44)}.b`, long, 0, /^a{44}--[0-9a-f]{16}$/],
];
for (const [gateway, gatewayClass, ordinal, name] of names) {
  test(`${gateway.slice(0, 60)} of class ${gatewayClass.slice(0, 20)}, ordinal ${ordinal}`, () => {
    const got = serviceName(gateway, gatewayClass, ordinal);
    if (typeof name === "string") assert.equal(got, name);
    else assert.match(got, name);
    assert.match(got, dnsLabel);
  });
}

/** Names of objects, of few letters so that they are much alike. */
const label = fc.stringMatching(/^[a1]([-a1]{0,4}[a1])?$/);
const subdomain = fc.oneof(
  label,
  fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join(".")),
  fc.stringMatching(/^a{45,60}[ab]{1,3}$/),
);
const identity = fc.tuple(subdomain, subdomain, fc.nat(12));

test("no two share a name, and every name is a DNS label", () => {
  fc.assert(
    fc.property(fc.array(identity, { minLength: 2, maxLength: 60 }), (identities) => {
      const byName = new Map<string, string>();
      for (const each of identities) {
        const name = serviceName(...each);
        assert.match(name, dnsLabel);
        const other = byName.get(name) ?? JSON.stringify(each);
        assert.equal(other, JSON.stringify(each), `${name} is the name of both`);
        byName.set(name, other);
      }
    }),
    { numRuns: 2000 },
  );
});

test("a name that could be taken apart in two ways is one Gateway's", () => {
  const parts = ["a", "b", "1", "gw"];
  const seen = new Map<string, string>();
  const joins = (count: number): readonly string[] =>
    count === 1 ? parts : joins(count - 1).flatMap((start) => parts.map((part) => `${start}-${part}`));
  const all = [1, 2, 3].flatMap(joins);
  for (const gateway of all) {
    for (const gatewayClass of all) {
      for (const ordinal of [0, 1]) {
        const name = serviceName(gateway, gatewayClass, ordinal);
        assert.equal(seen.get(name), undefined, `${name}: ${gateway}, ${gatewayClass} and ${seen.get(name)}`);
        seen.set(name, `${gateway}, ${gatewayClass}`);
      }
    }
  }
});

test("a label holds any name, shortened where it must be, and then still its own", () => {
  assert.equal(labelValueOf("web.example.com"), "web.example.com");
  assert.equal(labelValueOf("a".repeat(63)), "a".repeat(63));
  assert.match(labelValueOf(long), labelValue);
  assert.notEqual(labelValueOf(`${long.slice(1)}b`), labelValueOf(long));
});
