import type { ProxiedConnection, SocketAddress } from "../../wire/proxy-protocol/header.ts";
import type { Handle, SocketName } from "../transport/handle.ts";

/** A connection as it came in. */
export class Accepted {
  readonly handle: Handle;
  /** What was read of it already. */
  readonly bytes: Buffer | undefined;
  /** As the proxy in front says it. */
  private readonly proxied: ProxiedConnection | undefined;

  constructor(handle: Handle, bytes?: Buffer, proxied?: ProxiedConnection) {
    this.handle = handle;
    this.bytes = bytes;
    this.proxied = proxied;
  }

  /** Address of the client; `""` when it has gone already. */
  get clientHost(): string {
    return this.proxied?.source.host ?? this.peer;
  }

  /** Address of whoever has connected. */
  get peer(): string {
    const name: Partial<SocketName> = {};
    return this.handle.getpeername(name) === 0 ? (name.address ?? "") : "";
  }

  /** Who speaks to whom; undefined when the connection is gone already. */
  get connection(): ProxiedConnection | undefined {
    if (this.proxied !== undefined) return this.proxied;
    const [source, destination]: Partial<SocketName>[] = [{}, {}];
    if (this.handle.getpeername(source!) !== 0 || this.handle.getsockname(destination!) !== 0)
      return undefined;
    return { source: addressOf(source!), destination: addressOf(destination!) };
  }
}

/** A socket for both families has IPv4 addresses as parts of IPv6 (RFC 4291 section 2.5.5.2). */
function addressOf({ address = "", port = 0 }: Partial<SocketName>): SocketAddress {
  const isMapped = address.startsWith("::ffff:") && address.includes(".");
  return { host: isMapped ? address.slice(7) : address, port };
}
