import { compact } from "./compact.ts";
import { SortedMap } from "./sorted-map.ts";
import type { PageQuery, Row, StoreEvent } from "./store.ts";

interface Space {
  readonly namespace: string;
  readonly rows: SortedMap<Row>;
}

interface Table {
  readonly resource: string;
  readonly spaces: SortedMap<Space>;
  count: number;
}

/** What is there now: resource → namespace → name, in the order in which lists show it. */
export class Index {
  private readonly tables = new Map<string, Table>();

  read(resource: string, namespace: string, name: string): Row | undefined {
    return this.tables.get(resource)?.spaces.get(namespace)?.rows.get(name);
  }

  count(resource: string, namespace?: string): number {
    const table = this.tables.get(resource);
    if (namespace === undefined) return table?.count ?? 0;
    return table?.spaces.get(namespace)?.rows.size ?? 0;
  }

  /** Creates or replaces. All rows of a namespace share their strings, whatever strings they came with. */
  put(resource: string, namespace: string, name: string, revision: number, text: string): Row {
    let table = this.tables.get(resource);
    if (table === undefined) {
      table = { resource: compact(resource), spaces: new SortedMap(), count: 0 };
      this.tables.set(table.resource, table);
    }
    let space = table.spaces.get(namespace);
    if (space === undefined) {
      space = { namespace: compact(namespace), rows: new SortedMap() };
      table.spaces.set(space.namespace, space);
    }
    const previous = space.rows.get(name);
    if (previous === undefined) table.count++;
    const row = {
      resource: table.resource,
      namespace: space.namespace,
      name: previous?.name ?? compact(name),
      revision,
      text: compact(text),
    };
    space.rows.set(row.name, row);
    return row;
  }

  delete({ resource, namespace, name }: Row): void {
    const table = this.tables.get(resource);
    const space = table?.spaces.get(namespace);
    if (table === undefined || space?.rows.get(name) === undefined) return;
    table.count--;
    space.rows.delete(name);
    if (space.rows.size === 0) table.spaces.delete(namespace);
  }

  /**
   * One page and the number of rows after it, as they were before `undone`: the events since then, oldest first.
   * An event's `previous` is what it replaced, so the first event of a row tells what the row was.
   */
  page(
    resource: string,
    query: PageQuery,
    undone: Iterable<StoreEvent>,
  ): { readonly rows: readonly Row[]; readonly remaining: number } {
    const changed = new Changed();
    let left = this.countAfter(resource, query);
    for (const { row, previous } of undone) {
      if (!isShown(row, query) || !changed.add(row, previous)) continue;
      left += (previous === undefined ? 0 : 1) - (this.has(row) ? 1 : 0);
    }
    const rows: Row[] = [];
    const limit = query.limit ?? Infinity;
    if (limit > 0)
      for (const row of merge(this.after(resource, query), changed)) if (rows.push(row) >= limit) break;
    return { rows, remaining: left - rows.length };
  }

  private has(row: Row): boolean {
    return this.read(row.resource, row.namespace, row.name) !== undefined;
  }

  private countAfter(resource: string, { namespace, after }: PageQuery): number {
    if (after === undefined) return this.count(resource, namespace);
    const spaces = this.tables.get(resource)?.spaces;
    if (spaces === undefined) return 0;
    if (namespace !== undefined && namespace !== after.namespace)
      return namespace > after.namespace ? this.count(resource, namespace) : 0;
    let count = spaces.get(after.namespace)?.rows.countAfter(after.name) ?? 0;
    if (namespace === undefined)
      for (const { rows } of spaces.valuesAfter(after.namespace)) count += rows.size;
    return count;
  }

  private *after(resource: string, { namespace, after }: PageQuery): Generator<Row, void> {
    const spaces = this.tables.get(resource)?.spaces;
    if (spaces === undefined) return;
    if (namespace !== undefined) {
      if (after !== undefined && after.namespace > namespace) return;
      const from = after?.namespace === namespace ? after.name : undefined;
      yield* spaces.get(namespace)?.rows.valuesAfter(from) ?? [];
      return;
    }
    if (after !== undefined) yield* spaces.get(after.namespace)?.rows.valuesAfter(after.name) ?? [];
    for (const { rows } of spaces.valuesAfter(after?.namespace)) yield* rows.valuesAfter();
  }
}

/** Rows that are not to be shown as they are now, with what they were. */
class Changed {
  private readonly rows = new Map<string, Map<string, Row | undefined>>();

  /** False when the row is known already: only its oldest event tells what it was. */
  add({ namespace, name }: Row, previous: Row | undefined): boolean {
    let names = this.rows.get(namespace);
    if (names === undefined) this.rows.set(namespace, (names = new Map()));
    if (names.has(name)) return false;
    names.set(name, previous);
    return true;
  }

  has({ namespace, name }: Row): boolean {
    return this.rows.get(namespace)?.has(name) === true;
  }

  /** Those that existed, in order. */
  past(): readonly Row[] {
    const rows: Row[] = [];
    for (const names of this.rows.values())
      for (const row of names.values()) if (row !== undefined) rows.push(row);
    return rows.sort(compare);
  }
}

/** The rows of now that did not change, and what the changed ones were, in order. */
function* merge(now: Iterable<Row>, changed: Changed): Generator<Row, void> {
  const past = changed.past();
  let next = 0;
  for (const row of now) {
    for (; next < past.length && compare(past[next]!, row) <= 0; next++) yield past[next]!;
    if (!changed.has(row)) yield row;
  }
  yield* past.slice(next);
}

function isShown(row: Row, { namespace, after }: PageQuery): boolean {
  if (namespace !== undefined && row.namespace !== namespace) return false;
  return after === undefined || compare(row, after) > 0;
}

function compare(a: Pick<Row, "namespace" | "name">, b: Pick<Row, "namespace" | "name">): number {
  return compareText(a.namespace, b.namespace) || compareText(a.name, b.name);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
