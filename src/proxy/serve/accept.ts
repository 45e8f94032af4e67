import type { Socket } from "node:net";
import type { BindTable } from "../match/match.ts";
import { acceptTls } from "../tls/accept.ts";
import type { TlsTerminator } from "../tls/terminator.ts";
import { Transport } from "../transport/transport.ts";
import { Arrival } from "./arrival.ts";
import type { ServeContext } from "./context.ts";
import { ClientConnection } from "./http1/connection.ts";
import { Http2Connection } from "./http2/connection.ts";

/** Serves a connection that a `net.Server` with `pauseOnConnect` has accepted: HTTP/1, or HTTP/2 if it begins so. */
export function acceptHttp(accepted: Socket, bind: BindTable, context: ServeContext): void {
  const arrival = new Arrival(bind, context, accepted.remoteAddress ?? "", "http");
  new ClientConnection(arrival, (owner) => Transport.accept(accepted, owner));
}

/** The same behind TLS, by what ALPN has settled. */
export function acceptHttps(
  accepted: Socket,
  bind: BindTable,
  context: ServeContext,
  terminator: TlsTerminator,
): void {
  const arrival = new Arrival(bind, context, accepted.remoteAddress ?? "", "https");
  acceptTls(accepted, terminator, {
    onSecure: (transport, { protocol, serverName, clientCertificate }) => {
      arrival.serverName = serverName;
      arrival.clientCertificate = clientCertificate;
      if (protocol === "h2") new Http2Connection(transport, arrival, 0);
      else
        new ClientConnection(arrival, (owner) => {
          transport.owner = owner;
          return transport;
        });
    },
  });
}
