import type { Endpoint } from "../endpoint.ts";
import { Http2Upstream } from "./connection.ts";
import type { ResponseReceiver, UpstreamStream } from "../stream.ts";

/** The HTTP/2 connections to one endpoint: one as a rule, more only where the other side limits the streams of one. */
export class Http2Pool {
  /**
   * Streams of a new connection before its SETTINGS say how many there may be: what another one has said, and until then the
   * least that RFC 9113 section 6.5.2 recommends.
   */
  firstStreams = 100;
  private readonly endpoint: Endpoint;
  private readonly connections: Http2Upstream[] = [];

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
  }

  acquire(receiver: ResponseReceiver): UpstreamStream {
    for (const connection of this.connections) if (connection.hasRoom) return connection.open(receiver);
    const connection = new Http2Upstream(this.endpoint, this);
    this.connections.push(connection);
    return connection.open(receiver);
  }

  /** A connection takes no more streams. */
  forget(connection: Http2Upstream): void {
    const index = this.connections.indexOf(connection);
    if (index >= 0) this.connections.splice(index, 1);
  }

  /** Connections close when their last stream has ended. */
  drain(): void {
    for (const connection of this.connections.splice(0)) connection.drain();
  }
}
