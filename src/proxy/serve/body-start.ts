import { latin1 } from "../../wire/latin1.ts";
import type { ChunkSink } from "../../wire/http1/chunked.ts";
import { maxJoinedBytes } from "../limits.ts";

/**
 * The part of a request's body that came together with its head. Kept until the request is on its way, so that it can be sent
 * again: small pieces as text, to leave in one write with the head, and from the first large piece on as bytes.
 */
export class BodyStart implements ChunkSink {
  text = "";
  /** Comes after the text. */
  bytes: Buffer | undefined;

  clear(): void {
    this.text = "";
    this.bytes = undefined;
  }

  onChunk(buffer: Uint8Array, start: number, end: number): void {
    if (this.bytes !== undefined) this.bytes = Buffer.concat([this.bytes, buffer.subarray(start, end)]);
    else if (end - start > maxJoinedBytes) this.bytes = Buffer.from(buffer.subarray(start, end));
    else this.text += latin1(buffer, start, end);
  }
}
