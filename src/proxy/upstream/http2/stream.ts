import { encodeScheme } from "../../../wire/hpack/encoder.ts";
import { latin1 } from "../../../wire/latin1.ts";
import { Field } from "../../../wire/http1/field.ts";
import { Body, Framing } from "../../../wire/http1/framing.ts";
import type { Head } from "../../../wire/http1/head.ts";
import { ErrorCode } from "../../../wire/http2/fault.ts";
import type { Http2Stream, StreamOwner } from "../../../wire/http2/stream.ts";
import { encodeLines } from "../../../wire/http2/encode.ts";
import type { Transport } from "../../transport/transport.ts";
import type { Endpoint } from "../endpoint.ts";
import type { UpstreamFailure } from "../failure.ts";
import { failureOf, type Http2Upstream } from "./connection.ts";
import type { ResponseReceiver, UpstreamStream } from "../stream.ts";

/** One per worker: a head is judged, acted upon and forgotten in one turn. */
const framing = new Framing();

/** One exchange on an HTTP/2 connection with others. */
export class Http2UpstreamStream implements UpstreamStream, StreamOwner {
  readonly takes = "plain";
  readonly endpoint: Endpoint;
  readonly reused: boolean;
  stream: Http2Stream | undefined;
  private readonly connection: Http2Upstream;
  private receiver: ResponseReceiver | undefined;
  private method = "";
  private paused = false;
  private isTouched = false;
  /** The receiver wants the frames of HTTP/1.1 around a body of unknown length. */
  private chunked = false;
  private trailers = "";
  /** The head of a request for a WebSocket that waits for the SETTINGS of the other side. */
  private asking = "";

  constructor(connection: Http2Upstream, receiver: ResponseReceiver) {
    this.connection = connection;
    this.endpoint = connection.endpoint;
    this.reused = connection.proven;
    this.receiver = receiver;
  }

  send(head: string, text: string, bytes: Buffer | undefined, method: string, complete: boolean): void {
    this.method = method;
    if (method === "CONNECT") {
      this.asking = head;
      return this.connection.ask(this);
    }
    const stream = (this.stream = this.connection.session.open(this));
    stream.bodiless = method === "HEAD";
    const hasMore = !complete || text !== "" || bytes !== undefined;
    stream.sendHead(encodeScheme(this.endpoint.scheme) + head, !hasMore);
    if (text !== "") stream.sendText(text, complete && bytes === undefined);
    if (bytes !== undefined) stream.sendData(bytes, 0, bytes.length, complete);
  }

  /** The other side has said what it knows: whether a WebSocket can be asked for is clear. */
  onSettings(): void {
    const { session } = this.connection;
    if (!session.peer.connectProtocol) {
      const detail = "the SETTINGS of the backend do not offer extended CONNECT (RFC 8441 section 3)";
      return this.fail({ code: "unsupported", detail });
    }
    if (!session.hasRoom) return this.fail({ code: "refused", detail: "the backend takes no more streams" });
    this.stream = session.open(this);
    this.stream.sendHead(encodeScheme(this.endpoint.scheme) + this.asking, false);
    this.asking = "";
  }

  get flows(): boolean {
    if (!this.connection.connected) return false;
    // Before the head is sent nothing is in the way, unless it waits for the SETTINGS.
    return this.stream === undefined ? this.asking === "" : !this.stream.congested;
  }

  sendBytes(buffer: Buffer, start: number, end: number, _from: Transport): void {
    this.stream?.sendData(buffer, start, end, false);
  }

  sendText(text: string): void {
    this.stream?.sendText(text, false);
  }

  sendOwned(bytes: Buffer): void {
    this.stream?.sendData(bytes, 0, bytes.length, false);
  }

  sendEnd(trailers: string): void {
    this.stream?.end(trailers === "" ? undefined : encodeLines(trailers));
  }

  startBody(output: "framed" | "plain"): void {
    this.chunked = output === "framed" && framing.body === Body.chunked;
  }

  divert(receiver: ResponseReceiver): void {
    this.receiver = receiver;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    this.stream?.credit();
  }

  release(complete: boolean): void {
    const { stream } = this;
    this.leave();
    // The answer was there before the request was: the rest of it is of no use.
    if (!complete || (stream !== undefined && !stream.localEnded)) stream?.reset(ErrorCode.none);
  }

  destroy(): void {
    const { stream } = this;
    this.leave();
    stream?.reset(ErrorCode.cancel);
  }

  onConnect(): void {
    this.receiver?.onUpstreamConnect();
  }

  onHead(head: Head, hasBody: boolean): void {
    const { receiver } = this;
    if (receiver === undefined) return;
    this.touch();
    if (head.status < 200) return receiver.onInformational(head);
    const fault = framing.response(head, this.method);
    if (fault !== undefined) return this.refuse(fault.message);
    const opens = this.method === "CONNECT" && head.status < 300;
    if (opens && (head.seen[Field.contentLength]! > 0 || head.status === 204))
      return this.refuse("the answer to CONNECT has a length, which a tunnel has not");
    this.connection.proven = true;
    if (!hasBody && framing.body > 0) framing.body = Body.none;
    framing.persistent = true;
    this.startBody("framed");
    receiver.onResponseHead(head, framing);
  }

  onData(buffer: Buffer, start: number, end: number): void {
    const { receiver } = this;
    if (receiver === undefined) return;
    this.touch();
    if (!this.chunked) return receiver.onResponseBytes(buffer, start, end, this.connection.transport);
    const size = `${(end - start).toString(16)}\r\n`;
    if (end - start <= joinedChunkBytes) {
      receiver.onResponseText(`${size}${latin1(buffer, start, end)}\r\n`);
      return;
    }
    receiver.onResponseText(size);
    receiver.onResponseBytes(buffer, start, end, this.connection.transport);
    this.receiver?.onResponseText("\r\n");
  }

  onTrailers(lines: string): void {
    this.trailers = lines;
  }

  onEnd(): void {
    const { receiver, trailers } = this;
    if (receiver === undefined) return;
    this.connection.session.gauge.relieve();
    if (this.chunked) receiver.onResponseText(`0\r\n${trailers}\r\n`);
    else if (trailers !== "") receiver.onResponseTrailers(trailers);
    this.receiver?.onResponseEnd();
    receiver.onResponseTurn();
  }

  onReset(code: number, unprocessed: boolean): void {
    this.stream = undefined;
    this.fail(failureOf(code, unprocessed));
  }

  onDrain(): void {
    if (this.stream !== undefined && !this.stream.congested) this.receiver?.onUpstreamDrain();
  }

  /** The read that brought something is over. */
  endTurn(): void {
    this.isTouched = false;
    this.receiver?.onResponseTurn();
    if (!this.paused) this.stream?.credit();
  }

  fail(failure: UpstreamFailure): void {
    const { receiver } = this;
    this.leave();
    receiver?.onUpstreamFailure(failure);
  }

  private refuse(detail: string): void {
    this.stream?.reset(ErrorCode.protocol);
    this.fail({ code: "protocol", detail });
  }

  private leave(): void {
    this.receiver = undefined;
    if (this.stream !== undefined) this.stream.owner = undefined;
    else this.connection.forget(this);
    this.stream = undefined;
  }

  private touch(): void {
    if (this.isTouched) return;
    this.isTouched = true;
    this.connection.touch(this);
  }
}

/** Larger chunks go out without a detour through text. */
const joinedChunkBytes = 4096;
