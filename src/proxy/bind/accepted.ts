import type { Socket } from "node:net";
import type { ProxiedConnection } from "../../wire/proxy-protocol/header.ts";

/** A connection as it came in. */
export class Accepted {
  /** From a `net.Server` with `pauseOnConnect`. */
  readonly socket: Socket;
  /** What was read of it already. */
  readonly bytes: Buffer | undefined;
  /** As the proxy in front says it. */
  private readonly proxied: ProxiedConnection | undefined;

  constructor(socket: Socket, bytes?: Buffer, proxied?: ProxiedConnection) {
    this.socket = socket;
    this.bytes = bytes;
    this.proxied = proxied;
  }

  /** Address of the client. */
  get clientHost(): string {
    return this.proxied?.source.host ?? this.socket.remoteAddress ?? "";
  }

  /** Who speaks to whom. To be asked before somebody takes the socket over. */
  get connection(): ProxiedConnection | undefined {
    if (this.proxied !== undefined) return this.proxied;
    const { remoteAddress, remotePort, localAddress, localPort } = this.socket;
    if (remoteAddress === undefined || localAddress === undefined) return undefined;
    return {
      source: { host: unmapped(remoteAddress), port: remotePort! },
      destination: { host: unmapped(localAddress), port: localPort! },
    };
  }
}

/** A socket for both families has IPv4 addresses as parts of IPv6 (RFC 4291 section 2.5.5.2). */
function unmapped(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}
