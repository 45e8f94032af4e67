import { CR, hexValue, isTokenChar, isValueChar, LF } from "./chars.ts";
import { type Fault, faults } from "./fault.ts";
import { Field, fieldAt } from "./field.ts";
import { maxChunkExtensionBytes, maxTrailerBytes } from "./limits.ts";

/** Takes what the decoder lets through: a part of the buffer that was given to it. */
export interface ChunkSink {
  onChunk(buffer: Uint8Array, start: number, end: number): void;
}

const State = {
  sizeFirst: 0,
  size: 1,
  extensionStart: 2,
  extensionName: 3,
  extensionValueStart: 4,
  extensionToken: 5,
  extensionQuoted: 6,
  extensionEscape: 7,
  extensionEnd: 8,
  sizeLineFeed: 9,
  data: 10,
  dataCarriage: 11,
  dataLineFeed: 12,
  trailerStart: 13,
  trailerName: 14,
  trailerValue: 15,
  trailerLineFeed: 16,
  lastLineFeed: 17,
  done: 18,
} as const;

const QUOTE = 0x22;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

/** Hexadecimal digits of a chunk size: 2^48 bytes, leading zeros not included. */
const maxSizeDigits = 12;
/** One character more than the longest name in `field.ts`. */
const maxKnownName = 20;
/** Leading zeros are legal, a line of them is an attack. */
const maxLeadingZeros = 16;

/**
 * Follows a chunked body (RFC 9112 section 7.1) byte by byte and passes on what was found right.
 *
 * Framed output is the body as it came, without chunk extensions ("A recipient MUST ignore unrecognized
 * chunk extensions"): what the next hop reads is exactly what was checked here. Plain output is the data alone,
 * for a recipient that speaks HTTP/1.0.
 */
export class ChunkedDecoder {
  private state: number = State.sizeFirst;
  private left = 0;
  private digits = 0;
  private zeros = 0;
  private extensionBytes = 0;
  private trailerBytes = 0;
  /** Name of the trailer that is being read, as far as it may be one that the codec knows. */
  private trailerName = "";
  private framed = true;
  /** Lines `name: value\r\n` of the trailer section; of plain output only, since framed output holds them. */
  trailers = "";

  get done(): boolean {
    return this.state === State.done;
  }

  start(output: "framed" | "plain"): void {
    this.state = State.sizeFirst;
    this.left = 0;
    this.trailerBytes = 0;
    this.trailers = "";
    this.framed = output === "framed";
  }

  /**
   * Reads `buffer[start..end)` and hands what may go on to the sink. Sets `consumed` to the offset after the last
   * byte that belongs to the body; bytes after it are the next message.
   */
  consumed = 0;
  read(buffer: Uint8Array, start: number, end: number, sink: ChunkSink): Fault | undefined {
    let at = start;
    /** Start of what is right and not handed on yet; -1 while nothing goes on. */
    let from = this.framed && !this.inExtension ? start : -1;
    let fault: Fault | undefined;
    loop: while (at < end) {
      const code = buffer[at]!;
      switch (this.state) {
        case State.sizeFirst: {
          const digit = hexValue[code]!;
          if (digit === 255) {
            fault = faults.chunkSize;
            break loop;
          }
          this.left = digit;
          this.digits = digit === 0 ? 0 : 1;
          this.zeros = digit === 0 ? 1 : 0;
          this.extensionBytes = 0;
          this.state = State.size;
          at++;
          break;
        }
        case State.size: {
          const digit = hexValue[code]!;
          if (digit !== 255) {
            if (this.left === 0 && digit === 0) this.zeros++;
            else this.digits++;
            if (this.digits > maxSizeDigits || this.zeros > maxLeadingZeros) {
              fault = faults.chunkSize;
              break loop;
            }
            this.left = this.left * 16 + digit;
            at++;
          } else if (code === CR) {
            this.state = State.sizeLineFeed;
            at++;
          } else if (code === SEMICOLON) {
            if (from >= 0 && at > from) sink.onChunk(buffer, from, at);
            from = -1;
            this.state = State.extensionStart;
            at++;
          } else {
            fault = faults.chunkSize;
            break loop;
          }
          break;
        }
        case State.sizeLineFeed:
          if (code !== LF) {
            fault = faults.chunkSize;
            break loop;
          }
          at++;
          this.state = this.left === 0 ? State.trailerStart : State.data;
          break;
        case State.data: {
          const size = Math.min(this.left, end - at);
          if (!this.framed) sink.onChunk(buffer, at, at + size);
          at += size;
          this.left -= size;
          if (this.left === 0) this.state = State.dataCarriage;
          break;
        }
        case State.dataCarriage:
          if (code !== CR) {
            fault = faults.chunkEnd;
            break loop;
          }
          at++;
          this.state = State.dataLineFeed;
          break;
        case State.dataLineFeed:
          if (code !== LF) {
            fault = faults.chunkEnd;
            break loop;
          }
          at++;
          this.state = State.sizeFirst;
          break;
        case State.lastLineFeed:
          if (code !== LF) {
            fault = faults.trailer;
            break loop;
          }
          at++;
          this.state = State.done;
          break loop;
        default:
          fault = this.inExtension ? this.readExtension(code) : this.readTrailer(code);
          if (fault !== undefined) break loop;
          if (this.state === State.sizeLineFeed && this.framed) from = at;
          at++;
      }
    }
    this.consumed = at;
    if (fault === undefined && from >= 0 && at > from) sink.onChunk(buffer, from, at);
    return fault;
  }

  private get inExtension(): boolean {
    return this.state >= State.extensionStart && this.state <= State.extensionEnd;
  }

  /**
   * One byte of `;name`, `;name=token` or `;name="quoted string"`, or the CR after it. The white space that "a recipient MUST
   * parse for" in between is refused: nobody sends it, and other parsers stumble over it.
   */
  private readExtension(code: number): Fault | undefined {
    if (++this.extensionBytes > maxChunkExtensionBytes) return faults.chunkExtension;
    const isToken = isTokenChar[code] === 1;
    switch (this.state) {
      case State.extensionStart:
        if (!isToken) return faults.chunkExtension;
        this.state = State.extensionName;
        return undefined;
      case State.extensionValueStart:
        if (code !== QUOTE && !isToken) return faults.chunkExtension;
        this.state = isToken ? State.extensionToken : State.extensionQuoted;
        return undefined;
      case State.extensionQuoted:
        if (isValueChar[code] !== 1) return faults.chunkExtension;
        if (code === QUOTE) this.state = State.extensionEnd;
        else if (code === BACKSLASH) this.state = State.extensionEscape;
        return undefined;
      case State.extensionEscape:
        if (isValueChar[code] !== 1) return faults.chunkExtension;
        this.state = State.extensionQuoted;
        return undefined;
      default:
        if (code === CR) this.state = State.sizeLineFeed;
        else if (code === SEMICOLON) this.state = State.extensionStart;
        else if (code === EQUALS && this.state === State.extensionName)
          this.state = State.extensionValueStart;
        else if (!isToken || this.state === State.extensionEnd) return faults.chunkExtension;
        return undefined;
    }
  }

  /** One byte of the trailer section. */
  private readTrailer(code: number): Fault | undefined {
    if (++this.trailerBytes > maxTrailerBytes) return faults.trailersTooLarge;
    // One byte at a time, as trailers are rare; the CR of the last, empty line is no part of them.
    if (!this.framed && !(this.state === State.trailerStart && code === CR))
      this.trailers += String.fromCharCode(code);
    switch (this.state) {
      case State.trailerStart:
        if (code === CR) this.state = State.lastLineFeed;
        else if (isTokenChar[code] === 1) {
          this.trailerName = String.fromCharCode(code);
          this.state = State.trailerName;
        } else return faults.trailer;
        return undefined;
      case State.trailerName:
        if (code === 0x3a) {
          // "A sender MUST NOT generate a trailer field unless the sender knows the corresponding header field
          // name's definition permits it" (RFC 9110 section 6.5.1): framing, routing and connection fields do not.
          if (fieldAt(this.trailerName, 0, this.trailerName.length) !== Field.other) return faults.trailer;
          this.state = State.trailerValue;
        } else if (isTokenChar[code] !== 1) return faults.trailer;
        else if (this.trailerName.length < maxKnownName) this.trailerName += String.fromCharCode(code);
        return undefined;
      case State.trailerValue:
        if (code === CR) this.state = State.trailerLineFeed;
        else if (isValueChar[code] !== 1) return faults.trailer;
        return undefined;
      default:
        if (code !== LF) return faults.trailer;
        this.state = State.trailerStart;
        return undefined;
    }
  }
}
