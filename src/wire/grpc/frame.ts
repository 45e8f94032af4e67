/** Bytes before a message: whether it is compressed, and its length (grpc/grpc, doc/PROTOCOL-HTTP2.md, "Length-Prefixed-Message"). */
const prefixBytes = 5;

/** What stands before a message of so many bytes that is not compressed, as latin1 text. */
export function messagePrefix(length: number): string {
  return String.fromCharCode(
    0,
    (length >>> 24) & 0xff,
    (length >>> 16) & 0xff,
    (length >>> 8) & 0xff,
    length & 0xff,
  );
}

/** The one message of a body; undefined when that is no, or more than one, message, or one that is compressed, which we do not ask for. */
export function onlyMessage(body: Buffer): Buffer | undefined {
  if (body.length < prefixBytes || body[0] !== 0) return undefined;
  return body.readUInt32BE(1) === body.length - prefixBytes ? body.subarray(prefixBytes) : undefined;
}
