import type { Backend, Certificate, L4Route, Listener, Program, Route } from "./program.ts";

/** What turns one version of a program into the next: applied as a whole or not at all. */
export interface ProgramChange {
  readonly version: number;
  readonly listeners: TableChange<Listener>;
  readonly routes: TableChange<Route>;
  readonly l4Routes: TableChange<L4Route>;
  readonly backends: TableChange<Backend>;
  readonly certificates: TableChange<Certificate>;
}

export interface TableChange<Entry> {
  /** New or replaced entries. */
  readonly set: readonly Entry[];
  /** Keys of removed entries. */
  readonly remove: readonly string[];
}

export const emptyProgram: Program = {
  version: 0,
  listeners: new Map(),
  routes: new Map(),
  l4Routes: new Map(),
  backends: new Map(),
  certificates: new Map(),
};

/** Changes nothing. */
export const emptyChange: ProgramChange = wholeProgram(emptyProgram);

/** The program after the change. Law: `applyChange(a, diff(a, b))` equals `b`. */
export function applyChange(program: Program, change: ProgramChange): Program {
  return {
    version: change.version,
    listeners: applyTable(program.listeners, change.listeners),
    routes: applyTable(program.routes, change.routes),
    l4Routes: applyTable(program.l4Routes, change.l4Routes),
    backends: applyTable(program.backends, change.backends),
    certificates: applyTable(program.certificates, change.certificates),
  };
}

function applyTable<Entry extends { readonly key: string }>(
  table: ReadonlyMap<string, Entry>,
  change: TableChange<Entry>,
): ReadonlyMap<string, Entry> {
  if (change.set.length === 0 && change.remove.length === 0) return table;
  const next = new Map(table);
  for (const key of change.remove) next.delete(key);
  for (const entry of change.set) next.set(entry.key, entry);
  return next;
}

/** The whole program as one change: what a proxy that knows nothing is sent. */
export function wholeProgram(program: Program): ProgramChange {
  return {
    version: program.version,
    listeners: { set: [...program.listeners.values()], remove: [] },
    routes: { set: [...program.routes.values()], remove: [] },
    l4Routes: { set: [...program.l4Routes.values()], remove: [] },
    backends: { set: [...program.backends.values()], remove: [] },
    certificates: { set: [...program.certificates.values()], remove: [] },
  };
}

export function isEmptyChange(change: ProgramChange): boolean {
  const { listeners, routes, l4Routes, backends, certificates } = change;
  return [listeners, routes, l4Routes, backends, certificates].every(
    (table) => table.set.length === 0 && table.remove.length === 0,
  );
}
