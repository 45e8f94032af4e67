import { Timer } from "../../../std/timer-wheel.ts";
import type { Fault } from "../../../wire/http1/fault.ts";
import { Body, type Framing } from "../../../wire/http1/framing.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { HeadReader } from "../../../wire/http1/head-reader.ts";
import { type HeaderEdits, NO_EDITS } from "../../filter/filter.ts";
import {
  clientIdleTimeout,
  clientStallTimeout,
  headTimeout,
  maxJoinedBytes,
  readBufferBytes,
} from "../../limits.ts";
import { coarseTimers } from "../../timers.ts";
import type { Transport, TransportOwner } from "../../transport/transport.ts";
import { answerBody, typeLine, wholeAnswer } from "../answer/answer.ts";
import type { Arrival } from "../arrival.ts";
import type { BodyStart } from "../body-start.ts";
import type { OpenConnection } from "../context.ts";
import { type Downstream, Exchange } from "../exchange/exchange.ts";
import { dispatch, type RequestSource } from "../dispatch.ts";
import { beginHttp2, isHttp2 } from "../http2/connection.ts";
import type { HeldBody } from "../guard/held-body.ts";
import { JoinedOutput } from "./joined-output.ts";
import { Linger } from "../linger.ts";
import { Phase } from "./phase.ts";
import { ReadAhead } from "./read-ahead.ts";
import { RequestBody } from "./request-body.ts";
import { framing, head, readRequest, target } from "./request-reader.ts";
import { connectionLine, informationalHead, responseHead, switchingHead } from "../head/response-head.ts";
import { Tunnel } from "./tunnel.ts";
import { StreamTunnel } from "./stream-tunnel.ts";
import { isOffered, offeredProtocols, upgradeTowards } from "./upgrade.ts";
import { acceptOf, keyFault, webSocketKey } from "./web-socket-key.ts";
import type { Waiting } from "../guard/waiting.ts";

/** A client's HTTP/1 connection: one request after another, answers in the order of the requests. */
export class ClientConnection implements TransportOwner, Downstream, RequestSource, OpenConnection {
  readonly transport: Transport;
  readonly arrival: Arrival;
  readonly exchange = new Exchange(this);
  private readonly headReader = new HeadReader();
  private readonly body = new RequestBody();
  private readonly timer = new Timer(this);
  private phase: number = Phase.head;

  /** Of the request that is being served. */
  private method = "";
  upgrade: string | undefined;
  private webSocketKey = "";
  responseEdits: HeaderEdits = NO_EDITS;
  answerFields = "";
  readonly requestTimeout = 0;
  private minor = 1;
  /** Nothing was asked yet: what comes may be HTTP/2. */
  private fresh = true;
  private persistent = true;
  private closeAfter = false;
  private tunnelBegins = false;

  private readonly out: JoinedOutput;
  private readonly ahead: ReadAhead;
  private looping = false;

  /** @param accept Makes the transport; over TLS it is there already. */
  constructor(arrival: Arrival, accept: (owner: TransportOwner) => Transport) {
    this.arrival = arrival;
    arrival.context.connections.add(this);
    this.transport = accept(this);
    this.out = new JoinedOutput(this.transport);
    this.ahead = new ReadAhead(this.transport);
    coarseTimers.arm(this.timer, headTimeout);
  }

  onBytes(buffer: Buffer, length: number): void {
    if (this.phase === Phase.request) this.readBody(buffer, length);
    else if (this.phase !== Phase.head) return;
    else if (this.ahead.isEmpty) this.readHeads(buffer, length);
    else this.ahead.add(buffer, 0, length);
  }

  /**
   * Starts as many requests as are there and may be started: the next one only after the answer to the one before, and only
   * if the client reads its answers.
   */
  private readHeads(buffer: Buffer, length: number): void {
    let at = 0;
    this.looping = true;
    while (at < length && this.phase === Phase.head && !this.transport.congested) {
      const started = this.headReader.started;
      const fault = this.headReader.read(buffer, at, length);
      if (fault !== undefined) {
        this.refuse(fault);
        break;
      }
      if (!this.headReader.complete) {
        // The clock runs from the first byte: one byte now and then does not keep a head alive.
        if (!started) coarseTimers.arm(this.timer, headTimeout);
        at = length;
        break;
      }
      at = this.startRequest(buffer, this.headReader.consumed, length);
      if (this.out.text.length > maxJoinedBytes) this.out.flush();
    }
    this.looping = false;
    if (at < length && this.phase <= Phase.request) this.ahead.add(buffer, at, length);
    this.out.flush();
  }

  /** Reads a request and the part of its body that came with it, and sends it on its way. Returns the offset after that. */
  private startRequest(buffer: Buffer, at: number, length: number): number {
    this.timer.disarm();
    if (this.fresh) {
      this.fresh = false;
      if (isHttp2(this.headReader.text)) {
        this.leave();
        return beginHttp2(this.transport, this.arrival, buffer, at, length);
      }
    }
    this.phase = Phase.request;
    const fault = readRequest(this.headReader);
    this.method = head.method;
    this.answerFields = "";
    this.minor = head.minor;
    if (fault !== undefined) {
      this.body.skip();
      this.refuse(fault);
      return length;
    }
    this.persistent = framing.persistent;
    this.closeAfter = false;
    this.body.expect(framing.body, buffer, at, length);
    this.upgrade = offeredProtocols(head, framing.body);
    this.webSocketKey = this.upgrade === undefined ? "" : webSocketKey(head);
    dispatch(this, head, target);
    return this.afterStart();
  }

  /** Returns the offset after what was taken of the bytes that came with the head. */
  private afterStart(): number {
    if (this.exchange.waits) {
      if (this.body.holds) this.awaitBody();
      return this.body.keep();
    }
    this.body.start.clear();
    if (this.exchange.active) {
      if (this.body.done) this.exchange.sendEnd(this.body.trailers);
      else this.awaitBody();
    }
    return this.body.reader.consumed;
  }

  holdBody(held: HeldBody, expects: boolean): void {
    this.body.hold(held);
    if (expects && this.minor === 1 && this.body.holds) this.out.text += "HTTP/1.1 100 Continue\r\n\r\n";
  }

  resume(waiting: Waiting): void {
    this.looping = true;
    waiting.proceed();
    this.looping = false;
    this.afterStart();
    const rest = this.body.takeRest();
    if (rest !== undefined && this.phase <= Phase.request) this.ahead.add(rest, 0, rest.length);
    if (this.exchange.waits) this.out.flush();
    else this.responseTurn();
  }

  /** What comes while the request waits is kept, or held for whom it waits for. */
  private readWaiting(buffer: Buffer, length: number): void {
    const { body } = this;
    const wanted = body.holds;
    const at = body.take(buffer, length, this.transport);
    if (at < length) this.ahead.add(buffer, at, length);
    if (body.holds) this.awaitBody();
    else if (wanted) {
      this.timer.disarm();
      this.exchange.waiting!.onBody();
    }
  }

  beginBody(takes: "framed" | "plain"): boolean {
    this.upgrade = upgradeTowards(takes, this.upgrade, this.method);
    const fault = this.body.begin(takes) ?? keyFault(takes, this.upgrade, this.webSocketKey);
    if (fault !== undefined) this.refuse(fault);
    return fault === undefined;
  }

  get bodyStart(): BodyStart {
    return this.body.start;
  }

  get bodyComplete(): boolean {
    return this.body.complete;
  }

  onChunk(buffer: Uint8Array, start: number, end: number): void {
    this.exchange.sendBytes(buffer as Buffer, start, end, this.transport);
  }

  private readBody(buffer: Buffer, length: number): void {
    if (this.exchange.waits) return this.readWaiting(buffer, length);
    let at = 0;
    if (!this.body.done) {
      const fault = this.body.reader.read(buffer, 0, length, this);
      if (fault !== undefined) {
        const answering = this.exchange.answering;
        this.exchange.abort();
        if (answering) this.cut();
        else this.refuse(fault);
        return;
      }
      at = this.body.reader.consumed;
      if (this.body.done) {
        this.exchange.sendEnd(this.body.trailers);
        this.timer.disarm();
        this.transport.endBulk();
      } else {
        if (length === readBufferBytes) this.transport.beginBulk();
        this.awaitBody();
      }
    }
    if (at < length) this.ahead.add(buffer, at, length);
  }

  private awaitBody(): void {
    coarseTimers.arm(this.timer, clientStallTimeout);
    if (this.exchange.requestFlows) this.transport.resume();
    else this.transport.pause();
  }

  /** Answers a message that is not to be trusted, and trusts nothing after it. */
  private refuse(fault: Fault): void {
    this.persistent = false;
    this.answerWith(fault.status, this.answerFields, fault.message);
  }

  answer(status: number, detail?: string): void {
    this.answerWith(status, this.answerFields, detail);
  }

  answerWith(status: number, fields: string, detail?: string): void {
    const body = answerBody(status, detail);
    this.respond(status, fields + typeLine(body), body);
  }

  respond(status: number, fields: string, body: string): void {
    // Whether the connection can go on depends on where the body ends.
    if (this.body.waits && !this.beginBody("framed")) return;
    const keep = this.persistent && this.body.done && !this.arrival.leaving;
    const connection = connectionLine(keep, this.minor);
    this.out.text += wholeAnswer(status, connection, this.method !== "HEAD", fields, body);
    this.closeAfter = !keep;
    this.responseEnd();
    if (!this.looping) this.responseTurn();
  }

  cut(): void {
    this.transport.reset();
  }

  informational(received: Head): void {
    if (this.minor === 1) this.out.text += informationalHead(received);
  }

  responseHead(received: Head, receivedFraming: Framing): void {
    if (this.upgrade !== undefined && this.exchange.upstream!.takes === "plain" && received.status < 300) {
      this.out.text += switchingHead(received, acceptOf(this.webSocketKey), this.responseEdits);
      this.out.flush();
      this.leave();
      new StreamTunnel(this.transport, this.exchange, this.ahead, this.arrival.context.connections);
      return;
    }
    this.tunnelBegins = received.status === 101;
    if (this.tunnelBegins && !isOffered(received, this.upgrade)) {
      this.tunnelBegins = false;
      this.exchange.abort();
      return this.answer(502);
    }
    const plain = this.minor === 0 && receivedFraming.body === Body.chunked;
    if (plain) this.exchange.upstream!.startBody("plain");
    const ends = plain || this.arrival.leaving || receivedFraming.body === Body.untilClose;
    const keep = this.persistent && this.body.done && !ends;
    this.closeAfter = !keep;
    const connection = this.tunnelBegins ? "" : connectionLine(keep, this.minor);
    this.out.text += responseHead(received, connection, this.minor, this.responseEdits);
  }

  responseBytes(buffer: Buffer, start: number, end: number, from: Transport): void {
    this.out.addBytes(buffer, start, end, from);
  }

  responseTrailers(): void {
    // A framed body holds them; HTTP/1.0, which gets plain ones, has none.
  }

  responseText(text: string): void {
    this.out.text += text;
  }

  responseEnd(): void {
    if (this.phase === Phase.closed) return;
    if (this.closeAfter || this.arrival.leaving) return this.endConnection();
    this.phase = Phase.head;
    this.method = "";
    coarseTimers.arm(this.timer, clientIdleTimeout);
  }

  responseTurn(): void {
    this.out.flush();
    if (this.tunnelBegins) return this.beginTunnel();
    if (this.phase === Phase.head) this.next();
    else if (this.phase === Phase.request && this.transport.congested) {
      this.exchange.upstream?.pause();
      this.transport.watchProgress();
      coarseTimers.arm(this.timer, clientStallTimeout);
    }
  }

  requestMayFlow(): void {
    if (!this.body.done) this.awaitBody();
  }

  onEnd(): void {
    // As nginx and Envoy do: a client that says no more is taken to have left, so that the backend need not work on.
    if (this.phase === Phase.head && this.transport.backlog > 0) this.endConnection();
    else this.transport.drop();
  }

  onDrain(): void {
    if (this.phase === Phase.head) return this.next();
    if (this.body.done) this.timer.disarm();
    this.exchange.upstream?.resume();
  }

  onClose(): void {
    this.leave();
    this.exchange.abort();
  }

  onTimer(): void {
    if (this.phase === Phase.head && !this.headReader.started) return void this.transport.drop();
    if (this.phase === Phase.request && (this.body.done || this.exchange.answering)) {
      if (this.transport.stalled) return this.cut();
      return coarseTimers.arm(this.timer, clientStallTimeout);
    }
    const status = this.phase === Phase.request && !this.exchange.requestFlows ? 504 : 408;
    this.exchange.abort();
    this.persistent = false;
    this.body.skip();
    this.answer(status);
  }

  drain(): void {
    if (this.arrival.leaving && this.resting) this.endConnection();
  }

  cutShort(): boolean {
    if (this.resting) return this.transport.drop();
    this.transport.reset();
    return true;
  }

  /** No request has begun that is not being served. */
  private get resting(): boolean {
    return this.phase === Phase.head && !this.headReader.started && this.ahead.isEmpty;
  }

  /** The answer is out: the request that waits, or reading on. */
  private next(): void {
    if (!this.ahead.isEmpty && !this.transport.congested) {
      const bytes = this.ahead.take();
      this.readHeads(bytes, bytes.length);
    }
    if (this.phase === Phase.head && this.ahead.isEmpty) this.transport.resume();
  }

  /** Nothing more is answered here. */
  private endConnection(): void {
    this.out.flush();
    this.leave();
    new Linger(this.transport, this.arrival.context.connections);
  }

  /** Somebody else takes over the transport. */
  private leave(): void {
    this.phase = Phase.closed;
    this.timer.disarm();
    this.arrival.context.connections.delete(this);
  }

  /** From here on both sides speak a protocol of their own. */
  private beginTunnel(): void {
    this.tunnelBegins = false;
    const upstream = this.exchange.detach();
    this.leave();
    new Tunnel(this.transport, upstream, this.arrival.context.connections);
    if (!this.ahead.isEmpty) upstream.writeOwned(this.ahead.take());
  }
}
