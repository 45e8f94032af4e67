import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page, Row, Store, StoreEvent } from "./store.ts";

const routes = "httproutes.gateway.networking.k8s.io";

function text(value: string): (revision: number) => string {
  return (revision) => JSON.stringify({ value, revision });
}

function put(store: Store, namespace: string, name: string, value = "v"): Row {
  return store.write(routes, namespace, name, text(value));
}

function drop(store: Store, namespace: string, name: string): Row {
  return store.remove(routes, namespace, name, text("gone"));
}

function refuse(): never {
  throw new Error("no text");
}

function ids(page: Page | undefined): string[] {
  return (page?.rows ?? []).map(({ namespace, name }) => `${namespace}/${name}`);
}

function brief({ type, revision, row, previous }: StoreEvent): string {
  return `${type} ${revision} ${row.name}${previous === undefined ? "" : ` was ${previous.revision}`}`;
}

/** What every store does, run with stores that `open` makes; `open` closes what it opened. */
export function suite(label: string, open: () => Store): void {
  test(`${label}: creates, replaces and removes with one sequence of revisions`, () => {
    const store = open();
    assert.equal(store.revision, 0);
    assert.equal(store.read(routes, "a", "x"), undefined);
    assert.deepEqual(put(store, "a", "x", "one"), {
      resource: routes,
      namespace: "a",
      name: "x",
      revision: 1,
      text: '{"value":"one","revision":1}',
    });
    store.write("services", "a", "x", text("other"));
    const replaced = put(store, "a", "x", "two");
    assert.equal(replaced.revision, 3);
    assert.equal(store.read(routes, "a", "x"), replaced);
    const removed = drop(store, "a", "x");
    assert.deepEqual([removed.revision, removed.text], [4, '{"value":"gone","revision":4}']);
    assert.equal(store.read(routes, "a", "x"), undefined);
    assert.equal(store.read("services", "a", "x")?.revision, 2);
    assert.equal(store.revision, 4);
  });

  test(`${label}: any text comes back as it was`, () => {
    const store = open();
    for (const value of ["", "é ÿ", "→ 日本", "🦊", '\\u0000 "', "x".repeat(70_000)])
      assert.equal(JSON.parse(put(store, "a", "x", value).text).value, value);
  });

  test(`${label}: what cannot be written changes nothing`, () => {
    const store = open();
    put(store, "a", "x");
    assert.throws(() => drop(store, "a", "y"), /no httproutes.* "a\/y" to remove/);
    assert.throws(() => store.write(routes, "a", "x", refuse), /no text/);
    assert.throws(() => store.remove(routes, "a", "x", refuse), /no text/);
    assert.throws(() => store.write(routes, "a", "z", () => put(store, "a", "y").text), /must not write/);
    assert.equal(store.revision, 2);
    assert.deepEqual(ids(store.page(routes, {})), ["a/x", "a/y"]);
  });

  test(`${label}: pages are in order, with how many are left`, () => {
    const store = open();
    for (const [namespace, name] of [
      ["b", "1"],
      ["a", "2"],
      ["", "zone"],
      ["a", "10"],
      ["a-b", "1"],
      ["a", "1"],
    ] as const)
      put(store, namespace, name);
    const all = ["/zone", "a/1", "a/10", "a/2", "a-b/1", "b/1"];
    assert.deepEqual(ids(store.page(routes, {})), all);
    assert.deepEqual(ids(store.page(routes, { namespace: "a" })), all.slice(1, 4));
    assert.equal(store.count(routes), 6);
    assert.equal(store.count(routes, "a"), 3);
    assert.equal(store.count(routes, "c"), 0);
    assert.deepEqual(store.page("services", {}), { rows: [], revision: 6, remaining: 0 });
    const first = store.page(routes, { limit: 4 });
    assert.deepEqual(
      [ids(first), first?.remaining, first?.next],
      [all.slice(0, 4), 2, { namespace: "a", name: "2" }],
    );
    const second = store.page(routes, { limit: 4, after: first!.next!, revision: first!.revision });
    assert.deepEqual([ids(second), second?.remaining, second?.next], [all.slice(4), 0, undefined]);
    const within = store.page(routes, { namespace: "a", limit: 1, after: { namespace: "a", name: "1" } });
    assert.deepEqual([ids(within), within?.remaining], [["a/10"], 1]);
  });

  test(`${label}: further pages show the state of the first one`, () => {
    const store = open();
    for (const name of ["b", "d", "f", "h"]) put(store, "a", name);
    const first = store.page(routes, { limit: 1 })!;
    drop(store, "a", "d");
    put(store, "a", "e");
    put(store, "a", "f", "new");
    drop(store, "a", "f");
    put(store, "a", "f", "newer");
    put(store, "a", "i");
    drop(store, "a", "h");
    const second = store.page(routes, { limit: 2, after: first.next!, revision: first.revision })!;
    assert.deepEqual([ids(second), second.remaining, second.revision], [["a/d", "a/f"], 1, 4]);
    assert.equal(second.rows[1]?.revision, 3);
    const third = store.page(routes, { limit: 2, after: second.next!, revision: second.revision })!;
    assert.deepEqual([ids(third), third.remaining, third.next], [["a/h"], 0, undefined]);
    assert.deepEqual(ids(store.page(routes, {})), ["a/b", "a/e", "a/f", "a/i"]);
    assert.equal(store.page(routes, { after: first.next!, revision: 99 }), undefined);
  });

  test(`${label}: a watch hears what is past, then what comes, of its resource only`, () => {
    const store = open();
    put(store, "a", "x");
    put(store, "a", "x");
    store.write("services", "a", "s", text("v"));
    drop(store, "a", "x");
    const heard: string[] = [];
    const watch = store.watch(routes, 1, (event) => heard.push(brief(event)));
    assert.deepEqual(heard, ["MODIFIED 2 x was 1", "DELETED 4 x was 2"]);
    put(store, "a", "y");
    store.write("services", "a", "s", text("v"));
    watch?.stop();
    put(store, "a", "z");
    assert.deepEqual(heard.slice(2), ["ADDED 5 y"]);
    assert.equal(
      store.watch(routes, 99, () => undefined),
      undefined,
      "a revision that is yet to come",
    );
  });

  test(`${label}: listeners that write, watch or stop others leave everyone's order alone`, () => {
    const store = open();
    const heard: Record<string, number[]> = { writer: [], later: [], within: [] };
    let inner: ReturnType<Store["watch"]>;
    store.watch(routes, 0, ({ revision }) => {
      heard["writer"]!.push(revision);
      if (revision === 1) {
        put(store, "a", "y");
        store.watch(routes, 0, (event) => heard["within"]!.push(event.revision));
        put(store, "a", "z");
      }
      if (revision === 3) inner?.stop();
    });
    store.watch(routes, 0, ({ revision }) => heard["later"]!.push(revision));
    inner = store.watch(routes, 0, ({ revision }) => assert.ok(revision < 3));
    put(store, "a", "x");
    assert.deepEqual(heard, { writer: [1, 2, 3], later: [1, 2, 3], within: [1, 2, 3] });
  });

  test(`${label}: a listener that throws loses its watch, and nobody else notices`, (t) => {
    const store = open();
    const written = t.mock.method(process.stderr, "write", () => true);
    const heard: number[] = [];
    let calls = 0;
    store.watch(routes, 0, () => {
      calls++;
      throw new Error("broken listener");
    });
    store.watch(routes, 0, ({ revision }) => heard.push(revision));
    put(store, "a", "x");
    put(store, "a", "y");
    written.mock.restore();
    assert.deepEqual([heard, calls], [[1, 2], 1]);
    assert.match(String(written.mock.calls[0]?.arguments[0]), /broken listener/);
  });

  test(`${label}: what the history forgot can be neither watched nor paged`, () => {
    const store = open();
    put(store, "a", "x");
    put(store, "a", "y");
    const first = store.page(routes, { limit: 1 })!;
    for (let i = 0; i < 9_998; i++) store.write("leases", "a", "l", text("v"));
    const continued = { limit: 1, after: first.next!, revision: first.revision };
    assert.deepEqual(ids(store.page(routes, continued)), ["a/y"]);
    assert.notEqual(
      store.watch(routes, 0, () => undefined),
      undefined,
    );
    put(store, "a", "z");
    assert.equal(
      store.watch(routes, 0, () => undefined),
      undefined,
    );
    put(store, "a", "z");
    put(store, "a", "z");
    assert.equal(
      store.watch(routes, first.revision, () => undefined),
      undefined,
    );
    assert.equal(store.page(routes, continued), undefined);
  });

  test(`${label}: the history holds 32 Mi characters of what is no more`, () => {
    const store = open();
    for (let i = 0; i < 13; i++) put(store, "a", "big", "x".repeat(3 * 1024 * 1024));
    assert.equal(
      store.watch(routes, 0, () => undefined),
      undefined,
    );
    const heard: number[] = [];
    store.watch(routes, 3, ({ revision }) => heard.push(revision));
    assert.deepEqual(heard, [4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    assert.equal(
      store.watch(routes, 2, () => undefined),
      undefined,
    );
  });
}
