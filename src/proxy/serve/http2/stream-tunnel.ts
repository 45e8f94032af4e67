import { ErrorCode } from "../../../wire/http2/fault.ts";
import type { Http2Stream, StreamOwner } from "../../../wire/http2/stream.ts";
import type { ResponseReceiver, UpstreamStream } from "../../upstream/stream.ts";
import type { Exchange } from "../exchange/exchange.ts";
import type { Http2Connection } from "./connection.ts";

/**
 * A client's stream and one of a backend on HTTP/2 that pass on whatever comes, each at its own pace, until both sides are done: a WebSocket with
 * HTTP/2 all the way (RFC 8441 section 5).
 */
export class StreamTunnel implements StreamOwner, ResponseReceiver {
  private readonly stream: Http2Stream;
  private readonly connection: Http2Connection;
  private readonly upstream: UpstreamStream;
  private upstreamEnded = false;
  private upstreamGone = false;
  private isTouched = false;

  /** To be made when the answer's head is here. @param early What the client has sent before it saw that, latin1. */
  constructor(stream: Http2Stream, connection: Http2Connection, exchange: Exchange, early: string) {
    this.stream = stream;
    this.connection = connection;
    this.upstream = exchange.handOver(this);
    stream.owner = this;
    if (early !== "") this.upstream.sendText(early);
    if (stream.remoteEnded) this.upstream.sendEnd("");
    this.onUpstreamDrain();
  }

  onHead(): void {
    // A client's stream begins with its request.
  }

  onData(buffer: Buffer, start: number, end: number): void {
    if (!this.isTouched) {
      this.isTouched = true;
      this.connection.touch(this);
    }
    this.upstream.sendBytes(buffer, start, end, this.connection.transport);
  }

  /** The read that brought something is over. */
  endTurn(): void {
    this.isTouched = false;
    if (this.upstreamGone || this.upstream.flows) this.stream.credit();
  }

  onTrailers(): void {
    // A tunnel has none.
  }

  onEnd(): void {
    this.upstream.sendEnd("");
    if (this.upstreamEnded) this.connection.relieve();
  }

  onReset(): void {
    if (!this.upstreamGone) this.upstream.destroy();
  }

  onDrain(): void {
    if (this.upstreamGone) this.settle();
    else if (!this.stream.congested) this.upstream.resume();
  }

  onUpstreamConnect(): void {
    // It has answered.
  }

  onUpstreamDrain(): void {
    if (this.upstream.flows) this.stream.credit();
  }

  onInformational(): void {
    // The answer was given.
  }

  onResponseHead(): void {
    // The same.
  }

  onResponseBytes(buffer: Buffer, start: number, end: number): void {
    this.stream.sendData(buffer, start, end, false);
  }

  onResponseText(text: string): void {
    this.stream.sendText(text, false);
  }

  onResponseTrailers(): void {
    // A tunnel has none.
  }

  onResponseEnd(): void {
    this.upstreamEnded = true;
    this.stream.end();
    if (this.stream.remoteEnded) this.connection.relieve();
  }

  onResponseTurn(): void {
    if (this.stream.congested) this.upstream.pause();
  }

  onUpstreamFailure(): void {
    this.upstreamGone = true;
    this.settle();
  }

  /** The backend wants to hear nothing more: what it has said leaves, then the client is told whether that was all. */
  private settle(): void {
    const { stream, upstreamEnded } = this;
    if (upstreamEnded ? !stream.localEnded : stream.waiting > 0) return;
    stream.owner = undefined;
    stream.reset(upstreamEnded ? ErrorCode.none : ErrorCode.cancel);
  }
}
