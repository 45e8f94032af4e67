import { noDynamicTable } from "../hpack/encoder.ts";
import { type ConnectionFault, ErrorCode } from "./fault.ts";
import { FloodGauge } from "./flood-gauge.ts";
import {
  defaultWindow,
  Flag,
  goawayFrame,
  maxStreamId,
  maxWindow,
  pingFrame,
  preface,
  Setting,
  settingsFrame,
  windowUpdateFrame,
} from "./frame.ts";
import { connectionWindow, maxFieldListBytes, maxRemembered, maxStreams } from "./limits.ts";
import type { MessageReader } from "./message.ts";
import { PeerSettings } from "./settings.ts";
import { Http2Stream, type StreamOwner } from "./stream.ts";
import { StreamTable } from "./stream-table.ts";
import type { Head } from "../http1/head.ts";

/** Where the bytes of a session go. */
export interface SessionOutput {
  /** There is text to send: `Http2Session.take` is to be called, and what it gives written, in this turn of the event loop. */
  schedule(): void;
  /** Writes text and then bytes, which are the caller's again when this returns. */
  writeBytes(text: string, buffer: Buffer, start: number, end: number): void;
  /** Whether the peer does not take what was written. */
  readonly congested: boolean;
}

/** What a session tells those who run it. */
export interface SessionOwner {
  /** Server: a request. Returns who takes its stream, or undefined after the stream was answered or reset. */
  onRequest(
    stream: Http2Stream,
    head: Head,
    message: MessageReader,
    hasBody: boolean,
  ): StreamOwner | undefined;
  /** The peer's SETTINGS are there, or new ones. */
  onSettings(): void;
  /** The peer takes no new streams (GOAWAY), those above `lastStream` have failed already. */
  onGoaway(): void;
  /** A stream is over. */
  onStreamClosed(): void;
  /** Our PING was answered. */
  onPong(): void;
}

/** For every session in which no stream waits: most of them, most of the time. */
const nobody: Set<Http2Stream> = new Set();

const hello = windowUpdateFrame(0, connectionWindow - defaultWindow);
const serverHello =
  settingsFrame([
    [Setting.maxConcurrentStreams, maxStreams],
    [Setting.maxHeaderListSize, maxFieldListBytes],
    [Setting.enableConnectProtocol, 1],
  ]) + hello;
const clientHello =
  preface +
  settingsFrame([
    [Setting.enablePush, 0],
    [Setting.maxHeaderListSize, maxFieldListBytes],
  ]) +
  hello;

/**
 * One HTTP/2 connection without its socket (RFC 9113), for either side: streams, windows, settings, and the bytes that are to be
 * sent. What comes in is read by `SessionReader`.
 */
export class Http2Session {
  readonly isServer: boolean;
  readonly output: SessionOutput;
  readonly owner: SessionOwner;
  readonly peer = new PeerSettings();
  readonly gauge = new FloodGauge();
  readonly streams = new StreamTable();
  /** Streams with bytes that wait for window. Only `block` adds to it. */
  blocked: Set<Http2Stream> = nobody;
  sendWindow = defaultWindow;
  receiveWindow = connectionWindow;
  /** DATA frames sent: a peer answers each with WINDOW_UPDATE at most about twice. */
  dataFrames = 0;
  /** The highest number that the peer has opened. */
  lastPeerStream = 0;
  /** The highest of those that were looked at: what GOAWAY says (section 6.8). */
  lastTaken = 0;
  /** GOAWAY was sent, or has come: no stream is opened any more. */
  closing = false;
  private nextStream = 1;
  private out = "";
  private uncredited = 0;
  private blockSent = false;
  private resets: Set<number> | undefined = undefined;

  constructor(isServer: boolean, output: SessionOutput, owner: SessionOwner) {
    this.isServer = isServer;
    this.output = output;
    this.owner = owner;
  }

  /** Says what we are: the first bytes of the connection. */
  start(): void {
    this.add(this.isServer ? serverHello : clientHello);
  }

  /** Characters that wait to be taken. */
  get pending(): number {
    return this.out.length;
  }

  add(text: string): void {
    if (this.out === "") this.output.schedule();
    this.out += text;
  }

  /** What is to be sent, as latin1 text. */
  take(): string {
    const { out } = this;
    this.out = "";
    return out;
  }

  addBytes(header: string, buffer: Buffer, start: number, end: number): void {
    this.output.writeBytes(this.take() + header, buffer, start, end);
  }

  /** Client: whether another stream may be opened now. */
  get hasRoom(): boolean {
    return (
      !this.closing &&
      this.nextStream < maxStreamId &&
      this.streams.size < Math.min(this.peer.maxConcurrentStreams, 1000)
    );
  }

  /** Client: opens a stream. */
  open(owner: StreamOwner): Http2Stream {
    const stream = new Http2Stream(this.nextStream, this, owner);
    this.nextStream += 2;
    this.streams.add(stream);
    return stream;
  }

  /** Whether the peer may know of a stream with this number that is no longer there. */
  wasOpened(id: number): boolean {
    return id % 2 === 1 ? (this.isServer ? id <= this.lastPeerStream : id < this.nextStream) : false;
  }

  /**
   * Whether frames for this stream, which is no longer there, may still be on their way: we have reset it, or not taken it after
   * GOAWAY. A client takes that for every stream that it had: how many it resets at once is not the server's doing.
   */
  mayTrail(id: number): boolean {
    return !this.isServer || id > this.lastTaken || this.resets?.has(id) === true;
  }

  rememberReset(id: number): void {
    if (!this.isServer) return;
    const resets = (this.resets ??= new Set());
    if (resets.size >= maxRemembered) {
      const [oldest] = resets;
      resets.delete(oldest!);
    }
    resets.add(id);
  }

  block(stream: Http2Stream): void {
    if (this.blocked === nobody) this.blocked = new Set();
    this.blocked.add(stream);
  }

  unblock(stream: Http2Stream): void {
    if (this.blocked.delete(stream) && this.blocked.size === 0) this.blocked = nobody;
  }

  forget(stream: Http2Stream): void {
    this.streams.delete(stream);
    this.unblock(stream);
    this.owner.onStreamClosed();
  }

  spend(bytes: number): void {
    this.sendWindow -= bytes;
    this.dataFrames++;
    // A peer that measures its path sends a PING for what it is sent, as gRPC does.
    this.gauge.relieve();
  }

  /** Bytes of some stream are passed on, or dropped. */
  credit(bytes: number): void {
    this.uncredited += bytes;
    if (this.uncredited < connectionWindow / 4) return;
    this.receiveWindow += this.uncredited;
    this.add(windowUpdateFrame(0, this.uncredited));
    this.uncredited = 0;
  }

  /** The peer lets us send more on the connection as a whole. Returns false when that overflows. */
  grow(bytes: number): boolean {
    this.sendWindow += bytes;
    if (this.sendWindow > maxWindow) return false;
    this.flushBlocked();
    return true;
  }

  /** Lets every stream that waits send, each in its turn: the windows have grown, or the output takes more. */
  flushBlocked(): void {
    if (this.blocked.size === 0) return;
    for (const stream of Array.from(this.blocked)) {
      if (this.output.congested) return;
      // Behind the others, in case it has to wait again.
      if (this.blocked.delete(stream)) this.blocked.add(stream);
      stream.flushQueue();
    }
  }

  /** The encoder uses no table; the peer is told so once (RFC 7541 section 4.2). */
  firstBlock(block: string): string {
    if (this.blockSent) return block;
    this.blockSent = true;
    return `${noDynamicTable}${block}`;
  }

  /** Says that nothing new is taken; a second, exact GOAWAY follows when the peer has heard of it (section 6.8). */
  announceEnd(): void {
    if (this.closing) return;
    this.add(goawayFrame(maxStreamId, ErrorCode.none, "") + pingFrame("gwdrain\0", 0));
  }

  /** Takes no new stream from here on; those that are open go on. */
  end(): void {
    if (this.closing) return;
    this.closing = true;
    this.add(goawayFrame(this.lastTaken, ErrorCode.none, ""));
  }

  /** The peer has broken the protocol: the last frame says how. */
  fail({ code, message }: ConnectionFault): void {
    this.closing = true;
    this.add(goawayFrame(this.lastTaken, code, message));
  }

  ping(): void {
    this.add(pingFrame("gwalive\0", 0));
  }

  pong(payload: string): void {
    this.add(pingFrame(payload, Flag.ack));
  }

  /** Ends every stream: the connection is gone. */
  failStreams(code: number): void {
    this.closing = true;
    for (const stream of this.streams.all()) stream.fail(code, false);
  }
}
