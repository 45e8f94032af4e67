/** Bytes that come in pieces, however small, and are wanted in one. */
export class GrowingBuffer {
  length = 0;
  private buffer: Buffer | undefined;

  /** Takes a copy. */
  add(source: Uint8Array, start: number, end: number): void {
    const length = this.length + end - start;
    if (this.buffer === undefined || length > this.buffer.length) {
      const grown = Buffer.allocUnsafeSlow(
        this.buffer === undefined ? length : Math.max(length, 2 * this.length),
      );
      this.buffer?.copy(grown, 0, 0, this.length);
      this.buffer = grown;
    }
    this.buffer.set(source.subarray(start, end), this.length);
    this.length = length;
  }

  /** What there is; valid until more is added. */
  get bytes(): Buffer {
    return this.buffer === undefined ? Buffer.alloc(0) : this.buffer.subarray(0, this.length);
  }

  /** What there is, for good. */
  take(): Buffer {
    const { bytes } = this;
    this.clear();
    return bytes;
  }

  clear(): void {
    this.buffer = undefined;
    this.length = 0;
  }
}
