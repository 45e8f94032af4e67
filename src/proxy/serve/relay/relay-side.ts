import { readBufferBytes } from "../../limits.ts";
import type { Transport, TransportOwner } from "../../transport/transport.ts";

/** Reads of less than a small buffer, one after another, after which a bulk is over. */
const leanReads = 8;

/** What a side says to what ties it to the other one. */
export interface Tie {
  noteActivity(): void;
  /** A connection is closed for good; the other one has been told. */
  onSideClosed(): void;
}

/** One of two connections that pass on whatever comes, each at its own pace. A peer that sends no more may still receive (half-close). */
export class RelaySide implements TransportOwner {
  readonly transport: Transport;
  private readonly relay: Tie;
  private other: RelaySide | undefined = undefined;
  /** What came before there was another side. */
  private kept: Buffer | undefined = undefined;
  /** The peer sends no more. Over TLS that may be heard in spite of a pause. */
  private ended = false;
  /** For good: nothing that was written waits any more. */
  closed = false;
  private bulk = false;
  private lean = 0;

  constructor(relay: Tie, open: (owner: TransportOwner) => Transport) {
    this.relay = relay;
    this.transport = open(this);
    this.transport.readToTheEnd();
  }

  /** For a connection that is there. */
  static of(transport: Transport, relay: Tie): RelaySide {
    return new RelaySide(relay, (owner) => {
      transport.owner = owner;
      return transport;
    });
  }

  /** From now on what comes goes there. */
  tie(other: RelaySide): void {
    this.other = other;
    if (this.kept !== undefined) other.transport.writeOwned(this.kept);
    this.kept = undefined;
    if (this.ended) other.transport.end();
    if (other.transport.congested) this.transport.pause();
    else this.transport.resume();
  }

  /** The peer is gone, though what it has said may not have been read yet. */
  get failed(): boolean {
    return this.closed || this.transport.broken;
  }

  /** Bytes that belong to the caller no longer. */
  keep(bytes: Buffer): void {
    this.kept = this.kept === undefined ? bytes : Buffer.concat([this.kept, bytes]);
  }

  onBytes(buffer: Buffer, length: number): void {
    const { other, transport } = this;
    if (other === undefined) return this.keep(Buffer.from(buffer.subarray(0, length)));
    if (other.closed) return;
    this.relay.noteActivity();
    other.transport.writeBytes(buffer, 0, length, transport);
    this.measure(length);
    if (other.transport.congested) transport.pause();
  }

  /** A large buffer is for as long as it is worth it: idle connections hold none. */
  private measure(length: number): void {
    if (length >= readBufferBytes) {
      this.lean = 0;
      if (this.bulk) return;
      this.bulk = true;
      this.transport.beginBulk();
    } else if (this.bulk && ++this.lean === leanReads) {
      this.bulk = false;
      this.lean = 0;
      this.transport.endBulk();
    }
  }

  onEnd(): void {
    this.ended = true;
    this.other?.transport.end();
  }

  onDrain(): void {
    this.other?.transport.resume();
  }

  onClose(error: Error | undefined): void {
    this.closed = true;
    const other = this.other?.transport;
    // A reset is passed on as one, behind what came before it.
    if (error !== undefined || other?.broken === true) other?.resetWhenTaken();
    else other?.end();
    this.relay.onSideClosed();
  }
}
