import { BodyReader } from "../../../wire/http1/body.ts";
import type { Fault } from "../../../wire/http1/fault.ts";
import { Body } from "../../../wire/http1/framing.ts";
import { latin1 } from "../../../wire/latin1.ts";
import { maxJoinedBytes, maxPipelinedBytes } from "../../limits.ts";
import type { Transport } from "../../transport/transport.ts";
import { BodyStart } from "../body-start.ts";
import { GrowingBuffer } from "../guard/growing-buffer.ts";
import type { HeldBody } from "../guard/held-body.ts";

/**
 * The body of a request on HTTP/1, from the head on. How it is handed on is known only when the request has found its backend,
 * so what came together with the head waits that long. A request that waits for something else may have it read before that.
 */
export class RequestBody {
  readonly reader = new BodyReader();
  readonly start = new BodyStart();
  private kind: number = Body.none;
  private buffer: Buffer | undefined;
  private from = 0;
  private to = 0;
  /** `buffer` is that of `unread`. */
  private kept = false;
  private readonly unread = new GrowingBuffer();
  private rest: Buffer | undefined;
  private held: HeldBody | undefined;
  /** The trailers are a part of the body that goes on. */
  private reframed = false;

  /** A head was read: `buffer[from..to)` came after it. `kind` is `Framing.body`. */
  expect(kind: number, buffer: Buffer, from: number, to: number): void {
    this.kind = kind;
    this.buffer = buffer;
    this.from = from;
    this.to = to;
    this.kept = false;
    this.held = undefined;
    this.reframed = false;
  }

  /** Nothing is expected, or nothing that could be trusted. */
  skip(): void {
    this.buffer = undefined;
    this.held = undefined;
    this.reader.start(Body.none, "framed");
  }

  /** Whether it was not looked at yet. */
  get waits(): boolean {
    return this.buffer !== undefined;
  }

  /** Reads what is there; a fault makes the rest of the connection worthless. */
  begin(takes: "framed" | "plain"): Fault | undefined {
    if (this.held !== undefined) {
      this.give(this.held.bytes(), takes);
      return undefined;
    }
    const buffer = this.buffer!;
    this.buffer = undefined;
    this.reader.start(this.kind, takes);
    const fault = this.reader.read(buffer, this.from, this.to, this.start);
    if (fault !== undefined) this.reader.consumed = this.to;
    if (this.kept) this.rest = buffer.subarray(this.reader.consumed, this.to);
    return fault;
  }

  get done(): boolean {
    return this.reader.done;
  }

  /** Whether `start` holds all of it. */
  get complete(): boolean {
    return this.reader.done && this.trailers === "";
  }

  /** Lines of the trailer section of a body that is handed on plain. */
  get trailers(): string {
    return this.reframed ? "" : this.reader.trailers;
  }

  /** Reads it into `held`: what is there now, and what `take` brings. */
  hold(held: HeldBody): void {
    const buffer = this.buffer!;
    this.buffer = undefined;
    this.held = held;
    this.reader.start(this.kind, "plain");
    this.read(held, buffer, this.from, this.to);
    if (this.kept) this.rest = buffer.subarray(this.reader.consumed, this.to);
  }

  /** Whether whom it is held for wants more of it. */
  get holds(): boolean {
    return this.held !== undefined && !this.held.complete && this.held.refusal === 0;
  }

  /** The request waits: what was not looked at yet must outlast this turn. Returns the offset after what was taken. */
  keep(): number {
    const { buffer, from, to } = this;
    if (buffer === undefined) return this.reader.consumed;
    if (!this.kept) {
      this.kept = true;
      this.unread.clear();
      this.unread.add(buffer, from, to);
      this.buffer = this.unread.bytes;
      this.from = 0;
      this.to = to - from;
    }
    return to;
  }

  /** Bytes that have come while the request waits, up to a limit. Returns the offset after those that were taken. */
  take(buffer: Buffer, length: number, from: Transport): number {
    if (this.buffer !== undefined) {
      this.unread.add(buffer, 0, length);
      this.buffer = this.unread.bytes;
      this.to = this.buffer.length;
      if (this.to > maxPipelinedBytes) from.pause();
      return length;
    }
    if (!this.holds) return 0;
    this.read(this.held!, buffer, 0, length);
    return this.reader.consumed;
  }

  /** What was kept and turned out to come after the body. */
  takeRest(): Buffer | undefined {
    const { rest } = this;
    this.rest = undefined;
    if (this.buffer === undefined) this.unread.clear();
    return rest === undefined || rest.length === 0 ? undefined : rest;
  }

  private read(held: HeldBody, buffer: Buffer, from: number, to: number): void {
    const fault = this.reader.read(buffer, from, to, held);
    if (fault !== undefined) {
      this.reader.consumed = to;
      held.refusal = fault.status;
    } else if (held.refusal === 0) held.complete = this.reader.done;
  }

  /** Hands on a body that was held, as one chunk if it has chunks. */
  private give(bytes: Buffer, takes: "framed" | "plain"): void {
    this.held = undefined;
    this.reframed = this.kind === Body.chunked && takes === "framed";
    const end = `0\r\n${this.reader.trailers}\r\n`;
    const empty = bytes.length === 0;
    const before = this.reframed && !empty ? `${bytes.length.toString(16)}\r\n` : "";
    const after = !this.reframed ? "" : empty ? end : `\r\n${end}`;
    if (bytes.length <= maxJoinedBytes) this.start.text = before + latin1(bytes, 0, bytes.length) + after;
    else {
      this.start.text = before;
      this.start.bytes = after === "" ? bytes : Buffer.concat([bytes, Buffer.from(after, "latin1")]);
    }
  }
}
