import { failure } from "./error.ts";

const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines. Bytes become text only when a line is whole, so it does not matter where
 * the stream was split: within an event, or within a character.
 */
export class LineSplitter {
  private readonly most: number;
  private readonly onLine: (line: string) => void;
  private chunks: Buffer[] = [];
  private size = 0;

  /** @param most Bytes of a line; a longer one throws. */
  constructor(most: number, onLine: (line: string) => void) {
    this.most = most;
    this.onLine = onLine;
  }

  /** Whether the stream stands in the middle of a line. */
  get isOpen(): boolean {
    return this.size > 0;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.keep(chunk.subarray(start, end));
      start = end + 1;
      const line = Buffer.concat(this.chunks, this.size).toString("utf8");
      this.chunks = [];
      this.size = 0;
      if (line.trim() !== "") this.onLine(line);
    }
    if (start < chunk.length) this.keep(chunk.subarray(start));
  }

  private keep(part: Buffer): void {
    this.size += part.length;
    if (this.size > this.most) throw failure("TooLarge", `An event is larger than ${this.most} bytes`);
    this.chunks.push(part);
  }
}
