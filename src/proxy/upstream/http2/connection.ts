import { Timer } from "../../../std/timer-wheel.ts";
import { ErrorCode } from "../../../wire/http2/fault.ts";
import { publishFlood } from "../../../wire/http2/flood.ts";
import { Http2Session, type SessionOwner } from "../../../wire/http2/session.ts";
import { SessionReader } from "../../../wire/http2/session-reader.ts";
import { connectTimeout, upstreamIdleTimeout } from "../../limits.ts";
import { SessionConnection } from "../../session-connection.ts";
import { coarseTimers, fineTimers } from "../../timers.ts";
import type { Transport, TransportOwner } from "../../transport/transport.ts";
import type { Endpoint } from "../endpoint.ts";
import type { UpstreamFailure } from "../failure.ts";
import type { Http2Pool } from "./pool.ts";
import { Http2UpstreamStream } from "./stream.ts";
import type { ResponseReceiver } from "../stream.ts";

/** An HTTP/2 connection to an endpoint, which carries many exchanges at once. */
export class Http2Upstream extends SessionConnection implements TransportOwner, SessionOwner {
  readonly endpoint: Endpoint;
  readonly session = new Http2Session(false, this, this);
  readonly transport: Transport;
  connected = false;
  /** Whether an answer has come on it. */
  proven = false;
  private readonly pool: Http2Pool;
  private readonly reader = new SessionReader(this.session, 0);
  private readonly timer = new Timer(this);
  private closed = false;
  /** Requests for WebSockets whose streams are opened when the SETTINGS say whether they may be. */
  private readonly waiting: Http2UpstreamStream[] = [];

  constructor(endpoint: Endpoint, pool: Http2Pool) {
    super();
    this.endpoint = endpoint;
    this.pool = pool;
    this.transport = endpoint.open(this, () => this.onConnect());
    fineTimers.arm(this.timer, connectTimeout);
    this.session.start();
  }

  get hasRoom(): boolean {
    const { session } = this;
    return (
      session.hasRoom &&
      (session.peer.known || session.streams.size + this.waiting.length < this.pool.firstStreams)
    );
  }

  open(receiver: ResponseReceiver): Http2UpstreamStream {
    if (this.connected && this.waiting.length === 0) this.timer.disarm();
    return new Http2UpstreamStream(this, receiver);
  }

  /** Has `onSettings` of the stream called when the SETTINGS of the other side are there. */
  ask(stream: Http2UpstreamStream): void {
    if (this.session.peer.known) return stream.onSettings();
    this.waiting.push(stream);
    if (this.connected) fineTimers.arm(this.timer, connectTimeout);
  }

  /** A stream waits no more. */
  forget(stream: Http2UpstreamStream): void {
    const index = this.waiting.indexOf(stream);
    if (index >= 0) this.waiting.splice(index, 1);
  }

  private failWaiting(failure: UpstreamFailure): void {
    for (const stream of this.waiting.splice(0)) stream.fail(failure);
  }

  /** Takes nothing new, and closes when nothing runs. */
  drain(): void {
    this.pool.forget(this);
    this.session.end();
    this.failWaiting(notBegun);
    if (this.session.streams.size === 0) this.close();
  }

  private onConnect(): void {
    this.connected = true;
    this.timer.disarm();
    if (this.waiting.length > 0) fineTimers.arm(this.timer, connectTimeout);
    for (const { owner } of this.session.streams.all()) (owner as Http2UpstreamStream).onConnect();
    this.rest();
  }

  onBytes(buffer: Buffer, length: number): void {
    const fault = this.reader.read(buffer, 0, length);
    this.endTurn();
    if (fault === undefined || this.closed) return;
    const { host, port } = this.endpoint;
    if (fault.flood !== undefined) publishFlood(fault.flood, "backend", host, port);
    this.session.fail(fault);
    this.flush();
    this.failStreams({ code: "protocol", detail: fault.message });
    this.transport.end();
    this.close();
  }

  onRequest(): undefined {
    // Servers send none: the session refuses what would be one.
  }

  onSettings(): void {
    // At least one: a server that allows none for now may allow some later.
    this.pool.firstStreams = Math.min(100, Math.max(1, this.session.peer.maxConcurrentStreams));
    if (this.waiting.length === 0) return;
    this.timer.disarm();
    for (const stream of this.waiting.splice(0)) stream.onSettings();
    this.rest();
  }

  onGoaway(): void {
    this.pool.forget(this);
    if (this.session.streams.size === 0) this.close();
  }

  onPong(): void {
    // None is awaited.
  }

  onStreamClosed(): void {
    if (this.session.streams.size > 0 || this.closed) return;
    if (this.session.closing) this.close();
    else this.rest();
  }

  onEnd(): void {
    this.fail("closed", "the backend closed the connection without an answer");
  }

  onClose(error: Error | undefined): void {
    this.timer.disarm();
    const detail = error?.message ?? "the connection was closed";
    this.fail(this.connected ? "reset" : "connect", detail);
  }

  onTimer(): void {
    // What was said last does not leave.
    if (this.closed) this.transport.destroy();
    else if (this.connected && this.waiting.length > 0) {
      this.pool.forget(this);
      this.failWaiting({ code: "connect-timeout", detail: `no SETTINGS within ${connectTimeout} ms` });
      this.rest();
    } else if (this.connected) this.drain();
    else this.fail("connect-timeout", `no connection within ${connectTimeout} ms`);
  }

  /** Waits for the next request, not for ever. */
  private rest(): void {
    if (this.closed || !this.connected || this.waiting.length > 0) return;
    if (this.session.streams.size === 0) coarseTimers.arm(this.timer, upstreamIdleTimeout);
  }

  private fail(code: UpstreamFailure["code"], detail: string): void {
    if (this.closed) return;
    this.close();
    this.failStreams({ code, detail });
  }

  private failStreams(failure: UpstreamFailure): void {
    this.pool.forget(this);
    this.session.closing = true;
    this.failWaiting(this.connected ? notBegun : failure);
    for (const stream of this.session.streams.all()) {
      const owner = stream.owner as Http2UpstreamStream | undefined;
      stream.owner = undefined;
      stream.close();
      owner?.fail(failure);
    }
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    this.timer.disarm();
    this.pool.forget(this);
    this.reader.stop();
    this.session.closing = true;
    this.flush();
    if (this.connected && this.transport.backlog > 0) {
      this.transport.end();
      coarseTimers.arm(this.timer, connectTimeout);
    } else this.transport.destroy();
  }
}

const notBegun: UpstreamFailure = {
  code: "refused",
  detail: "the connection ended before its SETTINGS came",
};

/** Why a stream ended that the other side, or a broken answer, has reset. */
export function failureOf(code: number, unprocessed: boolean): UpstreamFailure {
  if (unprocessed) return { code: "refused", detail: "the backend refused the stream" };
  if (code === ErrorCode.protocol) return { code: "protocol", detail: "the answer is no proper HTTP/2" };
  // No `reset`: the connection lives, and the request has reached the other side.
  return { code: "truncated", detail: `the backend reset the stream (error code ${code})` };
}
