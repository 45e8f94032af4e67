import { Timer } from "../../../std/timer-wheel.ts";
import { encodeStatus } from "../../../wire/hpack/encoder.ts";
import { Body, type Framing } from "../../../wire/http1/framing.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { Target } from "../../../wire/http1/target.ts";
import { judgeExpectation } from "../../../wire/http1/expect.ts";
import { encodeLines } from "../../../wire/http2/encode.ts";
import { ErrorCode } from "../../../wire/http2/fault.ts";
import { type MessageReader, Verdict } from "../../../wire/http2/message.ts";
import type { Http2Stream, StreamOwner } from "../../../wire/http2/stream.ts";
import { latin1 } from "../../../wire/latin1.ts";
import { type HeaderEdits, NO_EDITS } from "../../filter/filter.ts";
import { clientStallTimeout, maxJoinedBytes } from "../../limits.ts";
import { coarseTimers } from "../../timers.ts";
import type { UpstreamConnection } from "../../upstream/http1/connection.ts";
import { answerBody, answerLines, typeLine } from "../answer/answer.ts";
import type { Arrival } from "../arrival.ts";
import { BodyStart } from "../body-start.ts";
import { dispatch, type RequestSource } from "../dispatch.ts";
import { type Downstream, Exchange } from "../exchange/exchange.ts";
import { grpcAnswer, grpcTimeout, isGrpc } from "../answer/grpc-answer.ts";
import type { Http2Connection } from "./connection.ts";
import { GrowingBuffer } from "../guard/growing-buffer.ts";
import type { HeldBody } from "../guard/held-body.ts";
import { responseBlock } from "./response-block.ts";
import { StreamTunnel } from "./stream-tunnel.ts";
import { isOffered } from "../http1/upgrade.ts";
import type { Waiting } from "../guard/waiting.ts";

/** One per worker: see `http1/connection.ts`. */
const target = new Target();

/** Of every request: its body comes later. */
const noBody = new BodyStart();

const noBytes = Buffer.alloc(0);

/** Larger pieces of a body go to HTTP/1 without a detour through text. */
const joinedChunkBytes = 4096;

/** One request on a client's HTTP/2 connection, and its answer. */
export class ServerStream implements StreamOwner, Downstream, RequestSource {
  readonly exchange = new Exchange(this);
  readonly bodyStart = noBody;
  responseEdits: HeaderEdits = NO_EDITS;
  answerFields = "";
  upgrade: string | undefined;
  requestTimeout = 0;
  private readonly connection: Http2Connection;
  private readonly stream: Http2Stream;
  private readonly timer = new Timer(this);
  private method = "";
  private grpc = false;
  private hasBody = false;
  private takes: "framed" | "plain" = "framed";
  /** The backend gets the body in the chunks of HTTP/1.1. */
  private chunked = false;
  /** Small pieces of the body, which leave in one write with the others of this read. */
  private joined = "";
  private contentLength = -1;
  /** Of the body, as far as it has come while the request waits. */
  private early: GrowingBuffer | undefined;
  private held: HeldBody | undefined;
  /** What was held, once it goes on. */
  private given: Buffer | undefined;
  /** Bytes of the answer's body that must still go; -1 when that is not known. */
  private left = -1;
  private answered = false;
  /** The backend has agreed to what follows an Upgrade. */
  private tunnels = false;
  private isTouched = false;
  private progress = 0;
  private requestTrailers = "";
  private trailerBlock: string | undefined = undefined;

  constructor(connection: Http2Connection, stream: Http2Stream) {
    this.connection = connection;
    this.stream = stream;
  }

  get arrival(): Arrival {
    return this.connection.arrival;
  }

  /** Reads a request and sends it on its way. `head` is valid in this turn only. */
  begin(head: Head, message: MessageReader, hasBody: boolean): void {
    this.stream.owner = this;
    this.hasBody = hasBody;
    this.method = message.method;
    if (message.verdict === Verdict.tooLarge) return this.answer(431);
    this.grpc = isGrpc(head);
    this.contentLength = message.contentLength;
    if (head.method === "CONNECT") return this.answer(501);
    if (message.protocol !== "") {
      if (message.protocol !== "websocket") return this.answer(501);
      this.upgrade = message.protocol;
    }
    const fault = target.read(head) ?? judgeExpectation(head);
    if (fault !== undefined) return this.answerWith(fault.status, "", fault.message);
    if (this.grpc) this.requestTimeout = grpcTimeout(head);
    dispatch(this, head, target);
    if (this.exchange.active && hasBody && !this.exchange.waits) this.awaitBody();
  }

  holdBody(held: HeldBody, expects: boolean): void {
    const early = this.takeEarly();
    held.onChunk(early, 0, early.length);
    this.held = held;
    if (held.refusal !== 0) return;
    held.complete = !this.hasBody || this.stream.remoteEnded;
    if (held.complete) return;
    if (expects) this.stream.sendHead(encodeStatus(100), false);
    this.stream.credit();
    coarseTimers.arm(this.timer, clientStallTimeout);
  }

  resume(waiting: Waiting): void {
    this.timer.disarm();
    waiting.proceed();
    const { exchange, stream } = this;
    if (!exchange.active || exchange.waits || !this.hasBody) return;
    const early = this.takeEarly();
    // An empty chunk would be the last one.
    if (early.length > 0) this.pass(early, 0, early.length);
    if (stream.remoteEnded) return this.onEnd();
    this.sendJoined();
    if (exchange.requestFlows && !this.awaitsTunnel) stream.credit();
    if (exchange.active) this.awaitBody();
  }

  private takeEarly(): Buffer {
    const early = this.given ?? this.early?.take() ?? noBytes;
    this.given = undefined;
    this.early = undefined;
    return early;
  }

  /** What comes while the request waits is kept, up to the window of the stream, or held for whom it waits for. */
  private wait(waiting: Waiting, buffer: Buffer, start: number, end: number): void {
    const { body } = waiting;
    if (body === undefined) (this.early ??= new GrowingBuffer()).add(buffer, start, end);
    else if (!body.complete && body.refusal === 0) {
      body.onChunk(buffer, start, end);
      if (body.refusal !== 0) waiting.onBody();
    }
  }

  get bodyComplete(): boolean {
    return !this.hasBody;
  }

  beginBody(takes: "framed" | "plain"): boolean {
    this.takes = takes;
    this.given = this.held?.bytes();
    this.held = undefined;
    this.chunked = takes === "framed" && this.contentLength < 0 && this.upgrade === undefined;
    return true;
  }

  answer(status: number, detail?: string): void {
    this.answerWith(status, this.answerFields, detail);
  }

  answerWith(status: number, fields: string, detail?: string): void {
    const body = answerBody(status, detail);
    this.respond(status, fields + typeLine(body), body, detail);
  }

  respond(status: number, fields: string, body: string, detail?: string): void {
    if (this.stream.closed) return;
    if (this.grpc) this.stream.sendHead(grpcAnswer(status, detail), true);
    else {
      const withBody = body !== "" && this.method !== "HEAD";
      this.stream.sendHead(encodeStatus(status) + encodeLines(answerLines(fields, body)), !withBody);
      if (withBody) this.stream.sendText(body, true);
    }
    this.finish();
  }

  cut(): void {
    this.stream.reset(ErrorCode.internal);
    this.finish();
  }

  informational(received: Head): void {
    this.stream.sendHead(responseBlock(received, received.status, NO_EDITS), false);
  }

  responseHead(received: Head, framing: Framing): void {
    const { status } = received;
    // What HTTP/1 answers with 101 is a 2xx answer here (RFC 8441 section 5), and nothing else may look like one.
    if (this.upgrade !== undefined && this.takes === "plain" && status < 300) {
      this.stream.sendHead(responseBlock(received, status, this.responseEdits), false);
      new StreamTunnel(this.stream, this.connection, this.exchange, this.joined);
      return;
    }
    const opens = status === 101 && isOffered(received, this.upgrade);
    if (!opens && (status === 101 || (this.upgrade !== undefined && status < 300))) {
      this.exchange.abort();
      return this.answer(502);
    }
    this.answered = true;
    this.exchange.upstream!.startBody("plain");
    const { body } = framing;
    // A backend of HTTP/2 may send trailers after a body of known length.
    this.left = body >= 0 && this.takes === "framed" ? body : -1;
    const bodiless = body === Body.none || body === 0;
    this.stream.sendHead(responseBlock(received, opens ? 200 : status, this.responseEdits), bodiless);
    if (opens) this.beginTunnel();
  }

  /** What the client has sent ahead follows. */
  private beginTunnel(): void {
    this.tunnels = true;
    this.sendJoined();
    this.stream.credit();
    if (this.stream.remoteEnded) this.endTunnel();
  }

  /** The client's half of a tunnel is over. */
  private endTunnel(): void {
    // Only HTTP/1.1 answers with 101.
    (this.exchange.upstream as UpstreamConnection).transport.end();
  }

  /** Whether bytes are for a tunnel that is not there: a backend that does not agree would take them for another request. */
  private get awaitsTunnel(): boolean {
    return this.upgrade !== undefined && !this.tunnels;
  }

  responseBytes(buffer: Buffer, start: number, end: number): void {
    if (this.left >= 0) this.left -= end - start;
    this.stream.sendData(buffer, start, end, this.left === 0);
  }

  responseText(text: string): void {
    if (this.left >= 0) this.left -= text.length;
    this.stream.sendText(text, this.left === 0);
  }

  responseTrailers(lines: string): void {
    this.trailerBlock = encodeLines(lines);
  }

  responseEnd(): void {
    this.stream.end(this.trailerBlock);
    this.finish();
  }

  responseTurn(): void {
    if (!this.exchange.active || !this.stream.congested) return;
    this.exchange.upstream?.pause();
    this.watchReader();
  }

  /** Gives a client up that does not take what it is sent. */
  private watchReader(): void {
    this.progress = this.position;
    coarseTimers.arm(this.timer, clientStallTimeout);
  }

  /** Changes as long as the client takes what it is sent: of this answer, or of others before which this one has to wait. */
  private get position(): number {
    const { stream, connection } = this;
    if (stream.sendWindow <= 0) return stream.sent;
    return stream.waiting > 0 ? stream.session.dataFrames : connection.transport.backlog;
  }

  requestMayFlow(): void {
    if (this.awaitsTunnel) return;
    this.stream.credit();
    if (!this.stream.remoteEnded) this.awaitBody();
  }

  onHead(): void {
    // A client's stream begins with its request; what follows are trailers.
  }

  onData(buffer: Buffer, start: number, end: number): void {
    if (!this.isTouched) {
      this.isTouched = true;
      this.connection.touch(this);
    }
    const { exchange } = this;
    if (!exchange.active) return;
    if (exchange.waiting !== undefined) this.wait(exchange.waiting, buffer, start, end);
    else this.pass(buffer, start, end);
  }

  private pass(buffer: Buffer, start: number, end: number): void {
    const { exchange, connection } = this;
    const isSmall = end - start <= joinedChunkBytes;
    if (this.takes === "plain" && !this.awaitsTunnel) {
      // Text is kept for another attempt, and written into a frame, without a copy.
      if (isSmall) return exchange.sendText(latin1(buffer, start, end));
      return exchange.sendBytes(buffer, start, end, connection.transport);
    }
    if (this.chunked) this.joined += `${(end - start).toString(16)}\r\n`;
    if (isSmall || this.awaitsTunnel) this.joined += latin1(buffer, start, end);
    else {
      this.sendJoined();
      exchange.sendBytes(buffer, start, end, connection.transport);
    }
    if (this.chunked) this.joined += "\r\n";
    if (this.joined.length <= maxJoinedBytes) return;
    if (!this.awaitsTunnel) return this.sendJoined();
    // So far ahead is nobody who means well.
    exchange.abort();
    this.cut();
  }

  private sendJoined(): void {
    const { joined, exchange } = this;
    if (joined === "" || this.awaitsTunnel) return;
    this.joined = "";
    if (exchange.active) exchange.sendText(joined);
  }

  onTrailers(lines: string): void {
    this.requestTrailers = lines;
  }

  onEnd(): void {
    // An answer may have begun that the client does not read.
    if (!this.answered) this.timer.disarm();
    const { exchange, requestTrailers } = this;
    if (!exchange.active) return;
    if (exchange.waiting !== undefined) return this.endWaiting(exchange.waiting);
    // Its end goes where the bytes before it go.
    if (this.awaitsTunnel) return;
    if (this.chunked) this.joined += `0\r\n${requestTrailers}\r\n`;
    this.sendJoined();
    if (this.tunnels) this.endTunnel();
    exchange.sendEnd(this.chunked ? "" : requestTrailers);
  }

  private endWaiting(waiting: Waiting): void {
    const { body } = waiting;
    if (body === undefined || body.complete || body.refusal !== 0) return;
    body.complete = true;
    waiting.onBody();
  }

  onReset(): void {
    this.timer.disarm();
    this.exchange.abort();
  }

  onDrain(): void {
    const { stream, exchange } = this;
    if (!exchange.active) {
      if (stream.localEnded) this.settle();
      return;
    }
    if (stream.congested) return;
    if (stream.remoteEnded && this.answered) this.timer.disarm();
    exchange.upstream?.resume();
  }

  /** The read that brought a part of the body is over. */
  endTurn(): void {
    this.isTouched = false;
    this.sendJoined();
    if (!this.exchange.active || (this.exchange.requestFlows && !this.awaitsTunnel)) this.stream.credit();
    if (this.exchange.active && !this.stream.remoteEnded) this.awaitBody();
  }

  onTimer(): void {
    if (this.exchange.active && !this.answered) {
      const status = this.exchange.requestFlows ? 408 : 504;
      this.exchange.abort();
      return this.answer(status);
    }
    if (!this.stream.congested) return;
    if (this.position !== this.progress) return this.watchReader();
    this.exchange.abort();
    this.stream.reset(ErrorCode.cancel);
  }

  /** A body that does not come costs its request; what both sides write as they like may rest for as long as it likes. */
  private awaitBody(): void {
    if (this.answered || this.grpc || this.upgrade !== undefined) return;
    coarseTimers.arm(this.timer, clientStallTimeout);
  }

  /** Nothing more is added to the answer. Its end may still wait for a client that has to take it. */
  private finish(): void {
    this.connection.relieve();
    if (this.stream.closed || this.stream.localEnded) this.settle();
    else this.watchReader();
  }

  /** The answer has left; the rest of the request is of no interest (RFC 9113 section 8.1). */
  private settle(): void {
    this.timer.disarm();
    if (this.stream.remoteEnded) return;
    this.stream.owner = undefined;
    this.stream.reset(ErrorCode.none);
  }
}
