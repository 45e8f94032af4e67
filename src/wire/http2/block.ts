import { type ConnectionFault, floods } from "./fault.ts";
import { maxBlockBytes, maxBlockFrames } from "./limits.ts";

/** A header block that may be spread over HEADERS and CONTINUATION frames (RFC 9113 section 4.3). */
export class HeaderBlock {
  /** Its stream while it is not whole; 0 for none. */
  stream = 0;
  /** It ends the stream. */
  endsStream = false;
  /** "A stream cannot depend on itself" (RFC 7540 section 5.3.1): what its priority said. */
  selfDependent = false;
  /** The bytes of the whole. */
  bytes: Buffer | undefined;
  start = 0;
  end = 0;
  private frames = 0;
  private parts: Buffer | undefined;

  begin(stream: number, endsStream: boolean, selfDependent: boolean): void {
    this.stream = stream;
    this.endsStream = endsStream;
    this.selfDependent = selfDependent;
    this.frames = 0;
  }

  /** Takes the fragment of one frame. After the last one the whole is `bytes[start..end)`, in this turn only. */
  add(buffer: Buffer, start: number, end: number, last: boolean): ConnectionFault | undefined {
    const size = (this.parts?.length ?? 0) + end - start;
    if (++this.frames > maxBlockFrames) return floods.continuation;
    if (size > maxBlockBytes) return floods.headerBlock;
    const { parts } = this;
    if (last && parts === undefined) {
      this.bytes = buffer;
      this.start = start;
      this.end = end;
      return undefined;
    }
    const part = buffer.subarray(start, end);
    const joined = parts === undefined ? Buffer.from(part) : Buffer.concat([parts, part]);
    this.parts = last ? undefined : joined;
    this.bytes = joined;
    this.start = 0;
    this.end = joined.length;
    return undefined;
  }
}
