import { once } from "node:events";
import type { Socket } from "node:net";
import { type Message, readMessage } from "./message.ts";

/** Milliseconds after which a test that waits for bytes fails, with what came so far, instead of hanging. */
const patience = 15_000;

/** How the other side closed: with FIN or with RST. */
export type Ending = "end" | "reset";

/** One end of a TCP connection as a script uses it: sends bytes, takes bytes, and keeps everything that came. */
export class Peer {
  readonly socket: Socket;
  /** Every byte that ever came. */
  received: Buffer = Buffer.alloc(0);
  ending: Ending | undefined;
  private taken = 0;
  private readonly waiting = new Set<() => void>();

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      this.received = Buffer.concat([this.received, bytes]);
      this.wake();
    });
    socket.on("end", () => this.endsWith("end"));
    socket.on("error", () => this.endsWith("reset"));
    socket.on("close", () => this.endsWith("reset"));
  }

  send(bytes: string | Uint8Array): void {
    this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** Sends the pieces as packets of their own. */
  async sendInPieces(pieces: readonly (string | Uint8Array)[]): Promise<void> {
    for (const piece of pieces) {
      await new Promise((resolve) => this.socket.write(piece, resolve));
      await new Promise(setImmediate);
    }
  }

  /** FIN: what can be read stays readable. */
  end(): void {
    this.socket.end();
  }

  /** RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** What came and was not taken yet. */
  get rest(): Buffer {
    return this.received.subarray(this.taken);
  }

  /** Resolves to the next `size` bytes. */
  async take(size: number): Promise<Buffer> {
    await this.until(() => this.rest.length >= size, `${size} bytes`);
    const bytes = this.rest.subarray(0, size);
    this.taken += size;
    return bytes;
  }

  /** Resolves to the text up to and with the mark. */
  async takeUntil(mark: string): Promise<string> {
    await this.until(() => this.rest.includes(mark), JSON.stringify(mark));
    return (await this.take(this.rest.indexOf(mark) + mark.length)).toString("latin1");
  }

  /** Resolves to the rest when the other side has sent its last byte. */
  async takeAll(): Promise<Buffer> {
    await this.ended();
    return this.take(this.rest.length);
  }

  /** Resolves when the other side has sent its last byte, or is gone. */
  async ended(): Promise<Ending> {
    await this.until(() => this.ending !== undefined, "the end of the connection");
    return this.ending!;
  }

  /** Resolves when the condition holds; looks when bytes come and when the connection ends. */
  async until(condition: () => boolean, what: string): Promise<void> {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.wake();
    }, patience);
    try {
      while (!condition()) {
        if (late || this.ending !== undefined) {
          const came = JSON.stringify(this.rest.subarray(0, 2000).toString("latin1"));
          throw new Error(`Waited for ${what}; connection: ${this.ending ?? "open"}; came: ${came}`);
        }
        await new Promise<void>((resolve) => this.waiting.add(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  readRequest(): Promise<Message> {
    return readMessage(this, "");
  }

  /** `method`: of the request that is answered. 1xx answers are messages of their own. */
  readResponse(method = "GET"): Promise<Message> {
    return readMessage(this, method);
  }

  private endsWith(ending: Ending): void {
    this.ending ??= ending;
    this.wake();
  }

  private wake(): void {
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

/** Resolves when the socket stands. */
export async function connected(socket: Socket): Promise<Peer> {
  const peer = new Peer(socket);
  if (socket.connecting) await once(socket, "connect");
  return peer;
}
