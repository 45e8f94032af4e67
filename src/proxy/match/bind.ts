import { Hosted, HostIndex } from "./host-index.ts";
import type { Probe } from "./probe.ts";
import type { ListenerTable } from "./table.ts";

/** Listeners that share a hostname too, by key: the first one serves. Well-made programs have one each. */
class Rivals extends Hosted<Rivals> {
  readonly tables: ListenerTable[] = [];
}

/** The listeners that share one address and port, by hostname. */
export class BindTable {
  readonly address: string;
  readonly port: number;
  private readonly probe: Probe;
  private readonly byKey = new Map<string, ListenerTable>();
  private readonly byHostname = new HostIndex<Rivals>();

  constructor(address: string, port: number, probe: Probe) {
    this.address = address;
    this.port = port;
    this.probe = probe;
  }

  get empty(): boolean {
    return this.byKey.size === 0;
  }

  /** Keys of the listeners. */
  keys(): Iterable<string> {
    return this.byKey.keys();
  }

  /**
   * The one listener that a request is for: the one with the most specific hostname. No other serves the
   * request, even when this one has no route for it ("listener isolation"). `undefined`: 404.
   * `host`: the value of Host or `:authority`, in any case, with or without a port; `""` when absent.
   */
  choose(host: string): ListenerTable | undefined {
    const { probe, byHostname } = this;
    probe.host.read(host);
    const exact = byHostname.exact(probe.host);
    if (exact !== undefined) return exact.tables[0];
    const wildcards = byHostname.wildcards();
    for (let i = 0; i < wildcards.length; i++) {
      probe.inspected++;
      const wildcard = byHostname.wildcard(probe.host, wildcards[i]!);
      if (wildcard !== undefined) return wildcard.tables[0];
    }
    return byHostname.any === undefined ? undefined : byHostname.any.tables[0];
  }

  add(hostname: string, table: ListenerTable): void {
    this.byKey.set(table.key, table);
    let rivals = this.byHostname.get(hostname);
    if (rivals === undefined) this.byHostname.add((rivals = new Rivals(hostname)));
    const at = rivals.tables.findIndex((other) => other.key > table.key);
    rivals.tables.splice(at < 0 ? rivals.tables.length : at, 0, table);
  }

  /** Takes out what `add` put in. */
  remove(hostname: string, table: ListenerTable): void {
    this.byKey.delete(table.key);
    const rivals = this.byHostname.get(hostname);
    if (rivals === undefined) return;
    rivals.tables.splice(rivals.tables.indexOf(table), 1);
    if (rivals.tables.length === 0) this.byHostname.remove(rivals);
  }
}
