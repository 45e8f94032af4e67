import { maxIdlePerEndpoint } from "../limits.ts";
import { type ResponseReceiver, UpstreamConnection } from "./connection.ts";

/**
 * One address that requests are sent to, with the connections that wait for the next request. Shared by every
 * backend that names it, so that what is learnt about it is learnt once.
 */
export class Endpoint {
  readonly host: string;
  readonly port: number;
  /** Backends that name it. At zero the endpoint is gone: nothing new is sent, what runs is finished. */
  references = 0;
  /** Last in, first out: the connection used last is the least likely to have been closed by the other side. */
  private readonly idle: UpstreamConnection[] = [];

  constructor(host: string, port: number) {
    this.host = host;
    this.port = port;
  }

  /** A connection for one exchange: an idle one, or a new one that is being made. */
  acquire(receiver: ResponseReceiver): UpstreamConnection {
    const connection = this.idle.pop();
    if (connection === undefined) return new UpstreamConnection(this, receiver);
    connection.reuse(receiver);
    return connection;
  }

  /** A connection that carries nothing else: for a request whose reused connection turned out dead. */
  connect(receiver: ResponseReceiver): UpstreamConnection {
    return new UpstreamConnection(this, receiver);
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
  }
}
