/** Who speaks to whom, as the one in front has seen it. */
export interface ProxiedConnection {
  readonly source: SocketAddress;
  readonly destination: SocketAddress;
}

export interface SocketAddress {
  /** IPv4 or IPv6 text; both addresses of a connection are of one family. */
  readonly host: string;
  readonly port: number;
}
