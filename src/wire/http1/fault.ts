/** Why a message is refused: what to answer when it is a request, and a stable code for logs and tests. */
export interface Fault {
  /** Status of the answer to a client; a faulty response of a backend is always answered with 502. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

function fault(status: number, code: string, message: string): Fault {
  return Object.freeze({ status, code, message });
}

/** Every way in which a message can be wrong. RFC 9112 unless another source is named. */
export const faults = {
  bareLineFeed: fault(400, "bare-lf", "a line ends without CR (section 2.2)"),
  requestLine: fault(400, "request-line", "the request line is malformed (section 3)"),
  statusLine: fault(400, "status-line", "the status line is malformed (section 4)"),
  version: fault(505, "version", "only HTTP/1.0 and HTTP/1.1 are spoken here (section 2.3)"),
  method: fault(400, "method", "the method is not a token (section 3.1)"),
  target: fault(400, "target", "the request target is malformed (section 3.2)"),
  webSocketKey: fault(
    400,
    "web-socket-key",
    "a WebSocket is asked for without one Sec-WebSocket-Key of 16 bytes in base64 (RFC 6455 section 4.2.1)",
  ),
  connect: fault(501, "connect", "CONNECT is not served (RFC 9110 section 9.3.6)"),
  fieldName: fault(
    400,
    "field-name",
    "a field name is not a token, or is not followed by a colon (section 5.1)",
  ),
  obsFold: fault(400, "obs-fold", "a field line is folded (section 5.2)"),
  fieldValue: fault(400, "field-value", "a field value holds a control character (RFC 9110 section 5.5)"),
  hostMissing: fault(400, "host-missing", "an HTTP/1.1 request needs a Host field (section 3.2)"),
  hostTwice: fault(400, "host-twice", "more than one Host field (section 3.2)"),
  authority: fault(400, "authority", "the Host field or the authority is malformed (RFC 3986 section 3.2)"),
  lengthTwice: fault(400, "length-twice", "more than one Content-Length (section 6.3)"),
  length: fault(400, "length", "Content-Length is not a number of bytes (RFC 9110 section 8.6)"),
  lengthAndEncoding: fault(400, "length-and-encoding", "Content-Length with Transfer-Encoding (section 6.3)"),
  encodingIn10: fault(400, "encoding-in-1.0", "Transfer-Encoding in an HTTP/1.0 message (section 6.1)"),
  encodingNotChunked: fault(
    400,
    "encoding-not-chunked",
    "Transfer-Encoding does not end in chunked (section 6.3)",
  ),
  encodingTwice: fault(400, "encoding-twice", "chunked is applied more than once (section 6.1)"),
  encodingUnknown: fault(501, "encoding-unknown", "a transfer coding other than chunked (section 6.1)"),
  expect: fault(417, "expect", "an expectation other than 100-continue (RFC 9110 section 10.1.1)"),
  lineTooLong: fault(414, "line-too-long", "the request line is longer than 8 KiB"),
  headTooLarge: fault(431, "head-too-large", "the head is larger than 64 KiB"),
  tooManyFields: fault(431, "too-many-fields", "the head has more than 100 fields"),
  chunkSize: fault(400, "chunk-size", "a chunk size is malformed (section 7.1)"),
  chunkExtension: fault(400, "chunk-extension", "a chunk extension is malformed or too long (section 7.1.1)"),
  chunkEnd: fault(400, "chunk-end", "the data of a chunk is not followed by CRLF (section 7.1)"),
  trailer: fault(400, "trailer", "a trailer field is malformed (section 7.1.2)"),
  trailersTooLarge: fault(431, "trailers-too-large", "the trailers are larger than 8 KiB"),
} as const;
