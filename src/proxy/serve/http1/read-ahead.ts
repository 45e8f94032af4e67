import { maxPipelinedBytes } from "../../limits.ts";
import type { Transport } from "../../transport/transport.ts";
import { GrowingBuffer } from "../guard/growing-buffer.ts";

/** What a client has sent before its turn: pipelined requests, or the first bytes of a tunnel. */
export class ReadAhead {
  private readonly transport: Transport;
  private readonly bytes = new GrowingBuffer();

  constructor(transport: Transport) {
    this.transport = transport;
  }

  get isEmpty(): boolean {
    return this.bytes.length === 0;
  }

  /** Keeps a copy. A client that sends far ahead is not read any further. */
  add(buffer: Buffer, start: number, end: number): void {
    this.bytes.add(buffer, start, end);
    if (this.bytes.length > maxPipelinedBytes) this.transport.pause();
  }

  take(): Buffer {
    return this.bytes.take();
  }
}
