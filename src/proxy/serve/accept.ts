import type { ProxiedConnection } from "../../wire/proxy-protocol/header.ts";
import { Accepted } from "../bind/accepted.ts";
import { acceptProxied } from "../bind/proxy-header.ts";
import type { BindTable, CompiledL4Route } from "../match/match.ts";
import { acceptTls, type HandshakeOwner, type TlsSession } from "../tls/accept.ts";
import { Alert } from "../tls/alert.ts";
import type { TlsTerminator } from "../tls/terminator.ts";
import { type Handle, socketOf } from "../transport/handle.ts";
import { Transport, type TransportOwner } from "../transport/transport.ts";
import type { BackendEndpoints } from "../upstream/backends.ts";
import { Arrival } from "./arrival.ts";
import type { ServeContext } from "./context.ts";
import { ClientConnection } from "./http1/connection.ts";
import { Http2Connection } from "./http2/connection.ts";
import { Relay } from "./relay/relay.ts";

/**
 * Serves a connection of which nothing was read yet, as the listeners of its socket want it.
 * @param terminator Of the socket; with one every connection begins with TLS.
 */
export function acceptConnection(
  handle: Handle,
  bind: BindTable,
  context: ServeContext,
  terminator: TlsTerminator | undefined,
): void {
  const accept = (accepted: Accepted): void => {
    if (terminator !== undefined)
      acceptTls(accepted.handle, accepted.bytes, terminator, new TlsArrival(accepted, bind, context));
    else if (bind.isRaw) acceptRaw(accepted, bind, context);
    else acceptHttp(accepted, bind, context);
  };
  const accepted = new Accepted(handle);
  if (!bind.isProxied) accept(accepted);
  else if (bind.mayProxy(accepted.peer)) acceptProxied(handle, accept);
  else refuse(handle);
}

/** HTTP/1, or HTTP/2 if it begins so. */
function acceptHttp(accepted: Accepted, bind: BindTable, context: ServeContext): void {
  const arrival = new Arrival(bind, context, accepted.clientHost, "http");
  const connection = new ClientConnection(arrival, (owner) => Transport.accept(accepted.handle, owner));
  if (accepted.bytes !== undefined) connection.transport.hand(accepted.bytes);
}

function acceptRaw(accepted: Accepted, bind: BindTable, context: ServeContext): void {
  const route = bind.chooseL4("");
  const backend = route && drawBackend(route, context);
  if (backend === undefined) return refuse(accepted.handle);
  const { handle, bytes } = accepted;
  const connection = announced(accepted, backend);
  new Relay(context, bind, "", backend, connection, bytes, (owner) => Transport.accept(handle, owner));
}

function refuse(handle: Handle): void {
  socketOf(handle).resetAndDestroy();
}

/** Independent draws: shares hold for every worker without any of them counting. `undefined`: the connection is refused. */
function drawBackend(route: CompiledL4Route, context: ServeContext): BackendEndpoints | undefined {
  const key = route.backend(Math.random());
  const backend = key === undefined ? undefined : context.backends.get(key);
  return backend === undefined || backend.endpoints.length === 0 ? undefined : backend;
}

/** What the backend is told of who speaks to whom, if it wants to know. */
function announced(accepted: Accepted, { proxyProtocol }: BackendEndpoints): ProxiedConnection | undefined {
  return proxyProtocol === undefined ? undefined : accepted.connection;
}

/** A connection that begins with TLS: it ends here, or is passed on as it is. */
class TlsArrival implements HandshakeOwner {
  private readonly accepted: Accepted;
  private readonly bind: BindTable;
  private readonly context: ServeContext;
  private serverName = "";
  /** Set where a TLS listener was named. */
  private backend: BackendEndpoints | undefined = undefined;

  constructor(accepted: Accepted, bind: BindTable, context: ServeContext) {
    this.accepted = accepted;
    this.bind = bind;
    this.context = context;
  }

  onRelay(serverName: string): number | undefined {
    this.serverName = serverName;
    const route = this.bind.chooseL4(serverName);
    if (route === undefined) return Alert.unrecognizedName;
    this.backend = drawBackend(route, this.context);
    return this.backend === undefined ? Alert.internalError : undefined;
  }

  onPassed(handle: Handle, bytes: Buffer): void {
    this.relay(bytes, (owner) => Transport.accept(handle, owner));
  }

  private relay(bytes: Buffer | undefined, accept: (owner: TransportOwner) => Transport): void {
    const backend = this.backend!;
    const connection = announced(this.accepted, backend);
    new Relay(this.context, this.bind, this.serverName, backend, connection, bytes, accept);
  }

  onSecure(transport: Transport, session: TlsSession): void {
    const handOver = (owner: TransportOwner): Transport => {
      transport.owner = owner;
      return transport;
    };
    if (this.backend !== undefined) return this.relay(undefined, handOver);
    const arrival = new Arrival(this.bind, this.context, this.accepted.clientHost, "https");
    arrival.serverName = session.serverName;
    arrival.clientCertificate = session.clientCertificate;
    if (session.protocol === "h2") new Http2Connection(transport, arrival, 0);
    else new ClientConnection(arrival, handOver);
  }
}
