/** What a client has sent before its turn: pipelined requests, or the first bytes of a tunnel. */
export class ReadAhead {
  private bytes: Buffer | undefined;

  get isEmpty(): boolean {
    return this.bytes === undefined;
  }

  /** Keeps a copy. Returns how many bytes wait now. */
  add(buffer: Buffer, start: number, end: number): number {
    const part = buffer.subarray(start, end);
    this.bytes = this.bytes === undefined ? Buffer.from(part) : Buffer.concat([this.bytes, part]);
    return this.bytes.length;
  }

  take(): Buffer {
    const bytes = this.bytes!;
    this.bytes = undefined;
    return bytes;
  }
}
