import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { MemoryStore } from "./memory-store.ts";
import type { Page, PageQuery, Row, Store, StoreEvent } from "./store.ts";

const limits = { events: 7, characters: 100 };

interface Step {
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly size: number;
  readonly remove: boolean;
}

/** The simplest store there can be: every state and every event is kept for ever. */
class Model {
  readonly states: (readonly Row[])[] = [[]];
  readonly events: StoreEvent[] = [];

  apply({ resource, namespace, name, size, remove }: Step): void {
    const rows = this.states.at(-1)!;
    const previous = rows.find(
      (row) => row.resource === resource && row.namespace === namespace && row.name === name,
    );
    if (remove && previous === undefined) return;
    const revision = this.states.length;
    const row = { resource, namespace, name, revision, text: "x".repeat(size) };
    const others = rows.filter((other) => other !== previous);
    this.states.push(
      remove
        ? others
        : [...others, row].sort((a, b) => (a.namespace + a.name < b.namespace + b.name ? -1 : 1)),
    );
    const type = remove ? "DELETED" : previous === undefined ? "ADDED" : "MODIFIED";
    this.events.push({ type, revision, row, ...(previous !== undefined && { previous }) });
  }

  page(resource: string, { namespace, limit, after, revision }: PageQuery): Page {
    const at = revision ?? this.states.length - 1;
    const left = this.states[at]!.filter(
      (row) =>
        row.resource === resource &&
        (namespace === undefined || row.namespace === namespace) &&
        (after === undefined || row.namespace + row.name > after.namespace + after.name),
    );
    const rows = left.slice(0, limit);
    const remaining = left.length - rows.length;
    const last = rows.at(-1);
    if (remaining === 0 || last === undefined) return { rows, revision: at, remaining };
    return { rows, revision: at, remaining, next: { namespace: last.namespace, name: last.name } };
  }

  /** The oldest revision that the limits leave known. */
  get known(): number {
    let held = 0;
    let oldest = this.events.length;
    for (const { type, row, previous } of this.events.toReversed()) {
      held += (previous?.text.length ?? 0) + (type === "DELETED" ? row.text.length : 0);
      if (held > limits.characters || this.events.length - oldest >= limits.events) break;
      oldest--;
    }
    return oldest;
  }
}

const resource = fc.constantFrom("services", "secrets");
const namespace = fc.constantFrom("a", "b", "c");
const name = fc.constantFrom("1", "2", "3", "4");
const step = fc.record({ resource, namespace, name, size: fc.nat(40), remove: fc.boolean() });
const query = fc.record(
  {
    namespace,
    limit: fc.integer({ min: 1, max: 9 }),
    after: fc.record({ namespace, name }),
    revision: fc.nat(30),
  },
  { requiredKeys: [] },
);

function apply(store: Store, { type, row }: StoreEvent): void {
  const { resource, namespace, name, text } = row;
  if (type === "DELETED") store.remove(resource, namespace, name, () => text);
  else store.write(resource, namespace, name, () => text);
}

function ofServices(events: readonly StoreEvent[], after: number): readonly StoreEvent[] {
  return events.filter(({ row, revision }) => row.resource === "services" && revision > after);
}

test("law: it is a store that forgets nothing, or says that something is forgotten", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 40 }),
      fc.array(fc.tuple(resource, query), { minLength: 5, maxLength: 20 }),
      fc.nat(40),
      (steps, queries, from) => {
        const model = new Model();
        for (const next of steps) model.apply(next);
        const store = new MemoryStore(undefined, limits);
        const live: StoreEvent[] = [];
        for (const event of model.events) {
          if (store.revision === from) store.watch("services", from, (heard) => live.push(heard));
          apply(store, event);
        }
        if (from < store.revision) assert.deepEqual(live, ofServices(model.events, from));
        const last = model.events.length;
        for (const [kind, wanted] of queries) {
          const at = wanted.revision ?? last;
          const known = at >= model.known && at <= last;
          assert.deepEqual(store.page(kind, wanted), known ? model.page(kind, wanted) : undefined);
          const past: StoreEvent[] = [];
          const watch = store.watch("services", at, (event) => past.push(event));
          assert.equal(watch !== undefined, known);
          if (known) assert.deepEqual(past, ofServices(model.events, at));
          const space = wanted.namespace;
          const all = model.page(kind, space === undefined ? {} : { namespace: space });
          assert.equal(store.count(kind, space), all.rows.length);
          for (const row of all.rows) assert.deepEqual(store.read(kind, row.namespace, row.name), row);
        }
      },
    ),
    { numRuns: 500 },
  );
});
