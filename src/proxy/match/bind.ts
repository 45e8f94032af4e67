import { Hosted, HostIndex } from "./host-index.ts";
import type { CompiledL4Route } from "./l4-route.ts";
import type { Probe } from "./probe.ts";
import type { ListenerTable } from "./table.ts";
import type { Trust } from "./trust.ts";

/** Listeners that share a hostname too, by key: the first one serves. Well-made programs have one each. */
class Rivals extends Hosted<Rivals> {
  readonly tables: ListenerTable[] = [];
}

export type BindTransport = "tcp" | "udp";

/** The listeners that share one address and port, by hostname. */
export class BindTable {
  readonly transport: BindTransport;
  readonly address: string;
  readonly port: number;
  /** That clients connect to. */
  publicPort: number;
  /** Whether connections begin with a PROXY header. */
  isProxied = false;
  /** Whether connections are passed on as they come. */
  isRaw = false;
  /** Who may stand in front. */
  private trust: Trust | undefined = undefined;
  /** Stands in for the authority of a request that names none (HTTP/1.0). */
  readonly authority: string;
  private readonly probe: Probe;
  private readonly byKey = new Map<string, ListenerTable>();
  private readonly byHostname = new HostIndex<Rivals>();

  constructor(transport: BindTransport, address: string, port: number, probe: Probe) {
    this.transport = transport;
    this.address = address;
    this.port = this.publicPort = port;
    this.authority = `${address.includes(":") ? `[${address}]` : address}:${port}`;
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
    const rivals = byHostname.best(probe.host);
    return rivals === undefined ? undefined : rivals.tables[0];
  }

  /** The route for a connection or flow. `serverName`: what the client names (SNI); `""` when it names nothing, or cannot. */
  chooseL4(serverName: string): CompiledL4Route | undefined {
    return this.choose(serverName)?.l4?.choose(this.probe.host);
  }

  /** Whether a connection that was relayed for this name still would be, by whatever listener and wherever to. */
  relays(serverName: string): boolean {
    const protocol = this.choose(serverName)?.listener?.protocol;
    return protocol === "TCP" || protocol === "TLS";
  }

  /** Whether connections are to begin with a PROXY header that this peer writes. */
  mayProxy(peer: string): boolean {
    return this.trust === undefined || this.trust.includes(peer);
  }

  /** To be called when listeners have come, gone or changed. */
  refresh(): void {
    this.isProxied = this.isRaw = false;
    this.trust = undefined;
    for (const { listener, trust } of this.byKey.values()) {
      if (listener?.proxyProtocol === true) this.isProxied = true;
      if (listener?.protocol === "TCP") this.isRaw = true;
      this.trust ??= trust;
    }
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
