import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { TestContext } from "node:test";

export interface Arrived {
  readonly datagram: Buffer;
  readonly from: RemoteInfo;
}

/** A UDP socket of a client or of a backend, which keeps what has come. */
export class UdpPeer {
  readonly host: string;
  readonly port: number;
  private readonly socket: Socket;
  private readonly arrived: Arrived[] = [];
  private readonly waiting: ((arrived: Arrived) => void)[] = [];

  private constructor(socket: Socket) {
    this.socket = socket;
    const { address, port } = socket.address();
    this.host = address;
    this.port = port;
    socket.on("message", (datagram, from) => {
      const take = this.waiting.shift();
      if (take === undefined) this.arrived.push({ datagram, from });
      else take({ datagram, from });
    });
    socket.on("error", () => undefined);
  }

  static async bind(t: TestContext, host = "127.0.0.1", port = 0): Promise<UdpPeer> {
    const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
    socket.bind(port, host);
    await once(socket, "listening");
    socket.setRecvBufferSize(4 * 1024 * 1024);
    const peer = new UdpPeer(socket);
    t.after(() => peer.close());
    return peer;
  }

  /** Answers every datagram with this and the datagram. */
  static async echo(t: TestContext, answer = "", host = "127.0.0.1", port = 0): Promise<UdpPeer> {
    const peer = await UdpPeer.bind(t, host, port);
    const head = Buffer.from(answer);
    peer.socket.removeAllListeners("message");
    peer.socket.on("message", (datagram, from) =>
      peer.socket.send(Buffer.concat([head, datagram]), from.port, from.address),
    );
    return peer;
  }

  send(datagram: Buffer | string, { port, host }: { port: number; host: string }): void {
    this.socket.send(datagram, port, host);
  }

  /** The next datagram. */
  take(): Promise<Arrived> {
    const next = this.arrived.shift();
    return next === undefined ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve(next);
  }

  async takeText(): Promise<string> {
    return (await this.take()).datagram.toString();
  }

  /** Sends and takes. */
  async ask(datagram: Buffer | string, to: { port: number; host: string }): Promise<string> {
    this.send(datagram, to);
    return this.takeText();
  }

  /** How many have come that nobody took. */
  get untaken(): number {
    return this.arrived.length;
  }

  async close(): Promise<void> {
    try {
      const closed = once(this.socket, "close");
      this.socket.close();
      await closed;
    } catch {
      // Closed before.
    }
  }
}

/** What was sent on this machine has been read then. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
}
