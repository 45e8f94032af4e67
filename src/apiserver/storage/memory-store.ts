import { compact } from "./compact.ts";
import { History, type HistoryLimits } from "./history.ts";
import { Index } from "./index.ts";
import type { Page, PageQuery, Row, Store, StoreEvent, Watch } from "./store.ts";

/** Makes changes last. What it throws is the caller's, and nothing has changed then. */
export interface Journal {
  readonly rows: Iterable<Row>;
  /** Of the last write. */
  readonly revision: number;
  write(resource: string, namespace: string, name: string, revision: number, text: string): void;
  remove(resource: string, namespace: string, name: string, revision: number): void;
  close(): void;
}

const forgetful: Journal = {
  rows: [],
  revision: 0,
  write: () => undefined,
  remove: () => undefined,
  close: () => undefined,
};

/** Everything in memory: rows, and as much of their history as `limits` allow. What a journal keeps comes back. */
export class MemoryStore implements Store {
  private readonly index = new Index();
  private readonly history: History;
  private readonly journal: Journal;

  constructor(journal: Journal = forgetful, limits?: HistoryLimits) {
    this.journal = journal;
    for (const { resource, namespace, name, revision, text } of journal.rows)
      this.index.put(resource, namespace, name, revision, text);
    this.history = new History(journal.revision, limits);
  }

  get revision(): number {
    return this.history.revision;
  }

  read(resource: string, namespace: string, name: string): Row | undefined {
    return this.index.read(resource, namespace, name);
  }

  page(resource: string, query: PageQuery): Page | undefined {
    const revision = query.revision ?? this.revision;
    const undone = this.history.since(resource, revision);
    if (undone === undefined) return undefined;
    const { rows, remaining } = this.index.page(resource, query, undone);
    const last = rows.at(-1);
    if (remaining === 0 || last === undefined) return { rows, revision, remaining };
    return { rows, revision, remaining, next: { namespace: last.namespace, name: last.name } };
  }

  count(resource: string, namespace?: string): number {
    return this.index.count(resource, namespace);
  }

  write(resource: string, namespace: string, name: string, text: (revision: number) => string): Row {
    const previous = this.read(resource, namespace, name);
    const { revision, made } = this.make(text);
    this.journal.write(resource, namespace, name, revision, made);
    const row = this.index.put(resource, namespace, name, revision, made);
    this.history.add(
      previous === undefined
        ? { type: "ADDED", revision, row }
        : { type: "MODIFIED", revision, row, previous },
    );
    return row;
  }

  remove(resource: string, namespace: string, name: string, text: (revision: number) => string): Row {
    const previous = this.read(resource, namespace, name);
    if (previous === undefined) throw new Error(`no ${resource} "${namespace}/${name}" to remove`);
    const { revision, made } = this.make(text);
    this.journal.remove(resource, namespace, name, revision);
    this.index.delete(previous);
    const row = { ...previous, revision, text: compact(made) };
    this.history.add({ type: "DELETED", revision, row, previous });
    return row;
  }

  watch(resource: string, revision: number, listener: (event: StoreEvent) => void): Watch | undefined {
    return this.history.watch(resource, revision, listener);
  }

  close(): void {
    this.journal.close();
  }

  private make(text: (revision: number) => string): { readonly revision: number; readonly made: string } {
    const revision = this.revision + 1;
    const made = text(revision);
    if (this.revision !== revision - 1) throw new Error("text() of a write must not write");
    return { revision, made };
  }
}
