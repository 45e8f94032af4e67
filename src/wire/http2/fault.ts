import type { FloodKind } from "./flood.ts";

/** Error codes (RFC 9113 section 7). */
export const ErrorCode = {
  none: 0x0,
  protocol: 0x1,
  internal: 0x2,
  flowControl: 0x3,
  settingsTimeout: 0x4,
  streamClosed: 0x5,
  frameSize: 0x6,
  refusedStream: 0x7,
  cancel: 0x8,
  compression: 0x9,
  connect: 0xa,
  enhanceYourCalm: 0xb,
} as const;

/** What ends a connection: the code and the words that its GOAWAY carries. */
export interface ConnectionFault {
  readonly code: number;
  readonly message: string;
  /** Set where it is not one frame that is wrong, but their number. */
  readonly flood?: FloodKind;
}

function fault(code: number, message: string): ConnectionFault {
  return Object.freeze({ code, message });
}

/** Every way in which a peer can break the protocol for a whole connection. RFC 9113 unless another source is named. */
export const faults = {
  preface: fault(ErrorCode.protocol, "the connection does not begin with the preface (section 3.4)"),
  settingsMissing: fault(ErrorCode.protocol, "the first frame is not SETTINGS (section 3.4)"),
  frameTooLarge: fault(ErrorCode.frameSize, "a frame is larger than 16384 bytes (section 4.2)"),
  headersInterrupted: fault(
    ErrorCode.protocol,
    "a header block is interrupted by another frame (section 4.3)",
  ),
  continuationAlone: fault(
    ErrorCode.protocol,
    "CONTINUATION without a header block before it (section 6.10)",
  ),
  compressed: fault(ErrorCode.compression, "a header block cannot be decoded (RFC 7541)"),
  padding: fault(ErrorCode.protocol, "the padding is longer than the frame (section 6.1)"),
  streamZero: fault(ErrorCode.protocol, "stream 0 carries no such frame (section 6)"),
  notStreamZero: fault(ErrorCode.protocol, "only stream 0 carries such a frame (section 6)"),
  streamId: fault(ErrorCode.protocol, "the stream number is not one that the peer may open (section 5.1.1)"),
  idle: fault(ErrorCode.protocol, "a frame for a stream that was never opened (section 5.1)"),
  closed: fault(ErrorCode.streamClosed, "a frame for a stream that is closed (section 5.1)"),
  push: fault(ErrorCode.protocol, "PUSH_PROMISE was never allowed (section 8.4)"),
  headersSize: fault(ErrorCode.frameSize, "HEADERS is too short for its flags (section 6.2)"),
  dataSize: fault(ErrorCode.frameSize, "DATA is too short for its flags (section 6.1)"),
  prioritySize: fault(ErrorCode.frameSize, "PRIORITY is not 5 bytes long (section 6.3)"),
  resetSize: fault(ErrorCode.frameSize, "RST_STREAM is not 4 bytes long (section 6.4)"),
  settingsSize: fault(
    ErrorCode.frameSize,
    "SETTINGS has no multiple of 6 bytes, or ACK has some (section 6.5)",
  ),
  settingsPush: fault(
    ErrorCode.protocol,
    "ENABLE_PUSH is neither 0 nor 1, or a server sets it (section 6.5.2)",
  ),
  settingsWindow: fault(ErrorCode.flowControl, "INITIAL_WINDOW_SIZE is above 2147483647 (section 6.5.2)"),
  settingsFrame: fault(ErrorCode.protocol, "MAX_FRAME_SIZE is not within 16384 and 16777215 (section 6.5.2)"),
  settingsConnect: fault(
    ErrorCode.protocol,
    "ENABLE_CONNECT_PROTOCOL is neither 0 nor 1, or taken back (RFC 8441)",
  ),
  pingSize: fault(ErrorCode.frameSize, "PING is not 8 bytes long (section 6.7)"),
  goawaySize: fault(ErrorCode.frameSize, "GOAWAY is shorter than 8 bytes (section 6.8)"),
  windowSize: fault(ErrorCode.frameSize, "WINDOW_UPDATE is not 4 bytes long (section 6.9)"),
  windowZero: fault(ErrorCode.protocol, "WINDOW_UPDATE by 0 (section 6.9)"),
  windowOverflow: fault(ErrorCode.flowControl, "a window is larger than 2147483647 (section 6.9.1)"),
  windowExceeded: fault(ErrorCode.flowControl, "more DATA than the window allows (section 6.9.1)"),
} as const;

function flood(kind: FloodKind, message: string): ConnectionFault {
  return Object.freeze({ code: ErrorCode.enhanceYourCalm, message, flood: kind });
}

/** Every flood that ends a connection by GOAWAY. Several kinds at once go by the one that was too much. */
export const floods = {
  rapidReset: flood("rapid-reset", "too many streams were opened and reset"),
  forcedReset: flood("forced-reset", "too many streams had to be reset"),
  refusedStreams: flood("refused-streams", "too many streams beyond those that may be open"),
  settings: flood("settings", "too many SETTINGS frames"),
  ping: flood("ping", "too many PING frames"),
  priority: flood("priority", "too many PRIORITY frames"),
  emptyData: flood("empty-data", "too many empty DATA frames"),
  windowUpdate: flood("window-update", "too many WINDOW_UPDATE frames"),
  goaway: flood("goaway", "too many GOAWAY frames"),
  unknownFrames: flood("unknown-frames", "too many frames of unknown types"),
  continuation: flood("continuation", "a header block is in too many pieces"),
  headerBlock: flood("header-block", "a header block is larger than 64 KiB"),
} as const;
