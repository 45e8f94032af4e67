import { Socket } from "node:net";
import { TLSSocket, type SecureContext } from "node:tls";

/** How a socket hands over what it reads: into a buffer of the caller's. */
export interface OnRead {
  readonly buffer: () => Uint8Array;
  readonly callback: (length: number) => boolean;
}

export interface SecureSocketOptions {
  readonly secureContext: SecureContext;
  /** Whether clients are asked for a certificate, and whether one that shows none is turned away. */
  readonly clientCertificate: "unwanted" | "asked" | "required";
  /** What may be spoken inside, best first (RFC 7301). */
  readonly protocols: readonly string[];
}

/** What Node's TLS sockets have and its types do not say. The same from Node 20 to 26. */
interface Internals {
  /** The TLS layer on top of the TCP connection `_parent`. */
  _handle: {
    receive(bytes: Buffer): void;
    verifyError(): Error | null | undefined;
    readonly _parent: TcpHandle;
  } | null;
  connecting: boolean;
  _wrapHandle(wrap: unknown, handle: unknown, active: boolean): unknown;
  _releaseControl(): boolean;
}

type Owned = Record<symbol, unknown>;

interface TcpHandle {
  close: (callback: () => void) => void;
  reset(callback: () => void): number;
}

const prototype = TLSSocket.prototype as unknown as Internals;

/**
 * The server's end of TLS on a connection that stands. Node lets only TLS sockets that are made without a socket read into a
 * buffer of the caller's; this one is made so, and given the connection where Node would make a new one.
 */
export class SecureSocket extends TLSSocket {
  constructor(handle: object, options: SecureSocketOptions, onread: OnRead) {
    const required = options.clientCertificate === "required";
    super(
      null as unknown as Socket,
      {
        isServer: true,
        handle,
        secureContext: options.secureContext,
        requestCert: required || options.clientCertificate === "asked",
        rejectUnauthorized: required,
        ALPNProtocols: options.protocols,
        allowHalfOpen: true,
        onread,
      } as object,
    );
    (this as unknown as Internals).connecting = false;
  }

  protected _wrapHandle(wrap: unknown, _: unknown, active: boolean): unknown {
    const { handle } = (this as unknown as { _tlsOptions: { handle: Owned } })._tlsOptions;
    // The handle knows the socket that it was made for; left there, the dead socket would live as long as the connection.
    for (const symbol of Object.getOwnPropertySymbols(handle)) {
      if (handle[symbol] instanceof Socket) handle[symbol] = this;
    }
    return prototype._wrapHandle.call(this, wrap, handle, active);
  }

  /** @param bytes What the client has sent before this socket was made. */
  begin(bytes: Buffer, onSecure: () => void): void {
    const internals = this as unknown as Internals;
    this.once("secure", () => {
      // From here on errors of TLS are errors of the socket.
      internals._releaseControl();
      onSecure();
    });
    internals._handle?.receive(bytes);
  }

  /** Of the client's certificate. A session that was resumed brings with it the one that it was begun with. */
  judgeCertificate(): "none" | "valid" | "invalid" {
    const handle = (this as unknown as Internals)._handle;
    if (handle === null || this.getPeerX509Certificate() === undefined) return "none";
    return (handle.verifyError() ?? undefined) === undefined ? "valid" : "invalid";
  }
}

/** Closes with RST, which Node does for TCP sockets only. Not while FIN is on its way. */
export function resetTls(socket: TLSSocket): void {
  const tcp = (socket as unknown as Internals)._handle?._parent;
  if (tcp !== undefined) tcp.close = (callback) => tcp.reset(callback);
  socket.destroy();
}
