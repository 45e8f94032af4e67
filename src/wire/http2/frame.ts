/** Frames of HTTP/2 (RFC 9113 section 4 and 6) as numbers, and as latin1 text in which one character is one byte. */

export const FrameType = {
  data: 0x0,
  headers: 0x1,
  priority: 0x2,
  reset: 0x3,
  settings: 0x4,
  pushPromise: 0x5,
  ping: 0x6,
  goaway: 0x7,
  windowUpdate: 0x8,
  continuation: 0x9,
} as const;

export const Flag = {
  endStream: 0x1,
  ack: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
  priority: 0x20,
} as const;

export const Setting = {
  headerTableSize: 0x1,
  enablePush: 0x2,
  maxConcurrentStreams: 0x3,
  initialWindowSize: 0x4,
  maxFrameSize: 0x5,
  maxHeaderListSize: 0x6,
  /** RFC 8441 section 3. */
  enableConnectProtocol: 0x8,
} as const;

/** Bytes of every frame's header. */
export const frameHeaderBytes = 9;

/** "All implementations MUST be capable of receiving and minimally processing frames up to 2^14 octets" (section 4.2). */
export const frameBytes = 16_384;

export const maxStreamId = 0x7fff_ffff;
export const maxWindow = 0x7fff_ffff;
/** Window of a stream before SETTINGS, and of a connection before WINDOW_UPDATE (section 6.9.2). */
export const defaultWindow = 65_535;

/** What a client sends before its first frame (section 3.4). */
export const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const char = String.fromCharCode;

function uint16(value: number): string {
  return char((value >> 8) & 0xff, value & 0xff);
}

function uint32(value: number): string {
  return char((value >>> 24) & 0xff, (value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff);
}

export function frameHeader(length: number, type: number, flags: number, stream: number): string {
  return char(
    (length >> 16) & 0xff,
    (length >> 8) & 0xff,
    length & 0xff,
    type,
    flags,
    (stream >>> 24) & 0x7f,
    (stream >> 16) & 0xff,
    (stream >> 8) & 0xff,
    stream & 0xff,
  );
}

export function settingsFrame(settings: readonly (readonly [setting: number, value: number])[]): string {
  let payload = "";
  for (const [setting, value] of settings) payload += uint16(setting) + uint32(value);
  return frameHeader(payload.length, FrameType.settings, 0, 0) + payload;
}

export const settingsAck: string = frameHeader(0, FrameType.settings, Flag.ack, 0);

/** @param payload Eight bytes. */
export function pingFrame(payload: string, flags: number): string {
  return frameHeader(8, FrameType.ping, flags, 0) + payload;
}

export function resetFrame(stream: number, code: number): string {
  return frameHeader(4, FrameType.reset, 0, stream) + uint32(code);
}

export function windowUpdateFrame(stream: number, increment: number): string {
  return frameHeader(4, FrameType.windowUpdate, 0, stream) + uint32(increment);
}

/** @param debug Latin1; seen by people who look into their client's log. */
export function goawayFrame(lastStream: number, code: number, debug: string): string {
  return frameHeader(8 + debug.length, FrameType.goaway, 0, 0) + uint32(lastStream) + uint32(code) + debug;
}

/** A whole header block as HEADERS, and CONTINUATION where it does not fit. */
export function headersFrames(stream: number, block: string, endStream: boolean): string {
  const end = endStream ? Flag.endStream : 0;
  if (block.length <= frameBytes)
    return frameHeader(block.length, FrameType.headers, end | Flag.endHeaders, stream) + block;
  let out = frameHeader(frameBytes, FrameType.headers, end, stream) + block.slice(0, frameBytes);
  for (let at = frameBytes; at < block.length; at += frameBytes) {
    const part = block.slice(at, at + frameBytes);
    const flags = at + frameBytes >= block.length ? Flag.endHeaders : 0;
    out += frameHeader(part.length, FrameType.continuation, flags, stream) + part;
  }
  return out;
}
