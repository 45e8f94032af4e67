import type { Endpoint as Place } from "../../program/program.ts";
import { maxIdlePerEndpoint } from "../limits.ts";
import type { UpstreamTls } from "../tls/upstream-tls.ts";
import { type Address, Transport, type TransportOwner } from "../transport/transport.ts";
import { UpstreamConnection } from "./http1/connection.ts";
import { GuardedAddress } from "./guarded-address.ts";
import { Http2Pool } from "./http2/pool.ts";
import type { ResponseReceiver, UpstreamStream } from "./stream.ts";

/** `TCP` and `UDP`: whatever clients speak. */
export type EndpointProtocol = "HTTP1" | "HTTP2" | "TCP" | "UDP";

/** What is agreed on where there is TLS. */
const applicationProtocols = { HTTP1: "http/1.1", HTTP2: "h2", TCP: "", UDP: "" } as const;

/**
 * One address that requests are sent to in one protocol, with the connections that carry them. Shared by every backend that
 * names it, so that what is learnt about it is learnt once.
 */
export class Endpoint {
  readonly key: string;
  readonly host: string;
  readonly port: number;
  readonly address: Address;
  readonly protocol: EndpointProtocol;
  /** How bodies of requests are to be given. */
  readonly takes: "framed" | "plain";
  readonly tls: UpstreamTls | undefined;
  /** Backends that name it. At zero the endpoint is gone: nothing new is sent, what runs is finished. */
  references = 0;
  /** Last in, first out: the connection used last is the least likely to have been closed by the other side. */
  private readonly idle: UpstreamConnection[] = [];
  private readonly http2: Http2Pool;

  constructor(
    key: string,
    { host, port, barred }: Place,
    protocol: EndpointProtocol,
    tls: UpstreamTls | undefined,
  ) {
    this.key = key;
    this.host = host;
    this.port = port;
    this.address = barred === undefined ? { host, port } : new GuardedAddress(host, port, barred);
    this.protocol = protocol;
    this.tls = tls;
    this.takes = protocol === "HTTP2" ? "plain" : "framed";
    this.http2 = new Http2Pool(this);
  }

  /** As requests on HTTP/2 name it. */
  get scheme(): "http" | "https" {
    return this.tls === undefined ? "http" : "https";
  }

  /** A new connection; `onConnect` is called when bytes of requests may go. */
  open(owner: TransportOwner, onConnect: () => void): Transport {
    const { address, tls } = this;
    if (tls === undefined) return Transport.connect(address, owner, onConnect);
    return Transport.connectTls(address, tls, applicationProtocols[this.protocol], owner, onConnect);
  }

  /** A connection, or a part of one, for one exchange: one that is there, or a new one that is being made. */
  acquire(receiver: ResponseReceiver): UpstreamStream {
    if (this.protocol === "HTTP2") return this.http2.acquire(receiver);
    const connection = this.idle.pop();
    if (connection === undefined) return new UpstreamConnection(this, receiver);
    connection.reuse(receiver);
    return connection;
  }

  /** The same for a request that a connection which had waited turned out too dead for: it gets one that is new. */
  connect(receiver: ResponseReceiver): UpstreamStream {
    return this.protocol === "HTTP2" ? this.http2.acquire(receiver) : new UpstreamConnection(this, receiver);
  }

  /** Takes back a connection after a whole exchange. */
  release(connection: UpstreamConnection): void {
    if (this.references === 0 || this.idle.length >= maxIdlePerEndpoint) connection.destroy();
    else {
      this.idle.push(connection);
      connection.rest();
    }
  }

  /** An idle connection was closed. */
  forget(connection: UpstreamConnection): void {
    const index = this.idle.lastIndexOf(connection);
    if (index >= 0) this.idle.splice(index, 1);
  }

  closeIdle(): void {
    for (const connection of this.idle.splice(0)) connection.destroy();
    this.http2.drain();
  }
}
