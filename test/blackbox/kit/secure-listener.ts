import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect as connectTcp, createServer } from "node:net";
import type { TestContext } from "node:test";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import type { Listener, ListenerTls } from "../../../src/program/program.ts";
import { acceptTls, type TlsSession } from "../../../src/proxy/tls/accept.ts";
import { Terminators } from "../../../src/proxy/tls/terminators.ts";
import { type Handle, onHandle, socketOf } from "../../../src/proxy/transport/handle.ts";
import type { Transport, TransportOwner } from "../../../src/proxy/transport/transport.ts";
import { connected, type Peer } from "./peer.ts";
import { change, type Edit, listener } from "./program.ts";

const host = "127.0.0.1";

/** What serves behind TLS here: it says everything back, and ends when the client does. */
class Echo implements TransportOwner {
  readonly transport: Transport;
  error: Error | undefined;
  private readonly onClosed: () => void;
  /** Settles when the connection is closed. */
  readonly closed: Promise<void>;

  constructor(transport: Transport) {
    this.transport = transport;
    const closed = Promise.withResolvers<void>();
    this.closed = closed.promise;
    this.onClosed = closed.resolve;
  }

  onBytes(buffer: Buffer, length: number): void {
    this.transport.writeOwned(Buffer.from(buffer.subarray(0, length)));
    if (this.transport.congested) this.transport.pause();
  }

  onEnd(): void {
    this.transport.end();
  }

  onDrain(): void {
    this.transport.resume();
  }

  onClose(error: Error | undefined): void {
    this.error = error;
    this.onClosed();
  }
}

/** A socket that terminates TLS, with nothing of HTTP behind it. */
export class SecureListener {
  readonly port: number;
  readonly terminators: Terminators;
  /** Of the handshakes that came to their end, in that order. */
  readonly sessions: TlsSession[] = [];
  readonly served: Echo[] = [];
  private readonly t: TestContext;
  private version = 0;

  private constructor(t: TestContext, port: number, secret: Buffer) {
    this.t = t;
    this.port = port;
    this.terminators = new Terminators(secret);
  }

  static async start(t: TestContext, edit: Edit, secret: Buffer = randomBytes(32)): Promise<SecureListener> {
    const server = createServer({ pauseOnConnect: true }).listen(0, host);
    await once(server, "listening");
    const started = new SecureListener(t, (server.address() as AddressInfo).port, secret);
    onHandle(server, (handle) => started.accept(handle));
    started.edit(edit);
    t.after(() => {
      server.close();
      for (const { transport } of started.served) transport.destroy();
    });
    return started;
  }

  /** Listeners are moved to where this one is. */
  edit(edit: Edit): void {
    const listeners = (edit.listeners ?? []).map((listener) => ({
      ...listener,
      binds: [{ address: host, port: this.port }],
    }));
    this.terminators.apply(change(++this.version, { ...edit, listeners }));
  }

  /** A handshake as a client does it. @param authority PEM of who the client trusts. */
  async connect(authority: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
    const half = { allowHalfOpen: true } as ConnectionOptions;
    const socket = connect({ host, port: this.port, ca: authority, ...half, ...options });
    this.t.after(() => socket.destroy());
    await once(socket, "secureConnect");
    return socket;
  }

  /** A connection without TLS. */
  async raw(): Promise<Peer> {
    const socket = connectTcp({ host, port: this.port, allowHalfOpen: true });
    this.t.after(() => socket.destroy());
    return connected(socket);
  }

  private accept(handle: Handle): void {
    acceptTls(handle, undefined, this.terminators.at(host, this.port)!, {
      onRelay: () => undefined,
      onPassed: (passed) => socketOf(passed).destroy(),
      onSecure: (transport, session) => {
        this.sessions.push(session);
        const echo = new Echo(transport);
        this.served.push(echo);
        transport.owner = echo;
      },
    });
  }
}

/** An HTTPS listener, to be moved to where it is served. */
export function secure(hostname: string, tls: ListenerTls, key = `default/gateway/${hostname}`): Listener {
  return listener("", 0, { key, protocol: "HTTPS", hostname, tls });
}

/** Sends a text over TLS and resolves to what comes back for it. */
export async function roundTrip(socket: TLSSocket, text = "ping"): Promise<string> {
  socket.write(text);
  let came = "";
  while (came.length < text.length) {
    const [bytes] = (await once(socket, "data")) as [Buffer];
    came += bytes.toString("latin1");
  }
  return came;
}
