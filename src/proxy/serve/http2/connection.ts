import { Timer } from "../../../std/timer-wheel.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { ErrorCode } from "../../../wire/http2/fault.ts";
import { type FloodKind, publishFlood } from "../../../wire/http2/flood.ts";
import type { MessageReader } from "../../../wire/http2/message.ts";
import { Http2Session, type SessionOwner } from "../../../wire/http2/session.ts";
import { SessionReader } from "../../../wire/http2/session-reader.ts";
import type { Http2Stream } from "../../../wire/http2/stream.ts";
import { clientIdleTimeout, headTimeout, maxUnreadBytes } from "../../limits.ts";
import { SessionConnection } from "../../session-connection.ts";
import { coarseTimers } from "../../timers.ts";
import type { Transport, TransportOwner } from "../../transport/transport.ts";
import type { Arrival } from "../arrival.ts";
import type { OpenConnection } from "../context.ts";
import { ServerStream } from "./stream.ts";
import { Linger } from "../linger.ts";

/** A client's HTTP/2 connection: many requests at once. */
export class Http2Connection
  extends SessionConnection
  implements TransportOwner, SessionOwner, OpenConnection
{
  readonly transport: Transport;
  readonly arrival: Arrival;
  protected readonly session = new Http2Session(true, this, this);
  private readonly reader: SessionReader;
  private readonly timer = new Timer(this);
  private closed = false;
  /** The peer was told that this connection ends, and what it has sent since may still be on its way. */
  private announced = false;

  /** `prefaceSeen`: bytes of the preface that were read before it was known what this is. */
  constructor(transport: Transport, arrival: Arrival, prefaceSeen: number) {
    super();
    this.transport = transport;
    this.arrival = arrival;
    this.reader = new SessionReader(this.session, prefaceSeen);
    transport.owner = this;
    arrival.context.connections.add(this);
    coarseTimers.arm(this.timer, headTimeout);
    this.session.start();
    transport.resume();
  }

  override flush(): void {
    super.flush();
    // Whoever asks for answers and does not read them would have us keep them.
    if (this.transport.backlog <= maxUnreadBytes) return;
    if (!this.closed) this.tellFlood("unread-answers");
    this.transport.reset();
  }

  onBytes(buffer: Buffer, length: number): void {
    this.read(buffer, 0, length);
  }

  read(buffer: Buffer, start: number, end: number): void {
    if (this.closed) return;
    const fault = this.reader.read(buffer, start, end);
    this.endTurn();
    if (fault === undefined) return;
    if (fault.flood !== undefined) this.tellFlood(fault.flood);
    this.session.fail(fault);
    this.end();
  }

  private tellFlood(kind: FloodKind): void {
    const { address, port } = this.arrival.bind;
    publishFlood(kind, "client", address, port);
  }

  onRequest(
    stream: Http2Stream,
    head: Head,
    message: MessageReader,
    hasBody: boolean,
  ): ServerStream | undefined {
    this.timer.disarm();
    const served = new ServerStream(this, stream);
    served.begin(head, message, hasBody);
    return stream.closed ? undefined : served;
  }

  /** A request was answered to its end. */
  relieve(): void {
    this.session.gauge.relieve();
  }

  onSettings(): void {
    if (this.session.streams.size === 0) this.rest();
    if (this.arrival.leaving) this.drain();
  }

  onGoaway(): void {
    if (this.session.streams.size === 0) this.end();
  }

  onPong(): void {
    if (!this.announced) return;
    this.session.end();
    if (this.session.streams.size === 0) this.end();
  }

  onStreamClosed(): void {
    if (this.closed || this.session.streams.size > 0) return;
    if (this.session.closing) this.end();
    else this.rest();
  }

  onEnd(): void {
    // As with HTTP/1: a client that says no more is taken to have left.
    this.transport.drop();
  }

  onClose(): void {
    this.leave();
    this.session.failStreams(ErrorCode.cancel);
  }

  onTimer(): void {
    if (this.announced || this.reader.fresh) {
      // Neither the first frame nor the answer to our PING has come.
      this.session.end();
      if (this.session.streams.size === 0) this.end();
      return;
    }
    this.session.end();
    this.end();
  }

  drain(): void {
    if (!this.arrival.leaving || this.announced || this.closed) return;
    this.announced = true;
    this.session.announceEnd();
    coarseTimers.arm(this.timer, goawayTimeout);
  }

  cutShort(): boolean {
    const cut = this.session.streams.size > 0;
    if (!cut) return this.transport.drop();
    this.transport.reset();
    return true;
  }

  private rest(): void {
    coarseTimers.arm(this.timer, this.announced ? goawayTimeout : clientIdleTimeout);
  }

  /** Nothing more is said or heard here. */
  private end(): void {
    if (this.closed) return;
    this.reader.stop();
    this.leave();
    this.session.failStreams(ErrorCode.cancel);
    this.flush();
    new Linger(this.transport, this.arrival.context.connections);
  }

  private leave(): void {
    this.closed = true;
    this.timer.disarm();
    this.arrival.context.connections.delete(this);
  }
}

/** Milliseconds in which a client should have seen that the connection ends. */
const goawayTimeout = 1000;

/** The part of the preface that looks like a head of HTTP/1. */
const prefaceHead = "PRI * HTTP/2.0\r\n\r\n";

/** Whether the first head on a connection says that the client knows that HTTP/2 is spoken here too (RFC 9113 section 3.3). */
export function isHttp2(text: string): boolean {
  return text.startsWith(prefaceHead);
}

/** Takes the connection over from HTTP/1. `buffer[start..end)` came after that head. Returns `end`: all of it is taken. */
export function beginHttp2(
  transport: Transport,
  arrival: Arrival,
  buffer: Buffer,
  start: number,
  end: number,
): number {
  new Http2Connection(transport, arrival, prefaceHead.length).read(buffer, start, end);
  return end;
}
