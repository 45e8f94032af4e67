import type { Head } from "../http1/head.ts";
import type { ConnectionFault } from "./fault.ts";
import type { MessageReader } from "./message.ts";
import { Http2Session, type SessionOutput, type SessionOwner } from "./session.ts";
import { SessionReader } from "./session-reader.ts";
import type { Http2Stream, StreamOwner } from "./stream.ts";

/** All that one message said, in the order of its calls. */
export class Recorder implements StreamOwner {
  heads: string[] = [];
  body = "";
  trailers = "";
  ended = false;
  reset: number | undefined;
  unprocessed = false;
  drains = 0;
  stream: Http2Stream | undefined;
  /** Whether bytes are credited as they come. */
  credits = true;

  onHead(head: Head): void {
    this.heads.push(head.text);
  }

  onData(buffer: Buffer, start: number, end: number): void {
    this.body += buffer.toString("latin1", start, end);
    if (this.credits) this.stream?.credit();
  }

  onTrailers(lines: string): void {
    this.trailers += lines;
  }

  onEnd(): void {
    this.ended = true;
  }

  onReset(code: number, unprocessed: boolean): void {
    this.reset = code;
    this.unprocessed = unprocessed;
  }

  onDrain(): void {
    this.drains++;
  }
}

/** One side of a connection in memory: what it sends is kept until it is carried over. */
export class Side implements SessionOutput, SessionOwner {
  readonly session: Http2Session;
  readonly reader: SessionReader;
  readonly requests: Recorder[] = [];
  congested = false;
  goaways = 0;
  closed = 0;
  fault: ConnectionFault | undefined;
  private readonly sent: Buffer[] = [];

  constructor(role: "server" | "client") {
    this.session = new Http2Session(role === "server", this, this);
    this.reader = new SessionReader(this.session, 0);
    this.session.start();
  }

  schedule(): void {
    // What is to be sent is asked for.
  }

  writeBytes(text: string, buffer: Buffer, start: number, end: number): void {
    this.sent.push(Buffer.from(text, "latin1"), Buffer.from(buffer.subarray(start, end)));
  }

  /** Everything that was sent since the last call. */
  take(): Buffer {
    this.sent.push(Buffer.from(this.session.take(), "latin1"));
    return Buffer.concat(this.sent.splice(0));
  }

  /** Says something that the session would not say by itself. */
  add(text: string): void {
    this.session.add(text);
  }

  read(bytes: Buffer): ConnectionFault | undefined {
    this.fault ??= this.reader.read(bytes, 0, bytes.length);
    return this.fault;
  }

  onRequest(stream: Http2Stream, head: Head, message: MessageReader): StreamOwner {
    const recorder = new Recorder();
    recorder.stream = stream;
    recorder.heads.push(`${message.verdict} ${head.text}`);
    recorder.ended = stream.remoteEnded;
    this.requests.push(recorder);
    return recorder;
  }

  onSettings(): void {
    // Nothing waits for them.
  }

  onGoaway(): void {
    this.goaways++;
  }

  onStreamClosed(): void {
    this.closed++;
  }

  onPong(): void {
    // No PING is sent.
  }

  /** Opens a stream. */
  open(): Recorder {
    const recorder = new Recorder();
    recorder.stream = this.session.open(recorder);
    return recorder;
  }
}

/** Carries bytes over, both ways, until nobody has anything to say. */
export function settle(a: Side, b: Side): void {
  for (;;) {
    const fromA = a.take();
    const fromB = b.take();
    if (fromA.length === 0 && fromB.length === 0) return;
    if (b.read(fromA) !== undefined || a.read(fromB) !== undefined) return;
  }
}
