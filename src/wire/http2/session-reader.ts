import { HpackDecoder } from "../hpack/decoder.ts";
import { Head } from "../http1/head.ts";
import { latin1 } from "../latin1.ts";
import { HeaderBlock } from "./block.ts";
import { readGoaway, readPing, readSettings } from "./control-frames.ts";
import { type ConnectionFault, ErrorCode, faults, floods } from "./fault.ts";
import { Flag, FrameType, maxWindow, preface, resetFrame } from "./frame.ts";
import { FrameReader, type FrameSink } from "./frame-reader.ts";
import { headerTableBytes, maxFieldListBytes, maxInformational, maxStreams } from "./limits.ts";
import { MessageReader, Verdict } from "./message.ts";
import type { Http2Session } from "./session.ts";
import { Http2Stream } from "./stream.ts";

/** One per worker: a block is decoded, acted upon and forgotten in one turn. */
const message = new MessageReader();
const head = new Head();

/** WINDOW_UPDATE frames that a peer may send without a reason to. */
const spareWindowUpdates = 200;

/** What comes in on an HTTP/2 connection, frame by frame. */
export class SessionReader implements FrameSink {
  private readonly session: Http2Session;
  private readonly frames = new FrameReader(this);
  private readonly decoder = new HpackDecoder(headerTableBytes);
  /** What must still come of the preface. */
  private preface: string;
  private settingsSeen = false;
  private windowUpdates = 0;

  /** Of the frame at hand. */
  private type = 0;
  private flags = 0;
  private id = 0;
  private length = 0;
  private stream: Http2Stream | undefined;

  private readonly block = new HeaderBlock();

  /** `prefaceSeen`: bytes of the client's preface that somebody else has read. */
  constructor(session: Http2Session, prefaceSeen: number) {
    this.session = session;
    this.preface = session.isServer ? preface.slice(prefaceSeen) : "";
  }

  /** Whether no frame is expected but the first. */
  get fresh(): boolean {
    return !this.settingsSeen;
  }

  /** Returns what ends the connection; `Http2Session.fail` is the caller's to call. */
  read(buffer: Buffer, start: number, end: number): ConnectionFault | undefined {
    let at = start;
    if (this.preface !== "") {
      const size = Math.min(this.preface.length, end - at);
      if (latin1(buffer, at, at + size) !== this.preface.slice(0, size)) return faults.preface;
      this.preface = this.preface.slice(size);
      at += size;
      if (this.preface !== "") return undefined;
    }
    return this.frames.read(buffer, at, end);
  }

  /** Reads nothing more: the session is over. */
  stop(): void {
    this.frames.stopped = true;
  }

  onFrame(type: number, flags: number, id: number, length: number): ConnectionFault | undefined {
    this.type = type;
    this.flags = flags;
    this.id = id;
    this.length = length;
    if (!this.settingsSeen && (type !== FrameType.settings || (flags & Flag.ack) !== 0))
      return faults.settingsMissing;
    if (this.block.stream !== 0) {
      return type !== FrameType.continuation || id !== this.block.stream
        ? faults.headersInterrupted
        : undefined;
    }
    switch (type) {
      case FrameType.data:
        return this.beginData();
      case FrameType.headers:
        return this.beginHeaders();
      case FrameType.priority:
        return id === 0 ? faults.streamZero : undefined;
      case FrameType.reset:
        if (length !== 4) return faults.resetSize;
        return id === 0 ? faults.streamZero : this.idleFault();
      case FrameType.settings:
        return id !== 0 ? faults.notStreamZero : undefined;
      case FrameType.pushPromise:
        return faults.push;
      case FrameType.ping:
        if (length !== 8) return faults.pingSize;
        return id !== 0 ? faults.notStreamZero : undefined;
      case FrameType.goaway:
        if (length < 8) return faults.goawaySize;
        return id !== 0 ? faults.notStreamZero : undefined;
      case FrameType.windowUpdate:
        if (length !== 4) return faults.windowSize;
        return id === 0 ? undefined : this.idleFault();
      case FrameType.continuation:
        return faults.continuationAlone;
      default:
        return this.session.gauge.add() ? floods.unknownFrames : undefined;
    }
  }

  /** "Receiving any frame other than HEADERS or PRIORITY on a stream in this state MUST be treated as a connection error" (5.1, idle). */
  private idleFault(): ConnectionFault | undefined {
    this.stream = this.session.streams.get(this.id);
    return this.stream !== undefined || this.session.wasOpened(this.id) ? undefined : faults.idle;
  }

  private beginData(): ConnectionFault | undefined {
    const { session, id, length } = this;
    if (id === 0) return faults.streamZero;
    const fault = this.idleFault();
    if (fault !== undefined) return fault;
    session.receiveWindow -= length;
    if (session.receiveWindow < 0) return faults.windowExceeded;
    const { stream } = this;
    if (stream === undefined && !session.mayTrail(id)) return faults.closed;
    const code = stream === undefined ? ErrorCode.none : misuse(stream, length);
    if (stream === undefined || code !== ErrorCode.none) {
      this.stream = undefined;
      session.credit(length);
      if (stream !== undefined) return this.resetStream(stream, code);
    } else stream.received(length);
    // Padding alone is no data either.
    const empty = length === 0 && (this.flags & Flag.endStream) === 0;
    return empty && session.gauge.add() ? floods.emptyData : undefined;
  }

  onData(buffer: Buffer, start: number, end: number): ConnectionFault | undefined {
    const { stream } = this;
    // The stream may have been reset by what its owner did with the bytes before.
    if (stream === undefined || stream.closed) return undefined;
    if (stream.expected >= 0) {
      stream.expected -= end - start;
      if (stream.expected < 0) return this.resetStream(stream, ErrorCode.protocol);
    }
    stream.owner?.onData(buffer, start, end);
    return undefined;
  }

  onDataEnd(): ConnectionFault | undefined {
    const { stream } = this;
    this.stream = undefined;
    const ends = stream !== undefined && !stream.closed && (this.flags & Flag.endStream) !== 0;
    return ends ? this.endStream(stream) : undefined;
  }

  /** The peer's side ends; "a request or response is also malformed if the value of a content-length header field does not equal the sum" (8.1.1). */
  private endStream(stream: Http2Stream): ConnectionFault | undefined {
    if (stream.expected > 0) return this.resetStream(stream, ErrorCode.protocol);
    stream.endRemote();
    stream.owner?.onEnd();
    return undefined;
  }

  /** The peer has misused a stream. A client that makes us reset its requests does what one does that resets them (CVE-2025-8671). */
  private resetStream(stream: Http2Stream, code: number): ConnectionFault | undefined {
    const { owner } = stream;
    stream.owner = undefined;
    stream.reset(code);
    owner?.onReset(code, false);
    const { session } = this;
    return session.isServer && session.gauge.add() ? floods.forcedReset : undefined;
  }

  onPayload(buffer: Buffer, start: number, end: number): ConnectionFault | undefined {
    switch (this.type) {
      case FrameType.headers:
        return this.readHeaders(buffer, start, end);
      case FrameType.continuation:
        return this.readBlock(buffer, start, end);
      case FrameType.priority:
        return this.readPriority(buffer, start);
      case FrameType.reset:
        return this.readReset(buffer.readUInt32BE(start));
      case FrameType.settings:
        if ((this.flags & Flag.ack) === 0) this.settingsSeen = true;
        return readSettings(this.session, this.flags, buffer, start, end);
      case FrameType.ping:
        return readPing(this.session, this.flags, buffer, start, end);
      case FrameType.goaway:
        return readGoaway(this.session, buffer.readUInt32BE(start) & 0x7fff_ffff);
      case FrameType.windowUpdate:
        return this.readWindowUpdate(buffer.readUInt32BE(start) & 0x7fff_ffff);
      default:
        return undefined;
    }
  }

  private beginHeaders(): ConnectionFault | undefined {
    const { session, id } = this;
    if (id === 0) return faults.streamZero;
    this.stream = session.streams.get(id);
    if (this.stream !== undefined) return undefined;
    if (session.wasOpened(id)) return session.mayTrail(id) ? undefined : faults.closed;
    // "Streams initiated by a client MUST use odd-numbered stream identifiers"; a server opens none, for want of push.
    return session.isServer && id % 2 === 1 ? undefined : faults.streamId;
  }

  private readHeaders(buffer: Buffer, start: number, end: number): ConnectionFault | undefined {
    let from = start;
    let to = end;
    if ((this.flags & Flag.padded) !== 0) {
      if (from === to) return faults.headersSize;
      const padding = buffer[from++]!;
      if (padding > to - from) return faults.padding;
      to -= padding;
    }
    let selfDependent = false;
    if ((this.flags & Flag.priority) !== 0) {
      if (to - from < 5) return faults.headersSize;
      selfDependent = (buffer.readUInt32BE(from) & 0x7fff_ffff) === this.id;
      from += 5;
    }
    this.block.begin(this.id, (this.flags & Flag.endStream) !== 0, selfDependent);
    return this.readBlock(buffer, from, to);
  }

  private readBlock(buffer: Buffer, start: number, end: number): ConnectionFault | undefined {
    const { block } = this;
    const last = (this.flags & Flag.endHeaders) !== 0;
    const fault = block.add(buffer, start, end, last);
    if (fault !== undefined || !last) return fault;
    const { stream: id, bytes } = block;
    block.stream = 0;
    // They may be 64 KiB.
    block.bytes = undefined;
    return this.readMessage(id, bytes!, block.start, block.end);
  }

  /** Every block is decoded, whatever becomes of its stream: the table must stay in step. */
  private readMessage(id: number, block: Buffer, start: number, end: number): ConnectionFault | undefined {
    const { session } = this;
    const stream = session.streams.get(id);
    const sort =
      stream === undefined || !stream.headSeen ? (session.isServer ? "request" : "response") : "trailers";
    message.start(sort, head);
    const error = this.decoder.decode(block, start, end, message, maxFieldListBytes);
    if (error !== undefined)
      return { code: faults.compressed.code, message: `${faults.compressed.message}: ${error}` };
    if (this.decoder.tooLarge) message.verdict = Verdict.tooLarge;
    if (stream !== undefined) return this.readKnown(stream, sort);
    return session.isServer ? this.readNew(id) : undefined;
  }

  /** A request on a stream of its own. */
  private readNew(id: number): ConnectionFault | undefined {
    const { session } = this;
    if (session.wasOpened(id)) return undefined;
    session.lastPeerStream = id;
    if (session.closing) return session.gauge.add() ? floods.refusedStreams : undefined;
    session.lastTaken = id;
    const hasBody = !this.block.endsStream;
    message.finish(hasBody, true);
    if (session.streams.size >= maxStreams) {
      session.add(resetFrame(id, ErrorCode.refusedStream));
      session.rememberReset(id);
      return session.gauge.add() ? floods.refusedStreams : undefined;
    }
    const stream = new Http2Stream(id, session, undefined);
    session.streams.add(stream);
    if (
      this.block.selfDependent ||
      message.verdict === Verdict.malformed ||
      (!hasBody && message.contentLength > 0)
    ) {
      return this.resetStream(stream, ErrorCode.protocol);
    }
    stream.headSeen = true;
    stream.expected = message.contentLength;
    if (!hasBody) stream.remoteEnded = true;
    const owner = session.owner.onRequest(stream, head, message, hasBody);
    if (owner !== undefined) stream.owner = owner;
    return undefined;
  }

  /** An answer, or the trailers of either message. */
  private readKnown(
    stream: Http2Stream,
    sort: "request" | "response" | "trailers",
  ): ConnectionFault | undefined {
    if (stream.remoteEnded) return this.resetStream(stream, ErrorCode.streamClosed);
    if (sort === "trailers") {
      if (!this.block.endsStream || message.verdict !== Verdict.good)
        return this.resetStream(stream, ErrorCode.protocol);
      if (message.trailers !== "") stream.owner?.onTrailers(message.trailers);
      return stream.closed ? undefined : this.endStream(stream);
    }
    message.finish(!this.block.endsStream, !stream.bodiless);
    const informational = head.status < 200;
    const malformed =
      message.verdict !== Verdict.good || (informational && (this.block.endsStream || head.status === 101));
    if (malformed) return this.resetStream(stream, ErrorCode.protocol);
    if (informational) {
      if (++stream.informational > maxInformational)
        return this.resetStream(stream, ErrorCode.enhanceYourCalm);
      stream.owner?.onHead(head, true);
      return undefined;
    }
    stream.headSeen = true;
    const { contentLength } = message;
    // What follows such a head would be taken for the next answer on HTTP/1.
    const bodiless = stream.bodiless || head.status === 204 || head.status === 304;
    if (!this.block.endsStream) stream.expected = bodiless ? 0 : contentLength;
    else if (contentLength > 0 && !bodiless) return this.resetStream(stream, ErrorCode.protocol);
    stream.owner?.onHead(head, !this.block.endsStream);
    return this.block.endsStream && !stream.closed ? this.endStream(stream) : undefined;
  }

  private readPriority(buffer: Buffer, start: number): ConnectionFault | undefined {
    const { session, id } = this;
    const stream = session.streams.get(id);
    if (this.length !== 5)
      return stream === undefined ? faults.prioritySize : this.resetStream(stream, ErrorCode.frameSize);
    if ((buffer.readUInt32BE(start) & 0x7fff_ffff) === id) {
      if (stream !== undefined) return this.resetStream(stream, ErrorCode.protocol);
      session.add(resetFrame(id, ErrorCode.protocol));
    }
    return session.gauge.add() ? floods.priority : undefined;
  }

  private readReset(code: number): ConnectionFault | undefined {
    // "REFUSED_STREAM ... indicates that the stream is being closed prior to any processing having occurred" (8.7).
    const { session, stream } = this;
    stream?.fail(code, code === ErrorCode.refusedStream);
    // A server can reset no more than its client has opened.
    const counts = session.isServer || stream === undefined;
    return counts && session.gauge.add() ? floods.rapidReset : undefined;
  }

  private readWindowUpdate(increment: number): ConnectionFault | undefined {
    const { session, id, stream } = this;
    if (id === 0) {
      if (increment === 0) return faults.windowZero;
      if (!session.grow(increment)) return faults.windowOverflow;
    } else if (increment === 0) {
      // "MUST treat the receipt of a WINDOW_UPDATE frame with a flow-control window increment of 0 as a stream error": whether our
      // answer has ended the stream in the meantime is not for the peer to know.
      if (stream !== undefined) return this.resetStream(stream, ErrorCode.protocol);
      session.add(resetFrame(id, ErrorCode.protocol));
      return session.gauge.add() ? floods.forcedReset : undefined;
    } else if (stream !== undefined) {
      stream.sendWindow += increment;
      if (stream.sendWindow > maxWindow) return this.resetStream(stream, ErrorCode.flowControl);
      stream.flushQueue();
    }
    const isSpare = ++this.windowUpdates > spareWindowUpdates + 4 * session.dataFrames;
    return isSpare && session.gauge.add() ? floods.windowUpdate : undefined;
  }
}

/** What is wrong with `length` bytes of DATA on this stream. */
function misuse(stream: Http2Stream, length: number): number {
  if (stream.remoteEnded) return ErrorCode.streamClosed;
  if (!stream.headSeen) return ErrorCode.protocol;
  return length > stream.receiveWindow ? ErrorCode.flowControl : ErrorCode.none;
}
