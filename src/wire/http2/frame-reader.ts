import { type ConnectionFault, faults } from "./fault.ts";
import { Flag, frameBytes, frameHeaderBytes, FrameType } from "./frame.ts";

/** Takes the frames of one direction. Each call may return what ends the connection. */
export interface FrameSink {
  /** A frame begins: all that its header says; `length` may be judged before the payload is there. */
  onFrame(type: number, flags: number, stream: number, length: number): ConnectionFault | undefined;
  /** A part of a DATA frame without its padding; it lies in the reader's input. */
  onData(buffer: Buffer, start: number, end: number): ConnectionFault | undefined;
  /** The DATA frame is over. */
  onDataEnd(): ConnectionFault | undefined;
  /** The whole payload of any other frame; it is valid until this returns. */
  onPayload(buffer: Buffer, start: number, end: number): ConnectionFault | undefined;
}

/**
 * Cuts a stream of bytes into frames (RFC 9113 section 4.1). DATA is passed on as it comes; the payload of any other frame is
 * collected where it is spread over several reads.
 */
export class FrameReader {
  /** Set by the sink when it wants nothing more of the bytes at hand. */
  stopped = false;
  private readonly sink: FrameSink;
  /** Of a frame whose header does not come as a whole. */
  private header: Buffer | undefined = undefined;
  private headerBytes = 0;
  private type = 0;
  private flags = 0;
  /** Bytes of the payload that have not come yet. */
  private left = 0;
  private padding = 0;
  private awaitsPadLength = false;
  private collected: Buffer | undefined;
  private collectedBytes = 0;
  private inPayload = false;

  constructor(sink: FrameSink) {
    this.sink = sink;
  }

  read(buffer: Buffer, start: number, end: number): ConnectionFault | undefined {
    let at = start;
    while (!this.stopped) {
      if (!this.inPayload) {
        if (at === end) return undefined;
        if (this.headerBytes > 0 || end - at < frameHeaderBytes) {
          const header = (this.header ??= Buffer.allocUnsafeSlow(frameHeaderBytes));
          const size = Math.min(frameHeaderBytes - this.headerBytes, end - at);
          buffer.copy(header, this.headerBytes, at, at + size);
          this.headerBytes += size;
          at += size;
          if (this.headerBytes < frameHeaderBytes) return undefined;
          this.headerBytes = 0;
          this.header = undefined;
          const fault = this.readHeader(header, 0);
          if (fault !== undefined) return fault;
        } else {
          const fault = this.readHeader(buffer, at);
          at += frameHeaderBytes;
          if (fault !== undefined) return fault;
        }
      }
      const fault =
        this.type === FrameType.data ? this.readData(buffer, at, end) : this.readPayload(buffer, at, end);
      if (fault !== undefined) return fault;
      at = this.consumed;
      if (this.inPayload) return undefined;
    }
    return undefined;
  }

  private consumed = 0;

  private readHeader(from: Buffer, at: number): ConnectionFault | undefined {
    const length = (from[at]! << 16) | (from[at + 1]! << 8) | from[at + 2]!;
    if (length > frameBytes) return faults.frameTooLarge;
    this.type = from[at + 3]!;
    this.flags = from[at + 4]!;
    const stream =
      ((from[at + 5]! & 0x7f) << 24) | (from[at + 6]! << 16) | (from[at + 7]! << 8) | from[at + 8]!;
    this.left = length;
    this.padding = 0;
    this.inPayload = true;
    this.awaitsPadLength = this.type === FrameType.data && (this.flags & Flag.padded) !== 0;
    if (this.awaitsPadLength && length === 0) return faults.dataSize;
    return this.sink.onFrame(this.type, this.flags, stream, length);
  }

  private readData(buffer: Buffer, from: number, end: number): ConnectionFault | undefined {
    let at = from;
    if (this.awaitsPadLength) {
      if (at === end) {
        this.consumed = at;
        return undefined;
      }
      this.padding = buffer[at++]!;
      this.left--;
      this.awaitsPadLength = false;
      if (this.padding > this.left) return faults.padding;
    }
    const data = Math.min(this.left - this.padding, end - at);
    if (data > 0) {
      this.left -= data;
      const fault = this.sink.onData(buffer, at, at + data);
      at += data;
      if (fault !== undefined) return fault;
    }
    if (this.left <= this.padding) {
      const skipped = Math.min(this.left, end - at);
      this.left -= skipped;
      this.padding -= skipped;
      at += skipped;
    }
    this.consumed = at;
    if (this.left > 0) return undefined;
    this.inPayload = false;
    return this.sink.onDataEnd();
  }

  private readPayload(buffer: Buffer, at: number, end: number): ConnectionFault | undefined {
    const size = Math.min(this.left, end - at);
    this.left -= size;
    this.consumed = at + size;
    if (this.collected === undefined && this.left === 0) {
      this.inPayload = false;
      return this.sink.onPayload(buffer, at, at + size);
    }
    this.collected ??= Buffer.allocUnsafe(size + this.left);
    buffer.copy(this.collected, this.collectedBytes, at, at + size);
    this.collectedBytes += size;
    if (this.left > 0) return undefined;
    const whole = this.collected;
    this.collected = undefined;
    this.collectedBytes = 0;
    this.inPayload = false;
    return this.sink.onPayload(whole, 0, whole.length);
  }
}
