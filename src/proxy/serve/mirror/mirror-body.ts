import { BodyReader } from "../../../wire/http1/body.ts";
import { Body } from "../../../wire/http1/framing.ts";
import type { ChunkSink } from "../../../wire/http1/chunked.ts";
import type { UpstreamStream } from "../../upstream/stream.ts";

/** How a body comes, and how it is to go on. */
export type Form = "framed" | "plain";

/** Passes the parts of a body of unknown length on in the other form: with chunks around them, or without. */
export class MirrorBody implements ChunkSink {
  private readonly to: Form;
  private readonly upstream: UpstreamStream;
  private readonly reader = new BodyReader();

  constructor(to: Form, upstream: UpstreamStream) {
    this.to = to;
    this.upstream = upstream;
    this.reader.start(Body.chunked, "plain");
  }

  /** `bytes` are nobody else's. */
  add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.to === "plain") {
      // Its framing was checked when it came in.
      this.reader.read(bytes, 0, bytes.length, this);
      return;
    }
    this.upstream.sendText(`${bytes.length.toString(16)}\r\n`);
    this.upstream.sendOwned(bytes);
    this.upstream.sendText("\r\n");
  }

  /** `trailers` are lines of a plain body; a framed one has them already. */
  end(trailers: string): void {
    if (this.to === "plain") return this.upstream.sendEnd(this.reader.trailers);
    this.upstream.sendText(`0\r\n${trailers}\r\n`);
    this.upstream.sendEnd("");
  }

  onChunk(buffer: Uint8Array, start: number, end: number): void {
    this.upstream.sendOwned((buffer as Buffer).subarray(start, end));
  }
}
