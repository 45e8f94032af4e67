import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import type { TestContext } from "node:test";
import { Peer } from "./peer.ts";

/** A backend that says exactly the bytes that a test wants, and keeps exactly the bytes that it got. */
export class RawBackend {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly connections: Peer[] = [];
  private readonly server: Server;
  private readonly waiting: ((peer: Peer) => void)[] = [];
  private accepted = 0;

  private constructor(server: Server) {
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  /** `serve` runs for every connection; what it throws when a connection ends is of no interest. */
  static async start(
    t: TestContext,
    serve: (peer: Peer) => Promise<void> | void = () => undefined,
  ): Promise<RawBackend> {
    const server = createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const backend = new RawBackend(server);
    server.on("connection", (socket) => {
      const peer = new Peer(socket);
      backend.connections.push(peer);
      backend.waiting.shift()?.(peer);
      void Promise.resolve(serve(peer)).catch(() => undefined);
    });
    t.after(() => backend.stop());
    return backend;
  }

  /** Answers every request with the same bytes. */
  static answering(t: TestContext, answer: string): Promise<RawBackend> {
    return RawBackend.start(t, async (peer) => {
      for (;;) {
        await peer.readRequest();
        peer.send(answer);
      }
    });
  }

  /** The next connection that no call has handed out yet. */
  async accept(): Promise<Peer> {
    const peer = this.connections[this.accepted++];
    return peer ?? new Promise((resolve) => this.waiting.push(resolve));
  }

  /** All bytes that ever came, of all connections. */
  get received(): string {
    return this.connections.map((peer) => peer.received.toString("latin1")).join("");
  }

  /** Resolves when nothing listens and nothing is connected here. */
  async stop(): Promise<void> {
    for (const peer of this.connections) peer.socket.destroy();
    if (!this.server.listening) return;
    await new Promise((resolve) => this.server.close(resolve));
  }
}
