import { CR, LF } from "./chars.ts";
import { type Fault, faults } from "./fault.ts";
import { latin1 } from "../latin1.ts";
import { maxHeadBytes, maxLineBytes } from "./limits.ts";

/** As much as most heads need: a large body behind the head is not turned into text. */
const firstLook = 4096;

const noBytes = Buffer.alloc(0);

/** Collects bytes until a head is complete. Between two heads it holds nothing. */
export class HeadReader {
  /** Starts with the head; may hold bytes of the body behind it. */
  text = "";
  /** Length of the head in `text`. */
  length = 0;
  complete = false;
  /** The complete head once more, from `start` on: valid in this turn only. */
  bytes: Buffer = noBytes;
  start = 0;
  /** Offset after the head in the buffer that was read last. */
  consumed = 0;

  /** Whether a head has begun; an empty line before it may be the end of the message before. */
  get started(): boolean {
    return this.text !== "" && this.text !== "\r" && this.text !== "\r\n";
  }

  reset(): void {
    this.text = "";
    this.length = 0;
    this.complete = false;
    this.bytes = noBytes;
  }

  read(buffer: Buffer, start: number, end: number): Fault | undefined {
    const before = this.text.length;
    let look = Math.min(end, start + firstLook);
    let text = before === 0 ? latin1(buffer, start, look) : this.text + latin1(buffer, start, look);
    let close = text.indexOf("\r\n\r\n", before > 3 ? before - 3 : 0);
    while (close < 0 && look < end && text.length <= maxHeadBytes) {
      const from = Math.max(text.length - 3, 0);
      const next = Math.min(end, look + maxHeadBytes);
      text += latin1(buffer, look, next);
      look = next;
      close = text.indexOf("\r\n\r\n", from);
    }
    this.text = text;
    if (close >= 0) {
      this.complete = true;
      this.length = close + 4;
      this.bytes = before === 0 ? buffer : Buffer.from(text.slice(0, this.length), "latin1");
      this.start = before === 0 ? start : 0;
      this.consumed = start + this.length - before;
      return undefined;
    }
    this.consumed = end;
    return this.judgeIncomplete(before);
  }

  /** What can never become a head is refused before its sender has to be waited for. */
  private judgeIncomplete(before: number): Fault | undefined {
    const text = this.text;
    for (let at = text.indexOf("\n", before); at >= 0; at = text.indexOf("\n", at + 1)) {
      if (at === 0 || text.charCodeAt(at - 1) !== CR) return faults.bareLineFeed;
    }
    const line = text.indexOf("\n", text.charCodeAt(1) === LF ? 2 : 0);
    if (line < 0 && text.length > maxLineBytes) return faults.lineTooLong;
    if (text.length > maxHeadBytes) return faults.headTooLarge;
    return undefined;
  }
}
