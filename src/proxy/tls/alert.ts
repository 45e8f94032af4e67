/** Descriptions of the fatal alerts that this proxy sends itself (RFC 8446 section 6); all others are OpenSSL's. */
export const Alert = {
  unexpectedMessage: 10,
  recordOverflow: 22,
  illegalParameter: 47,
  decodeError: 50,
  internalError: 80,
  /** RFC 6066 section 3: "the server SHOULD ... abort the handshake by sending a fatal-level unrecognized_name(112) alert". */
  unrecognizedName: 112,
} as const;

/** A whole record: a fatal alert before any key is agreed on. */
export function alertRecord(description: number): Buffer {
  // Type alert, version 3.1 as "all versions" of a first record, two bytes: fatal, and why.
  return Buffer.from([21, 3, 1, 0, 2, 2, description]);
}
