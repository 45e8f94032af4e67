import type { ProgramChange } from "../../program/change.ts";
import type { L4Route, Listener, ListenerBind, Route } from "../../program/program.ts";
import { reportBug } from "../../std/bug.ts";
import { compileFilters } from "../filter/filter.ts";
import { BindTable, type BindTransport } from "./bind.ts";
import { CompiledL4Route } from "./l4-route.ts";
import { L4Table } from "./l4-table.ts";
import { Probe } from "./probe.ts";
import { CompiledRoute } from "./rule.ts";
import { ListenerTable } from "./table.ts";
import { Trust } from "./trust.ts";

export type { BindTable } from "./bind.ts";
export type { CompiledL4Route } from "./l4-route.ts";
export type { FieldView } from "./probe.ts";
export type { CompiledDestination, CompiledMatch } from "./rule.ts";
export type { ListenerTable } from "./table.ts";

/**
 * The listeners and routes of a program as tables for looking up requests; one per worker.
 *
 * `router.bind(address, port)?.choose(host)?.lookup(host, method, target, fields)`
 */
export class Router {
  private readonly probe = new Probe();
  private readonly bindTables = new Map<string, BindTable>();
  /** By listener key. A table is made when a listener or a route first names it, in any order. */
  private readonly tables = new Map<string, ListenerTable>();
  private readonly routes = new Map<string, CompiledRoute>();
  private readonly l4Routes = new Map<string, CompiledL4Route>();
  /** Binds of which the change at hand concerns a listener. */
  private readonly touched = new Set<BindTable>();

  /** Edits the tables in place: the cost is that of the entries in the change. Atomic for requests. */
  apply(change: ProgramChange): void {
    for (const key of change.routes.remove) this.removeRoute(key);
    for (const key of change.l4Routes.remove) this.removeL4Route(key);
    for (const key of change.listeners.remove) this.removeListener(key);
    for (const listener of change.listeners.set) this.setListener(listener);
    for (const route of change.routes.set) this.setRoute(route);
    for (const route of change.l4Routes.set) this.setL4Route(route);
    // Only now: a listener may have taken the place of another one, whose connections go on then.
    for (const bind of this.touched) {
      bind.refresh();
      if (bind.empty) this.bindTables.delete(bindKey(bind));
    }
    this.touched.clear();
  }

  /**
   * The table to look requests up in that arrive on this socket. It stays the same object until the last
   * listener of the socket is removed; after that its `choose` finds nothing.
   */
  bind(address: string, port: number, transport: BindTransport = "tcp"): BindTable | undefined {
    return this.bindTables.get(bindKey({ transport, address, port }));
  }

  binds(): Iterable<BindTable> {
    return this.bindTables.values();
  }

  /** Table nodes and candidates that all lookups so far have looked at: their cost, without a clock. */
  get inspected(): number {
    return this.probe.inspected + this.probe.host.inspected;
  }

  private setListener(listener: Listener): void {
    const table = this.table(listener.key);
    const before = table.listener;
    table.listener = listener;
    table.auths = compileFilters(listener.filters ?? []).auths;
    table.trust = listener.trustedProxies && new Trust(listener.trustedProxies);
    const isKept = (place: Place) => before?.hostname === listener.hostname && has(before, place);
    if (before !== undefined) this.unbind(before, table, (place) => isKept(place) && has(listener, place));
    for (const place of placesOf(listener)) {
      const bind = this.openBind(place);
      if (!isKept(place)) bind.add(listener.hostname, table);
      this.touched.add(bind);
    }
  }

  private openBind(place: Place & ListenerBind): BindTable {
    const key = bindKey(place);
    let bind = this.bindTables.get(key);
    if (bind === undefined) {
      bind = new BindTable(place.transport, place.address, place.port, this.probe);
      this.bindTables.set(key, bind);
    }
    bind.publicPort = place.publicPort ?? place.port;
    return bind;
  }

  private removeListener(key: string): void {
    const table = this.tables.get(key);
    if (table?.listener === undefined) return;
    this.unbind(table.listener, table, () => false);
    table.listener = undefined;
    this.dropIfUnused(table);
  }

  private unbind(listener: Listener, table: ListenerTable, stays: (place: Place) => boolean): void {
    for (const place of placesOf(listener)) {
      const bind = this.bindTables.get(bindKey(place));
      if (bind === undefined || stays(place)) continue;
      bind.remove(listener.hostname, table);
      this.touched.add(bind);
    }
  }

  private setRoute(route: Route): void {
    this.removeRoute(route.key);
    const compiled = compile(route);
    if (compiled === undefined) return;
    this.routes.set(route.key, compiled);
    for (const attachment of compiled.attachments) {
      const table = this.table(attachment.listener);
      for (const hostname of attachment.hostnames) {
        for (const match of compiled.matches) table.add(hostname, match);
      }
      this.dropIfUnused(table);
    }
  }

  private removeRoute(key: string): void {
    const route = this.routes.get(key);
    if (route === undefined) return;
    this.routes.delete(key);
    for (const attachment of route.attachments) {
      const table = this.tables.get(attachment.listener);
      if (table === undefined) continue;
      for (const hostname of attachment.hostnames) {
        for (const match of route.matches) table.remove(hostname, match);
      }
      this.dropIfUnused(table);
    }
  }

  private setL4Route(route: L4Route): void {
    this.removeL4Route(route.key);
    const compiled = new CompiledL4Route(route);
    this.l4Routes.set(route.key, compiled);
    for (const { listener, hostnames } of compiled.attachments) {
      const table = this.table(listener);
      table.l4 ??= new L4Table();
      for (const hostname of hostnames) table.l4.add(hostname, compiled);
      table.size += hostnames.length;
      this.dropIfUnused(table);
    }
  }

  private removeL4Route(key: string): void {
    const route = this.l4Routes.get(key);
    if (route === undefined) return;
    this.l4Routes.delete(key);
    for (const { listener, hostnames } of route.attachments) {
      const table = this.tables.get(listener);
      if (table === undefined) continue;
      for (const hostname of hostnames) table.l4?.remove(hostname, route);
      table.size -= hostnames.length;
      this.dropIfUnused(table);
    }
  }

  private table(key: string): ListenerTable {
    let table = this.tables.get(key);
    if (table === undefined) this.tables.set(key, (table = new ListenerTable(key, this.probe)));
    return table;
  }

  private dropIfUnused(table: ListenerTable): void {
    if (table.size === 0 && table.listener === undefined) this.tables.delete(table.key);
  }
}

/** A route that a bug of ours keeps from being compiled is not served; its neighbours are. */
function compile(route: Route): CompiledRoute | undefined {
  try {
    return new CompiledRoute(route);
  } catch (error) {
    reportBug(error);
    return undefined;
  }
}

type Place = Pick<BindTable, "transport" | "address" | "port">;

function placesOf({ protocol, binds }: Listener): readonly (Place & ListenerBind)[] {
  const transport = protocol === "UDP" ? "udp" : "tcp";
  return binds.map((bind) => ({ ...bind, transport }));
}

function has(listener: Listener, place: Place): boolean {
  return placesOf(listener).some((one) => bindKey(one) === bindKey(place));
}

/** Unique among the sockets of a worker. */
export function bindKey({ transport, address, port }: Place): string {
  return `${transport} ${address} ${port}`;
}
