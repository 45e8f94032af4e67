/**
 * Where objects are kept: as JSON text, which is what most readers want, and the smallest form there is.
 * Everything is synchronous, so a request that reads, decides and writes within one turn cannot be overtaken.
 */
export interface Row {
  /** `resourceName(kind)`, such as `httproutes.gateway.networking.k8s.io`. */
  readonly resource: string;
  /** `""` for cluster-scoped kinds. */
  readonly namespace: string;
  readonly name: string;
  /** The store's revision that wrote it: `metadata.resourceVersion`. One sequence for all resources, from 1. */
  readonly revision: number;
  /** The object in its storage version, with its resourceVersion. */
  readonly text: string;
}

export interface StoreEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly revision: number;
  /** For DELETED: the last state, with the resourceVersion of the deletion. */
  readonly row: Row;
  /** What it replaced or removed. */
  readonly previous?: Row;
}

export interface Page {
  readonly rows: readonly Row[];
  /** Of the whole list, the same on all of its pages. */
  readonly revision: number;
  /** Where the next page begins; absent on the last. */
  readonly next?: Position;
  readonly remaining: number;
}

/** The last row of a page. */
export interface Position {
  readonly namespace: string;
  readonly name: string;
}

export interface Store {
  /** Of the last write. */
  readonly revision: number;
  read(resource: string, namespace: string, name: string): Row | undefined;
  /**
   * Rows in the order of namespace and name (by UTF-16 units), all namespaces unless one is given.
   * Further pages (`after`) show the state at `revision`, whatever was written since; `undefined` when that
   * state is no longer known.
   */
  page(resource: string, query: PageQuery): Page | undefined;
  count(resource: string, namespace?: string): number;
  /** Creates or replaces. `text` is made with the revision that the write will have. Durable when it returns. */
  write(resource: string, namespace: string, name: string, text: (revision: number) => string): Row;
  /** Removes; `text` makes the last state. The row must be there. */
  remove(resource: string, namespace: string, name: string, text: (revision: number) => string): Row;
  /**
   * Calls `listener` for every event of the resource after `revision`: those that are past at once, within this
   * call, the others as they are written. `undefined` when the history no longer reaches back that far.
   */
  watch(resource: string, revision: number, listener: (event: StoreEvent) => void): Watch | undefined;
  close(): void;
}

export interface PageQuery {
  readonly namespace?: string;
  /** No limit unless given. */
  readonly limit?: number;
  readonly after?: Position;
  /** With `after`: the revision of the first page. */
  readonly revision?: number;
}

export interface Watch {
  stop(): void;
}
