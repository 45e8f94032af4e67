import { BodyReader } from "../../wire/http1/body.ts";
import type { Fault } from "../../wire/http1/fault.ts";
import { Body } from "../../wire/http1/framing.ts";
import { BodyStart } from "./body-start.ts";

/**
 * The body of a request on HTTP/1, from the head on. How it is handed on is known only when the request has found its backend,
 * so what came together with the head waits that long.
 */
export class RequestBody {
  readonly reader = new BodyReader();
  readonly start = new BodyStart();
  private kind: number = Body.none;
  private buffer: Buffer | undefined;
  private from = 0;
  private to = 0;

  /** A head was read: `buffer[from..to)` came after it. `kind` is `Framing.body`. */
  expect(kind: number, buffer: Buffer, from: number, to: number): void {
    this.kind = kind;
    this.buffer = buffer;
    this.from = from;
    this.to = to;
  }

  /** Nothing is expected, or nothing that could be trusted. */
  skip(): void {
    this.buffer = undefined;
    this.reader.start(Body.none, "framed");
  }

  /** Whether it was not looked at yet. */
  get waits(): boolean {
    return this.buffer !== undefined;
  }

  /** Reads what is there; a fault makes the rest of the connection worthless. */
  begin(takes: "framed" | "plain"): Fault | undefined {
    const buffer = this.buffer!;
    this.buffer = undefined;
    this.reader.start(this.kind, takes);
    const fault = this.reader.read(buffer, this.from, this.to, this.start);
    if (fault !== undefined) this.reader.consumed = this.to;
    return fault;
  }

  get done(): boolean {
    return this.reader.done;
  }

  /** Whether `start` holds all of it. */
  get complete(): boolean {
    return this.reader.done && this.reader.trailers === "";
  }
}
