import type { ChunkSink } from "../../../wire/http1/chunked.ts";
import { maxHeldBodies } from "../../limits.ts";
import { GrowingBuffer } from "./growing-buffer.ts";

/** Bytes of all bodies of this worker that are held. */
let heldByAll = 0;

/** The body of a request, plain, as long as the request waits for somebody who wants to see it. */
export class HeldBody implements ChunkSink {
  private readonly limit: number;
  private readonly buffer = new GrowingBuffer();
  /** Nothing more comes. */
  complete = false;
  /** Status of the answer once more has come than may: 413, or 503 when it is the others who are too many. */
  refusal = 0;

  /** @param limit Bytes that may come. */
  constructor(limit: number) {
    this.limit = limit;
  }

  onChunk(buffer: Uint8Array, start: number, end: number): void {
    if (this.refusal !== 0) return;
    const size = end - start;
    if (this.size + size > this.limit) this.refusal = 413;
    else if (heldByAll + size > maxHeldBodies) this.refusal = 503;
    if (this.refusal !== 0) return this.release();
    heldByAll += size;
    this.buffer.add(buffer, start, end);
  }

  get size(): number {
    return this.buffer.length;
  }

  /** All of it, as one. */
  bytes(): Buffer {
    return this.buffer.bytes;
  }

  /** To be called in any case when the request goes on or ends. */
  release(): void {
    heldByAll -= this.size;
    this.buffer.clear();
  }
}
