import type { BindTable, ListenerTable } from "../match/match.ts";
import type { ServeContext } from "./context.ts";
import { type Claims, Client } from "./head/request-head.ts";

/** Where the requests of one connection arrive, and from whom: the same for all of them. */
export class Arrival {
  readonly bind: BindTable;
  readonly context: ServeContext;
  readonly client: Client;
  /** Stands in for the authority of a request that names none (HTTP/1.0). */
  readonly authority: string;
  /** What the client named when TLS began, "" if nothing; undefined without TLS. */
  serverName: string | undefined = undefined;
  private trust: ListenerTable["trust"] = undefined;
  private trusted = false;

  /** @param address Of the client, as Node has it. */
  constructor(bind: BindTable, context: ServeContext, address: string, scheme: "http" | "https") {
    this.bind = bind;
    this.context = context;
    this.client = new Client(address, scheme);
    this.authority = `${bind.address.includes(":") ? `[${bind.address}]` : bind.address}:${bind.port}`;
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

  /** Connections are to be closed after the requests that run. */
  get leaving(): boolean {
    return this.context.draining || this.bind.empty;
  }
}
