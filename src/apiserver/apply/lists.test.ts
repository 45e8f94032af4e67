import assert from "node:assert/strict";
import { test } from "node:test";
import { Written } from "./testing.ts";

const names = (written: Written): readonly string[] =>
  ((written.spec as { list?: { name: string }[] }).list ?? []).map(({ name }) => name);
const items = (...list: string[]) => ({ list: list.map((name) => ({ name })) });

interface Order {
  readonly live: readonly string[];
  readonly applied: readonly string[];
  readonly merged: readonly string[];
}

const orders: readonly Order[] = [
  { live: ["a", "b"], applied: ["c"], merged: ["a", "b", "c"] },
  { live: ["a", "b"], applied: ["b", "c"], merged: ["a", "b", "c"] },
  { live: ["a", "b", "c"], applied: ["c", "a"], merged: ["b", "c", "a"] },
  { live: ["a", "b", "c"], applied: ["a", "x", "b"], merged: ["a", "x", "b", "c"] },
  { live: ["a", "b", "c"], applied: ["x", "b"], merged: ["a", "x", "b", "c"] },
  { live: ["a", "b", "c", "d"], applied: ["d", "x", "b"], merged: ["a", "c", "d", "x", "b"] },
];

for (const { live, applied, merged } of orders) {
  test(`${applied.join()} applied to ${live.join()} gives ${merged.join()}`, () => {
    const written = new Written().apply("A", items(...live)).apply("B", items(...applied));
    assert.deepEqual(names(written), merged);
  });
}

test("a new order of one's own elements is a change", () => {
  const written = new Written().apply("A", items("a", "b"));
  assert.deepEqual(names(written.apply("A", items("b", "a"))), ["b", "a"]);
  assert.equal(written.entries[0]?.["time"], "1970-01-01T00:00:01Z");
});

test("elements are added, changed and removed by their key", () => {
  const written = new Written().apply("A", { list: [{ name: "a", value: "1" }, { name: "b" }] });
  written.apply("A", { list: [{ name: "c" }, { name: "a", value: "2" }] });
  assert.deepEqual(written.spec, { list: [{ name: "c" }, { name: "a", value: "2" }] });
});

test("an element that another manager applies too stays, without the fields of the one who left", () => {
  const written = new Written().apply("A", { list: [{ name: "a", value: "1", pair: { x: "1" } }] });
  written.apply("B", { list: [{ name: "a", pair: { y: "1" } }] });
  assert.deepEqual(written.spec, { list: [{ name: "a", value: "1", pair: { x: "1", y: "1" } }] });
  written.apply("A", { a: "1" });
  assert.deepEqual(written.spec, { a: "1", list: [{ name: "a", pair: { y: "1" } }] });
});

test("an element goes with its owner, also with what an update added to it", () => {
  const written = new Written().apply("A", items("a", "b"));
  written.update("U", { list: [{ name: "a", value: "1" }, { name: "b" }] });
  assert.deepEqual(written.apply("A", items("b")).spec, items("b"));
  assert.deepEqual(Object.keys(written.owners), ["A applies"]);
});

test("an element that an update added stays", () => {
  const written = new Written().apply("A", items("a", "b")).update("U", items("a", "u", "b"));
  assert.deepEqual(names(written.apply("A", items("b"))), ["u", "b"]);
});

test("a list that is applied empty loses what its manager applied before and stays empty", () => {
  const written = new Written().apply("A", { a: "1", list: [{ name: "a" }], set: ["s"] });
  const { live } = written.apply("A", { a: "1", list: [], set: [] });
  assert.deepEqual(written.spec, { a: "1", list: [], set: [] });
  assert.equal(written.apply("A", { a: "1", list: [], set: [] }).live, live);
});

test("values of a set have owners each", () => {
  const written = new Written().apply("A", { set: ["a", "b"] }).apply("B", { set: ["b", "c"] });
  assert.deepEqual(written.spec, { set: ["a", "b", "c"] });
  assert.deepEqual(written.owners, {
    "A applies": ['.spec.set[="a"]', '.spec.set[="b"]'],
    "B applies": ['.spec.set[="b"]', '.spec.set[="c"]'],
  });
  assert.deepEqual(written.apply("A", { set: [] }).spec, { set: ["b", "c"] });
  assert.deepEqual(written.apply("B", { set: ["c"] }).spec, { set: ["c"] });
});

test("sets within elements are merged as well", () => {
  const written = new Written().apply("A", { list: [{ name: "a", tags: ["p"] }] });
  written.apply("B", { list: [{ name: "a", tags: ["q"] }] });
  assert.deepEqual(written.spec, { list: [{ name: "a", tags: ["p", "q"] }] });
});

test("a key field that is left out counts with its default", () => {
  const written = new Written().apply("A", { ports: [{ port: 80 }, { port: 80, protocol: "UDP" }] });
  assert.deepEqual(written.owners["A applies"], [
    '.spec.ports[port=80,protocol="TCP"]',
    '.spec.ports[port=80,protocol="TCP"].port',
    '.spec.ports[port=80,protocol="UDP"]',
    '.spec.ports[port=80,protocol="UDP"].port',
    '.spec.ports[port=80,protocol="UDP"].protocol',
  ]);
  written.apply("B", { ports: [{ port: 80, protocol: "TCP", name: "web" }] });
  assert.deepEqual(written.spec, {
    ports: [
      { port: 80, protocol: "TCP", name: "web" },
      { port: 80, protocol: "UDP" },
    ],
  });
});

test("elements that nothing tells apart have one owner, who can be overridden", () => {
  const twice = { list: [{ name: "i" }, { name: "i", pair: { x: "1" } }], set: ["a", "a", "b"] };
  const written = new Written().update("U", twice).apply("A", { a: "1", set: ["b"] });
  assert.deepEqual(written.spec, { ...twice, a: "1" });
  assert.deepEqual(written.owners["U updates"], [
    ".spec",
    ".spec.list",
    '.spec.list[name="i"]',
    ".spec.set",
    '.spec.set[="a"]',
    '.spec.set[="b"]',
  ]);
  assert.throws(() => written.apply("A", { list: [{ name: "i", value: "3" }] }), { reason: "Conflict" });
  written.apply("A", { list: [{ name: "i", value: "3" }], set: ["a"] }, true);
  assert.deepEqual(written.spec, { set: ["a", "b"], list: [{ name: "i", value: "3" }] });
});

test("elements that nothing tells apart change together", () => {
  const written = new Written().update("U", { list: [{ name: "i" }, { name: "i", value: "1" }] });
  written.update("V", { list: [{ name: "i" }, { name: "i", value: "2" }] });
  assert.deepEqual(written.owners["V updates"], ['.spec.list[name="i"]']);
  written.update("W", { list: [{ name: "i", value: "2" }] });
  assert.deepEqual(written.owners["V updates"], undefined);
});

test("a list or map that someone else made empty goes when it is empty again", () => {
  const written = new Written().update("U", { a: "1", list: [], map: {} });
  written.apply("A", { list: [{ name: "i" }], map: { k: "1" } });
  assert.deepEqual(written.apply("A", { a: "1" }).spec, { a: "1" });
});

test("entries of maps are owned with what is in them", () => {
  const written = new Written().apply("A", { pairs: { k: { x: "1" }, l: { x: "1" } } });
  written.apply("B", { pairs: { k: { y: "1" } } });
  assert.deepEqual(written.apply("A", { pairs: {} }).spec, { pairs: { k: { y: "1" } } });
});

test("long lists are merged, compared and cut by key", () => {
  const all = Array.from({ length: 10_000 }, (_, index) => `n${index}`);
  const written = new Written().apply("A", items(...all)).apply("A", items(...all.toReversed()));
  assert.deepEqual(names(written), all.toReversed());
  assert.deepEqual(names(written.apply("A", items("n1", "n0"))), ["n1", "n0"]);
});
