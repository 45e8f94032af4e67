import type { ResponseReceiver, UpstreamStream } from "../../upstream/stream.ts";
import type { Transport, TransportOwner } from "../../transport/transport.ts";
import type { OpenConnection } from "../context.ts";
import type { Exchange } from "../exchange/exchange.ts";
import { Linger } from "../linger.ts";
import { JoinedOutput } from "./joined-output.ts";
import type { ReadAhead } from "./read-ahead.ts";

/**
 * A client's connection and a stream of a backend on HTTP/2 that pass on whatever comes, each at its own pace, until both sides are done: what
 * an Upgrade to a WebSocket leads to there. FIN is END_STREAM, and a reset is one (RFC 8441 section 5).
 */
export class StreamTunnel implements TransportOwner, ResponseReceiver, OpenConnection {
  private readonly transport: Transport;
  private readonly upstream: UpstreamStream;
  private readonly connections: Set<OpenConnection>;
  private readonly out: JoinedOutput;
  private clientEnded = false;
  private upstreamEnded = false;
  private upstreamGone = false;

  /** To be made when the answer's head is here. @param ahead What the client has sent before it saw that. */
  constructor(transport: Transport, exchange: Exchange, ahead: ReadAhead, connections: Set<OpenConnection>) {
    this.transport = transport;
    this.connections = connections;
    this.out = new JoinedOutput(transport);
    this.upstream = exchange.handOver(this);
    connections.add(this);
    transport.owner = this;
    if (!ahead.isEmpty) this.upstream.sendOwned(ahead.take());
    this.onUpstreamDrain();
  }

  onBytes(buffer: Buffer, length: number): void {
    if (this.upstreamGone) return;
    this.upstream.sendBytes(buffer, 0, length, this.transport);
    if (!this.upstream.flows) this.transport.pause();
  }

  onEnd(): void {
    this.clientEnded = true;
    if (!this.upstreamGone) this.upstream.sendEnd("");
  }

  onDrain(): void {
    if (!this.upstreamGone) this.upstream.resume();
  }

  onClose(error: Error | undefined): void {
    this.connections.delete(this);
    if (this.upstreamGone) return;
    // What the client has said to its end may still be on its way.
    if (error !== undefined || !this.clientEnded || !this.upstreamEnded) this.upstream.destroy();
  }

  onUpstreamConnect(): void {
    // It has answered.
  }

  onUpstreamDrain(): void {
    if (this.upstream.flows) this.transport.resume();
    else this.transport.pause();
  }

  onInformational(): void {
    // The answer was given.
  }

  onResponseHead(): void {
    // The same.
  }

  onResponseBytes(buffer: Buffer, start: number, end: number, from: Transport): void {
    this.out.addBytes(buffer, start, end, from);
  }

  onResponseText(text: string): void {
    this.out.text += text;
  }

  onResponseTrailers(): void {
    // A tunnel has none.
  }

  onResponseEnd(): void {
    this.upstreamEnded = true;
    this.out.flush();
    this.transport.end();
  }

  onResponseTurn(): void {
    this.out.flush();
    if (this.transport.congested) this.upstream.pause();
  }

  onUpstreamFailure(): void {
    this.out.flush();
    this.upstreamGone = true;
    if (!this.upstreamEnded) return this.transport.resetWhenTaken();
    this.connections.delete(this);
    new Linger(this.transport, this.connections);
  }

  drain(): void {
    // What runs here cannot be told when it is finished.
  }

  /** Returns true: whatever was said here was cut short. */
  cutShort(): true {
    if (!this.upstreamGone) this.upstream.destroy();
    this.transport.reset();
    return true;
  }
}
