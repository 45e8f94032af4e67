import { Timer } from "../../std/timer-wheel.ts";
import { encodeStatus } from "../../wire/hpack/encoder.ts";
import { Body, type Framing } from "../../wire/http1/framing.ts";
import type { Head } from "../../wire/http1/head.ts";
import { Target } from "../../wire/http1/target.ts";
import { judgeExpectation } from "../../wire/http1/expect.ts";
import type { Fault } from "../../wire/http1/fault.ts";
import { encodeLines } from "../../wire/http2/encode.ts";
import { ErrorCode } from "../../wire/http2/fault.ts";
import { type MessageReader, Verdict } from "../../wire/http2/message.ts";
import type { Http2Stream, StreamOwner } from "../../wire/http2/stream.ts";
import { latin1 } from "../../wire/latin1.ts";
import { type HeaderEdits, NO_EDITS } from "../filter/filter.ts";
import { clientStallTimeout } from "../limits.ts";
import { coarseTimers } from "../timers.ts";
import { answerBody, answerLines } from "./answer.ts";
import type { Arrival } from "./arrival.ts";
import { BodyStart } from "./body-start.ts";
import { dispatch, type RequestSource } from "./dispatch.ts";
import { type Downstream, Exchange } from "./exchange.ts";
import { grpcAnswer, grpcTimeout, isGrpc } from "./grpc-answer.ts";
import type { Http2Connection } from "./http2.ts";
import { responseBlock } from "./response-fields.ts";

/** One per worker: see `http1.ts`. */
const target = new Target();

/** Of every request: its body comes later. */
const noBody = new BodyStart();

/** Larger pieces of a chunked body go to HTTP/1 without a detour through text. */
const joinedChunkBytes = 4096;

/** One request on a client's HTTP/2 connection, and its answer. */
export class ServerStream implements StreamOwner, Downstream, RequestSource {
  readonly exchange = new Exchange(this);
  readonly bodyStart = noBody;
  responseEdits: HeaderEdits = NO_EDITS;
  upgrade: string | undefined;
  requestTimeout = 0;
  private readonly connection: Http2Connection;
  private readonly stream: Http2Stream;
  private readonly timer = new Timer(this);
  private method = "";
  private grpc = false;
  private hasBody = false;
  /** The backend gets the body in the chunks of HTTP/1.1. */
  private chunked = false;
  private contentLength = -1;
  /** Bytes of the answer's body that must still go; -1 when that is not known. */
  private left = -1;
  private answered = false;
  private isTouched = false;
  private progress = 0;
  private requestTrailers = "";
  private responseTrailersSeen = "";

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
    if (message.verdict === Verdict.tooLarge) return this.answer(431);
    this.method = head.method;
    this.grpc = isGrpc(head);
    this.contentLength = message.contentLength;
    if (head.method === "CONNECT") return this.answer(501);
    if (message.protocol !== "") {
      if (message.protocol !== "websocket") return this.answer(501);
      this.upgrade = message.protocol;
    }
    const fault = target.read(head) ?? judgeExpectation(head);
    if (fault !== undefined) return this.refuse(fault);
    if (this.grpc) this.requestTimeout = grpcTimeout(head);
    dispatch(this, head, target);
    if (this.exchange.active && hasBody) this.awaitBody();
  }

  get bodyComplete(): boolean {
    return !this.hasBody;
  }

  beginBody(takes: "framed" | "plain"): boolean {
    this.chunked = takes === "framed" && this.contentLength < 0 && this.upgrade === undefined;
    return true;
  }

  private refuse(fault: Fault): void {
    this.answerWith(fault.status, "", fault.message);
  }

  answer(status: number): void {
    this.answerWith(status, "");
  }

  answerWith(status: number, fields: string, detail?: string): void {
    if (this.stream.closed) return;
    if (this.grpc) this.stream.sendHead(grpcAnswer(status, detail), true);
    else {
      const body = answerBody(status, detail);
      const withBody = body !== "" && this.method !== "HEAD";
      this.stream.sendHead(encodeStatus(status) + encodeLines(answerLines(fields, body)), !withBody);
      if (withBody) this.stream.sendText(body, true);
    }
    this.finish();
  }

  cut(): void {
    this.finish();
    this.stream.reset(ErrorCode.internal);
  }

  informational(received: Head): void {
    this.stream.sendHead(responseBlock(received, received.status, NO_EDITS), false);
  }

  responseHead(received: Head, framing: Framing): void {
    let { status } = received;
    // "The server ... responds with a 2xx status code" to what HTTP/1 answers with 101 (RFC 8441 section 5).
    if (status === 101) {
      if (this.upgrade === undefined) {
        this.exchange.abort();
        return this.answer(502);
      }
      status = 200;
    }
    this.answered = true;
    this.exchange.upstream!.startBody("plain");
    const { body } = framing;
    this.left = body >= 0 ? body : -1;
    const bodiless = body === Body.none || body === 0;
    this.stream.sendHead(responseBlock(received, status, this.responseEdits), bodiless);
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
    this.responseTrailersSeen = lines;
  }

  responseEnd(): void {
    const trailers = this.responseTrailersSeen;
    this.stream.end(trailers === "" ? undefined : encodeLines(trailers));
    this.finish();
  }

  responseTurn(): void {
    if (!this.exchange.active || !this.stream.congested) return;
    this.exchange.upstream?.pause();
    this.progress = this.held;
    coarseTimers.arm(this.timer, clientStallTimeout);
  }

  /** Changes as long as the client takes what it is sent. */
  private get held(): number {
    return this.stream.waiting + this.connection.transport.backlog;
  }

  requestMayFlow(): void {
    if (this.stream.remoteEnded) return;
    this.stream.credit();
    this.awaitBody();
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
    const { transport } = this.connection;
    if (!this.chunked) return exchange.sendBytes(buffer, start, end, transport);
    const size = `${(end - start).toString(16)}\r\n`;
    if (end - start <= joinedChunkBytes) return exchange.sendText(`${size}${latin1(buffer, start, end)}\r\n`);
    exchange.sendText(size);
    exchange.sendBytes(buffer, start, end, transport);
    exchange.sendText("\r\n");
  }

  onTrailers(lines: string): void {
    this.requestTrailers = lines;
  }

  onEnd(): void {
    this.timer.disarm();
    const { exchange, requestTrailers } = this;
    if (!exchange.active) return;
    if (this.chunked) exchange.sendText(`0\r\n${requestTrailers}\r\n`);
    exchange.sendEnd(this.chunked ? "" : requestTrailers);
  }

  onReset(): void {
    this.timer.disarm();
    this.exchange.abort();
  }

  onDrain(): void {
    if (this.stream.congested || !this.exchange.active) return;
    if (this.stream.remoteEnded) this.timer.disarm();
    this.exchange.upstream?.resume();
  }

  /** The read that brought a part of the body is over. */
  endTurn(): void {
    this.isTouched = false;
    if (!this.exchange.active || this.exchange.requestFlows) this.stream.credit();
    if (this.exchange.active && !this.stream.remoteEnded) this.awaitBody();
  }

  onTimer(): void {
    if (!this.answered) {
      const status = this.exchange.requestFlows ? 408 : 504;
      this.exchange.abort();
      return this.answer(status);
    }
    if (!this.stream.congested) return;
    if (this.held !== this.progress) {
      this.progress = this.held;
      return coarseTimers.arm(this.timer, clientStallTimeout);
    }
    this.exchange.abort();
    this.finish();
    this.stream.reset(ErrorCode.cancel);
  }

  /** A body that does not come costs its request; what both sides write as they like may rest for as long as it likes. */
  private awaitBody(): void {
    if (this.answered || this.grpc || this.upgrade !== undefined) return;
    coarseTimers.arm(this.timer, clientStallTimeout);
  }

  /** The answer is on its way; the rest of the request is of no interest (RFC 9113 section 8.1). */
  private finish(): void {
    this.timer.disarm();
    this.connection.relieve();
    if (this.stream.localEnded && !this.stream.remoteEnded) {
      this.stream.owner = undefined;
      this.stream.reset(ErrorCode.none);
    }
  }
}
