import type { BindTable, ListenerTable } from "../match/match.ts";
import type { TlsSession } from "../tls/accept.ts";
import type { ServeContext } from "./context.ts";
import { type Claims, Client } from "./head/request-head.ts";

/** Where the requests of one connection arrive, and from whom: the same for all of them. */
export class Arrival {
  readonly bind: BindTable;
  readonly context: ServeContext;
  readonly client: Client;
  /** What the client named when TLS began, "" if nothing; undefined without TLS. */
  serverName: string | undefined = undefined;
  /** What the client showed when TLS began. */
  clientCertificate: TlsSession["clientCertificate"] = "none";
  private trust: ListenerTable["trust"] = undefined;
  private trusted = false;

  /** @param address Of the client, as Node has it. */
  constructor(bind: BindTable, context: ServeContext, address: string, scheme: "http" | "https") {
    this.bind = bind;
    this.context = context;
    this.client = new Client(address, scheme);
  }

  /** How what the request says of the client is taken on this listener; the answer is the same for all requests of a connection. */
  claims({ trust }: ListenerTable): Claims {
    if (trust === undefined) return "passed on";
    if (trust !== this.trust) {
      this.trust = trust;
      this.trusted = trust.includes(this.client.address);
    }
    return this.trusted ? "believed" : "dropped";
  }

  /**
   * Whether requests for this listener do not belong on the connection: it was opened for another one, whose certificates and clients
   * may be others (RFC 9110 section 7.4), or before the listener asked for what this client has not shown.
   */
  isMisdirected(table: ListenerTable, authority: string): boolean {
    const { serverName } = this;
    const tls = table.listener?.tls;
    if (serverName === undefined) return tls !== undefined;
    if (tls?.clients?.optional === false && this.clientCertificate !== "valid") return true;
    // Nearly always, and worth no second lookup.
    return authority !== serverName && this.bind.choose(serverName) !== table;
  }

  /** Connections are to be closed after the requests that run. */
  get leaving(): boolean {
    return this.context.draining || this.bind.empty;
  }
}
