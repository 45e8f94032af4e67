import type { Socket } from "node:net";
import { Timer } from "../../std/timer-wheel.ts";
import { BodyReader } from "../../wire/http1/body.ts";
import { judgeExpectation } from "../../wire/http1/expect.ts";
import type { Fault } from "../../wire/http1/fault.ts";
import { Body, Framing } from "../../wire/http1/framing.ts";
import { Head } from "../../wire/http1/head.ts";
import { HeadReader } from "../../wire/http1/head-reader.ts";
import { Target } from "../../wire/http1/target.ts";
import { latin1 } from "../../wire/latin1.ts";
import { type HeaderEdits, NO_EDITS } from "../filter/filter.ts";
import {
  clientIdleTimeout,
  clientStallTimeout,
  headTimeout,
  maxJoinedBytes,
  maxPipelinedBytes,
  readBufferBytes,
} from "../limits.ts";
import type { BindTable } from "../match/match.ts";
import { coarseTimers } from "../timers.ts";
import { Transport, type TransportOwner } from "../transport/transport.ts";
import { answerText } from "./answer.ts";
import { BodyStart } from "./body-start.ts";
import type { OpenConnection, ServeContext } from "./context.ts";
import { type Downstream, Exchange } from "./exchange.ts";
import { dispatch, type RequestSource } from "./dispatch.ts";
import { Linger } from "./linger.ts";
import { Client } from "./request-head.ts";
import { informationalHead, responseHead } from "./response-head.ts";
import { Tunnel } from "./tunnel.ts";
import { isOffered, offeredProtocols } from "./upgrade.ts";

const Phase = {
  /** Between two requests, or in the middle of a head. */
  head: 0,
  /** A request is being served. */
  request: 1,
  /** The transport is closed, or serves somebody else. */
  closed: 2,
} as const;

/** One per worker: a head is parsed, acted upon and forgotten in one turn. */
const head = new Head();
const framing = new Framing();
const target = new Target();

/** A client's HTTP/1 connection: one request after another, answers in the order of the requests. */
export class ClientConnection implements TransportOwner, Downstream, RequestSource, OpenConnection {
  readonly transport: Transport;
  readonly bind: BindTable;
  readonly context: ServeContext;
  readonly bindAuthority: string;
  readonly client: Client;
  readonly exchange = new Exchange(this);
  private readonly headReader = new HeadReader();
  private readonly body = new BodyReader();
  private readonly timer = new Timer(this);
  private phase: number = Phase.head;

  /** Of the request that is being served. */
  private method = "";
  upgrade: string | undefined;
  responseEdits: HeaderEdits = NO_EDITS;
  private minor = 1;
  private persistent = true;
  private readonly bodyStart = new BodyStart();
  private closeAfter = false;
  private tunnelBegins = false;

  /** Text that leaves at the end of this turn, in one write. */
  private out = "";
  /** What the client sent ahead of its turn. */
  private pending: Buffer | undefined;
  private looping = false;

  constructor(accepted: Socket, bind: BindTable, context: ServeContext) {
    this.bind = bind;
    this.context = context;
    this.bindAuthority = `${bind.address.includes(":") ? `[${bind.address}]` : bind.address}:${bind.port}`;
    this.client = new Client(accepted.remoteAddress ?? "");
    context.connections.add(this);
    this.transport = Transport.accept(accepted, this);
    coarseTimers.arm(this.timer, headTimeout);
  }

  onBytes(buffer: Buffer, length: number): void {
    switch (this.phase) {
      case Phase.head:
        if (this.pending === undefined) return this.readHeads(buffer, length);
        return this.hold(buffer, 0, length);
      case Phase.request:
        return this.readBody(buffer, length);
      default:
        return;
    }
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
      if (this.out.length > maxJoinedBytes) this.flush();
    }
    this.looping = false;
    if (at < length && this.phase <= Phase.request) this.hold(buffer, at, length);
    this.flush();
  }

  /** Reads a request and the part of its body that came with it, and sends it on its way. Returns the offset after that. */
  private startRequest(buffer: Buffer, at: number, length: number): number {
    this.timer.disarm();
    this.phase = Phase.request;
    let fault = head.parseRequest(this.headReader.text, this.headReader.length);
    this.headReader.reset();
    this.method = head.method;
    this.minor = head.minor;
    fault ??= framing.request(head) ?? target.read(head) ?? judgeExpectation(head);
    if (fault === undefined) {
      this.persistent = framing.persistent;
      this.closeAfter = false;
      this.body.start(framing.body, "framed");
      fault = this.body.read(buffer, at, length, this.bodyStart);
    }
    if (fault !== undefined) {
      this.refuse(fault);
      return length;
    }
    at = this.body.consumed;
    this.upgrade = offeredProtocols(head, framing.body);
    dispatch(this, head, target, this.bodyStart);
    this.bodyStart.clear();
    if (this.exchange.active) {
      if (this.body.done) this.exchange.requestComplete = true;
      else this.awaitBody();
    }
    return at;
  }

  private readonly laterBytes = {
    onChunk: (buffer: Uint8Array, start: number, end: number): void => {
      this.exchange.sendBytes(buffer as Buffer, start, end, this.transport);
    },
  };

  private readBody(buffer: Buffer, length: number): void {
    let at = 0;
    if (!this.body.done) {
      const fault = this.body.read(buffer, 0, length, this.laterBytes);
      if (fault !== undefined) {
        const answering = this.exchange.answering;
        this.exchange.abort();
        if (answering) this.cut();
        else this.refuse(fault);
        return;
      }
      at = this.body.consumed;
      if (this.body.done) {
        this.exchange.requestComplete = true;
        this.timer.disarm();
        this.transport.endBulk();
      } else {
        if (length === readBufferBytes) this.transport.beginBulk();
        this.awaitBody();
      }
    }
    if (at < length) this.hold(buffer, at, length);
  }

  private awaitBody(): void {
    coarseTimers.arm(this.timer, clientStallTimeout);
    if (this.exchange.requestFlows) this.transport.resume();
    else this.transport.pause();
  }

  /** Keeps what came too early. A client that sends far ahead is not read any further. */
  private hold(buffer: Buffer, start: number, end: number): void {
    const bytes = buffer.subarray(start, end);
    this.pending = this.pending === undefined ? Buffer.from(bytes) : Buffer.concat([this.pending, bytes]);
    if (this.pending.length > maxPipelinedBytes) this.transport.pause();
  }

  /** Answers a message that is not to be trusted, and trusts nothing after it. */
  private refuse(fault: Fault): void {
    this.persistent = false;
    this.answerWith(fault.status, "", fault.message);
  }

  answer(status: number): void {
    this.answerWith(status, "");
  }

  /** An answer of the proxy's own. `fields` are ready lines. */
  answerWith(status: number, fields: string, detail?: string): void {
    const keep = this.persistent && this.body.done && !this.leaving;
    this.out += answerText(status, this.connectionLine(keep), this.method !== "HEAD", fields, detail);
    this.closeAfter = !keep;
    this.responseEnd();
    if (!this.looping) this.responseTurn();
  }

  private connectionLine(keep: boolean): string {
    if (!keep) return "Connection: close\r\n";
    return this.minor === 0 ? "Connection: keep-alive\r\n" : "";
  }

  cut(): void {
    this.transport.reset();
  }

  informational(received: Head): void {
    if (this.minor === 1) this.out += informationalHead(received);
  }

  responseHead(received: Head, receivedFraming: Framing): void {
    this.tunnelBegins = received.status === 101;
    if (this.tunnelBegins && !isOffered(received, this.upgrade)) {
      this.tunnelBegins = false;
      this.exchange.abort();
      return this.answer(502);
    }
    const plain = this.minor === 0 && receivedFraming.body === Body.chunked;
    if (plain) this.exchange.upstream!.startBody("plain");
    const keep =
      this.persistent &&
      this.body.done &&
      !plain &&
      !this.leaving &&
      receivedFraming.body !== Body.untilClose;
    this.closeAfter = !keep;
    const connection = this.tunnelBegins ? "" : this.connectionLine(keep);
    this.out += responseHead(received, connection, this.minor, this.responseEdits);
  }

  responseBytes(buffer: Buffer, start: number, end: number): void {
    const transport = this.transport;
    if (this.out.length + end - start <= maxJoinedBytes) {
      this.out += latin1(buffer, start, end);
      return;
    }
    const upstream = this.exchange.upstream!.transport;
    if (this.out !== "") {
      transport.cork();
      this.flush();
      transport.writeBytes(buffer, start, end, upstream);
      transport.uncork();
    } else transport.writeBytes(buffer, start, end, upstream);
  }

  responseText(text: string): void {
    this.out += text;
  }

  responseEnd(): void {
    if (this.phase === Phase.closed) return;
    if (this.closeAfter || this.leaving) return this.endConnection();
    this.phase = Phase.head;
    this.method = "";
    coarseTimers.arm(this.timer, clientIdleTimeout);
  }

  responseTurn(): void {
    this.flush();
    if (this.tunnelBegins) return this.beginTunnel();
    if (this.phase === Phase.head) this.next();
    else if (this.phase === Phase.request && this.transport.congested) {
      this.exchange.upstream?.transport.pause();
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
    this.exchange.upstream?.transport.resume();
  }

  onClose(): void {
    this.leave();
    this.exchange.abort();
  }

  onTimer(): void {
    if (this.phase === Phase.head && !this.headReader.started) {
      this.transport.drop();
      return;
    }
    if (this.phase === Phase.request && (this.body.done || this.exchange.answering)) {
      if (this.transport.stalled) return this.cut();
      return coarseTimers.arm(this.timer, clientStallTimeout);
    }
    const status = this.phase === Phase.request && !this.exchange.requestFlows ? 504 : 408;
    this.exchange.abort();
    this.persistent = false;
    this.body.start(Body.none, "framed");
    this.answerWith(status, "");
  }

  drain(): void {
    if (this.leaving && this.phase === Phase.head && this.resting) this.endConnection();
  }

  cutShort(): boolean {
    if (this.phase === Phase.head && this.resting) return this.transport.drop();
    this.transport.reset();
    return true;
  }

  /** The connection is to be closed after this request. */
  private get leaving(): boolean {
    return this.context.draining || this.bind.empty;
  }

  /** No request has begun that is not being served. */
  private get resting(): boolean {
    return !this.headReader.started && this.pending === undefined;
  }

  /** The answer is out: the request that waits, or reading on. */
  private next(): void {
    const { pending } = this;
    if (pending !== undefined && !this.transport.congested) {
      this.pending = undefined;
      this.readHeads(pending, pending.length);
    }
    if (this.phase === Phase.head && this.pending === undefined) this.transport.resume();
  }

  /** Nothing more is answered here. */
  private endConnection(): void {
    this.flush();
    this.leave();
    new Linger(this.transport, this.context.connections);
  }

  /** Somebody else takes over the transport. */
  private leave(): void {
    this.phase = Phase.closed;
    this.timer.disarm();
    this.context.connections.delete(this);
  }

  private flush(): void {
    if (this.out === "") return;
    const text = this.out;
    this.out = "";
    this.transport.write(text);
  }

  /** From here on both sides speak a protocol of their own. */
  private beginTunnel(): void {
    this.tunnelBegins = false;
    const upstream = this.exchange.detach();
    this.leave();
    const { connections } = this.context;
    const tunnel = new Tunnel(this.transport, upstream, () => connections.delete(entry));
    // What runs in a tunnel cannot be told when it is finished: a drain waits for its end or its deadline.
    const entry = { drain: () => undefined, cutShort: () => tunnel.destroy() };
    connections.add(entry);
    if (this.pending !== undefined) upstream.writeOwned(this.pending);
    this.pending = undefined;
  }
}
