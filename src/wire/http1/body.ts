import { ChunkedDecoder, type ChunkSink } from "./chunked.ts";
import type { Fault } from "./fault.ts";
import { Body } from "./framing.ts";

/** Follows the body of one message, whichever way it is delimited. One per direction of a connection, used again. */
export class BodyReader {
  done = true;
  /** Offset after the last byte of the body in the buffer that was read last. */
  consumed = 0;
  private kind: number = Body.none;
  private left = 0;
  private chunked: ChunkedDecoder | undefined;

  /** `body` is `Framing.body`. Plain output is for chunked bodies only: the data without its framing. */
  start(body: number, output: "framed" | "plain"): void {
    this.kind = body;
    this.left = body;
    this.done = body === Body.none || body === 0;
    if (body === Body.chunked) {
      this.chunked ??= new ChunkedDecoder();
      this.chunked.start(output);
    }
  }

  /** Hands the part of `buffer[start..end)` that belongs to the body to the sink. */
  read(buffer: Uint8Array, start: number, end: number, sink: ChunkSink): Fault | undefined {
    if (this.done) {
      this.consumed = start;
      return undefined;
    }
    if (this.kind === Body.chunked) {
      const fault = this.chunked!.read(buffer, start, end, sink);
      this.consumed = this.chunked!.consumed;
      this.done = this.chunked!.done;
      return fault;
    }
    if (this.kind === Body.untilClose) {
      this.consumed = end;
      if (end > start) sink.onChunk(buffer, start, end);
      return undefined;
    }
    const size = Math.min(this.left, end - start);
    this.consumed = start + size;
    this.left -= size;
    this.done = this.left === 0;
    if (size > 0) sink.onChunk(buffer, start, start + size);
    return undefined;
  }

  /** Lines of the trailer section of a chunked body with plain output; "" while there are none. */
  get trailers(): string {
    return this.kind === Body.chunked ? this.chunked!.trailers : "";
  }

  /** "until close" is over when the connection is. */
  get endsWithConnection(): boolean {
    return this.kind === Body.untilClose;
  }
}
