import type { Head } from "../http1/head.ts";
import { latin1 } from "../latin1.ts";
import {
  Flag,
  frameBytes,
  frameHeader,
  FrameType,
  headersFrames,
  resetFrame,
  windowUpdateFrame,
} from "./frame.ts";
import { largeStreamWindow, maxJoinedBytes, streamWindow } from "./limits.ts";
import type { Http2Session } from "./session.ts";

/** What one message hears of its stream. After `onReset`, and after both sides have ended, it hears nothing more. */
export interface StreamOwner {
  /** The answer to a request of ours, 1xx answers before it included. */
  onHead(head: Head, hasBody: boolean): void;
  /** Bytes of the body; to be credited (`Http2Stream.credit`) once they are passed on. */
  onData(buffer: Buffer, start: number, end: number): void;
  /** Lines `name: value\r\n`; `onEnd` follows. */
  onTrailers(lines: string): void;
  /** The peer has said all. */
  onEnd(): void;
  /** The stream is over before its time: an error code, and whether the peer says that it has processed nothing of it. */
  onReset(code: number, unprocessed: boolean): void;
  /** What was held back for want of window has left. */
  onDrain(): void;
}

/** Bytes of a buffer for small pieces that wait. */
const tailBytes = 4096;

/** One request and its answer on a connection with others (RFC 9113 section 5). */
export class Http2Stream {
  readonly id: number;
  readonly session: Http2Session;
  owner: StreamOwner | undefined;
  /** For the table that it is in. */
  nextInTable: Http2Stream | undefined = undefined;
  /** Bytes that we may send. Negative after the peer has made its windows smaller. */
  sendWindow: number;
  /** Bytes that the peer may still send. */
  receiveWindow = streamWindow;
  localEnded = false;
  remoteEnded = false;
  closed = false;
  /** Bytes of the body that must still come; -1 when the head did not say. */
  expected = -1;
  /** Client: the answer has no body whatever it says (HEAD). */
  bodiless = false;
  /** A head has come; what comes next are trailers. */
  headSeen = false;
  /** Client: 1xx answers so far. */
  informational = 0;
  /** Bytes of DATA sent. */
  sent = 0;
  /** Received and not credited: to the stream, and to the connection. */
  private uncredited = 0;
  private held = 0;
  private window = streamWindow;
  private queue: Buffer[] | undefined;
  private queued = 0;
  /** Where the last of the queue has room for small pieces; `tailUsed` bytes of it are taken. */
  private tail: Buffer | undefined;
  private tailUsed = 0;
  private queueEnds = false;
  private trailers: string | undefined;

  constructor(id: number, session: Http2Session, owner: StreamOwner | undefined) {
    this.id = id;
    this.session = session;
    this.owner = owner;
    this.sendWindow = session.peer.initialWindow;
  }

  /** Bytes that wait for window. */
  get waiting(): number {
    return this.queued;
  }

  /** Whether the sender should wait for `onDrain`. */
  get congested(): boolean {
    return this.queue !== undefined || this.session.output.congested;
  }

  /** @param block A whole header block. */
  sendHead(block: string, end: boolean): void {
    if (this.closed) return;
    this.session.add(headersFrames(this.id, this.session.firstBlock(block), end));
    if (end) this.endLocal();
  }

  /** Lets the bytes go as windows allow; what must wait is copied. */
  sendData(buffer: Buffer, start: number, end: number, last: boolean): void {
    if (this.closed || this.localEnded) return;
    if (this.queue !== undefined) return this.hold(buffer, start, end, last);
    let at = start;
    while (at < end) {
      const size = this.allowance(end - at);
      if (size <= 0) return this.hold(buffer, at, end, last);
      const stop = at + size;
      this.frame(buffer, at, stop, last && stop === end);
      at = stop;
    }
    if (last && start === end) this.session.add(frameHeader(0, FrameType.data, Flag.endStream, this.id));
    if (last) this.endLocal();
  }

  /** The same for a text of latin1 characters. */
  sendText(text: string, last: boolean): void {
    if (this.closed || this.localEnded) return;
    if (this.queue !== undefined || this.allowance(text.length) < text.length) {
      const bytes = Buffer.from(text, "latin1");
      return this.sendData(bytes, 0, bytes.length, last);
    }
    this.spend(text.length);
    const flags = last ? Flag.endStream : 0;
    if (text !== "" || last)
      this.session.add(frameHeader(text.length, FrameType.data, flags, this.id) + text);
    if (last) this.endLocal();
  }

  /** Ends the stream, with a block of trailers if there is one. */
  end(trailers?: string): void {
    if (this.closed || this.localEnded) return;
    if (this.queue !== undefined) {
      this.queueEnds = true;
      this.trailers = trailers;
    } else if (trailers === undefined) this.sendText("", true);
    else this.sendHead(trailers, true);
  }

  reset(code: number): void {
    if (this.closed) return;
    this.session.add(resetFrame(this.id, code));
    this.session.rememberReset(this.id);
    this.close();
  }

  /** Bytes that came are passed on: the peer may send as many again. */
  credit(): void {
    // The connection has its due at once: what many streams keep back together would bring all of them to a stand.
    if (this.held > 0) this.session.credit(this.held);
    this.held = 0;
    const bytes = this.uncredited;
    if (bytes === 0 || this.closed || this.remoteEnded) return;
    // Small change is not worth a frame.
    if (bytes < this.window / 4 && this.receiveWindow > this.window / 2) return;
    this.uncredited = 0;
    const more = this.window === streamWindow ? largeStreamWindow - streamWindow : 0;
    this.window += more;
    this.receiveWindow += bytes + more;
    this.session.add(windowUpdateFrame(this.id, bytes + more));
  }

  /** For the session: so many bytes have come, padding included. */
  received(bytes: number): void {
    this.receiveWindow -= bytes;
    this.uncredited += bytes;
    this.held += bytes;
  }

  /** For the session: the windows have grown, or the output takes more. */
  flushQueue(): void {
    const { queue } = this;
    if (queue === undefined) return;
    while (queue.length > 0) {
      const bytes = queue[0]!;
      const size = this.allowance(bytes.length);
      if (size <= 0) return;
      const last =
        queue.length === 1 && size === bytes.length && this.queueEnds && this.trailers === undefined;
      this.frame(bytes, 0, size, last);
      this.queued -= size;
      if (size === bytes.length) queue.shift();
      else queue[0] = bytes.subarray(size);
      if (last) {
        this.leaveQueue();
        this.endLocal();
        this.owner?.onDrain();
        return;
      }
    }
    this.leaveQueue();
    if (this.queueEnds) this.end(this.trailers);
    this.owner?.onDrain();
  }

  private leaveQueue(): void {
    this.queue = undefined;
    this.tail = undefined;
    this.session.unblock(this);
  }

  /** For the session: the peer has ended its side. */
  endRemote(): void {
    this.remoteEnded = true;
    if (this.localEnded) this.close();
  }

  /** Forgets the stream; nothing more is heard or said of it. */
  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.queue = undefined;
    this.tail = undefined;
    this.queued = 0;
    this.session.forget(this);
    // What it held belongs to the connection's window again.
    if (this.held > 0) this.session.credit(this.held);
    this.held = 0;
  }

  /** The connection is gone, or the peer has reset the stream. */
  fail(code: number, unprocessed: boolean): void {
    if (this.closed) return;
    const { owner } = this;
    this.close();
    this.owner = undefined;
    owner?.onReset(code, unprocessed);
  }

  private endLocal(): void {
    this.localEnded = true;
    if (this.remoteEnded) this.close();
  }

  /** A peer that does not read gets nothing more to keep: its streams hold what they have, and share what it takes later. */
  private allowance(bytes: number): number {
    if (bytes > 0 && this.session.output.congested) return 0;
    return Math.min(bytes, this.sendWindow, this.session.sendWindow, frameBytes);
  }

  private spend(bytes: number): void {
    this.sendWindow -= bytes;
    this.sent += bytes;
    this.session.spend(bytes);
  }

  private frame(buffer: Buffer, start: number, end: number, last: boolean): void {
    const size = end - start;
    this.spend(size);
    const header = frameHeader(size, FrameType.data, last ? Flag.endStream : 0, this.id);
    const { session } = this;
    if (session.pending + size <= maxJoinedBytes) session.add(header + latin1(buffer, start, end));
    else session.addBytes(header, buffer, start, end);
  }

  private hold(buffer: Buffer, start: number, end: number, last: boolean): void {
    if (end > start) this.keep(buffer, start, end);
    if (last) this.queueEnds = true;
    this.session.block(this);
  }

  /** Many small pieces share a buffer: one for each would take a hundred times the memory of what it holds. */
  private keep(buffer: Buffer, start: number, end: number): void {
    const size = end - start;
    this.queued += size;
    this.queue ??= [];
    const { queue, tail, tailUsed } = this;
    if (tail !== undefined && tailUsed + size <= tail.length) {
      const last = queue.at(-1)!;
      buffer.copy(tail, tailUsed, start, end);
      this.tailUsed += size;
      // The last of the queue is the part of the tail that has not left.
      queue[queue.length - 1] = tail.subarray(tailUsed - last.length, this.tailUsed);
    } else if (size >= tailBytes) {
      queue.push(Buffer.from(buffer.subarray(start, end)));
      this.tail = undefined;
    } else {
      this.tail = Buffer.allocUnsafe(tailBytes);
      buffer.copy(this.tail, 0, start, end);
      this.tailUsed = size;
      queue.push(this.tail.subarray(0, size));
    }
  }
}
