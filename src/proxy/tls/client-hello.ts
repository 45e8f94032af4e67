import { latin1 } from "../../wire/latin1.ts";
import { maxClientHelloBytes } from "../limits.ts";
import { Alert } from "./alert.ts";

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_NAME = 0;
const HOST_NAME = 0;

const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;
/** "The length MUST NOT exceed 2^14 bytes" (RFC 8446 section 5.1). */
const MAX_RECORD = 16_384;

/** `more`: not all of it is there. `foreign`: this is not TLS. A number: the alert that is the answer. */
export type HelloOutcome = "complete" | "more" | "foreign" | number;

/**
 * Reads a ClientHello (RFC 8446 section 4.1.2) for the one thing in it that must be known before OpenSSL may see it: the server
 * name, because it decides with which certificate, authorities and tickets the handshake is done. Whatever else is in it is
 * OpenSSL's to judge. A message may come in any number of records, and a record in any number of packets.
 */
export class ClientHelloReader {
  /** Everything that came, for OpenSSL. */
  bytes: Buffer = EMPTY;
  /** In lower case; `""` when the client names none. */
  serverName = "";
  /** Where the first record that is not taken apart begins. */
  private at = 0;
  /** What the records so far carried. */
  private message: Buffer = EMPTY;

  read(buffer: Buffer, length: number): HelloOutcome {
    const bytes = buffer.subarray(0, length);
    this.bytes = this.bytes.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.bytes, bytes]);
    if (this.bytes[0] !== HANDSHAKE) return "foreign";
    for (;;) {
      const whole = this.messageLength();
      if (whole > maxClientHelloBytes) return Alert.decodeError;
      if (this.message.length >= whole) return this.readMessage(whole);
      const outcome = this.takeRecord();
      // Records of one byte each do not make the message longer, but what is kept of it.
      if (outcome === "more" && this.bytes.length > 2 * maxClientHelloBytes) return Alert.decodeError;
      if (outcome !== "complete") return outcome;
    }
  }

  /** Bytes of the message with its header, as far as that is known. */
  private messageLength(): number {
    if (this.message.length < MESSAGE_HEADER) return MESSAGE_HEADER;
    return MESSAGE_HEADER + this.message.readUIntBE(1, 3);
  }

  private takeRecord(): HelloOutcome {
    const { bytes, at } = this;
    if (bytes.length < at + RECORD_HEADER) return "more";
    // An alert or anything else in the middle of the first message.
    if (bytes[at] !== HANDSHAKE) return Alert.unexpectedMessage;
    if (bytes[at + 1] !== 3) return at === 0 ? "foreign" : Alert.decodeError;
    const length = bytes.readUInt16BE(at + 3);
    if (length > MAX_RECORD) return Alert.recordOverflow;
    // "Implementations MUST NOT send zero-length fragments of Handshake types".
    if (length === 0) return Alert.unexpectedMessage;
    const end = at + RECORD_HEADER + length;
    if (bytes.length < end) return "more";
    const fragment = bytes.subarray(at + RECORD_HEADER, end);
    this.message = this.message.length === 0 ? fragment : Buffer.concat([this.message, fragment]);
    this.at = end;
    return "complete";
  }

  private readMessage(whole: number): HelloOutcome {
    if (this.message[0] !== CLIENT_HELLO) return Alert.unexpectedMessage;
    const name = readServerName(this.message.subarray(MESSAGE_HEADER, whole));
    if (typeof name === "number") return name;
    this.serverName = name;
    return "complete";
  }
}

const EMPTY = Buffer.alloc(0);

/** Letters, digits, hyphens and dots, and the underscore that names in use have. */
const hostname = /^[a-z0-9_-][a-z0-9_.-]*$/;

/** @param hello The message without its header. */
function readServerName(hello: Buffer): string | number {
  const fields = new Fields(hello);
  fields.skip(2 + 32); // legacy_version, random
  fields.skip(fields.number(1)); // legacy_session_id
  fields.skip(fields.number(2)); // cipher_suites
  fields.skip(fields.number(1)); // legacy_compression_methods
  // "extensions" may be left out before TLS 1.3.
  if (fields.at === hello.length) return "";
  const end = fields.number(2) + fields.at;
  if (end > hello.length) return Alert.decodeError;
  const seen = new Set<number>();
  let name = "";
  while (fields.at < end) {
    const type = fields.number(2);
    const length = fields.number(2);
    if (fields.at + length > end) return Alert.decodeError;
    // "There MUST NOT be more than one extension of the same type in a given extension block" (RFC 8446 section 4.2).
    if (seen.has(type)) return Alert.illegalParameter;
    seen.add(type);
    const found = type === SERVER_NAME ? readHostName(fields, length) : fields.skip(length);
    if (typeof found === "number") return found;
    name = found ?? name;
  }
  return name;
}

/** Reads a `ServerNameList` (RFC 6066 section 3) of so many bytes. */
function readHostName(fields: Fields, length: number): string | number {
  const end = fields.at + length;
  const listLength = fields.number(2);
  const type = fields.number(1);
  const nameLength = fields.number(2);
  const start = fields.at;
  fields.skip(nameLength);
  if (listLength !== length - 2 || type !== HOST_NAME || nameLength === 0) return Alert.decodeError;
  if (fields.at > end) return Alert.decodeError;
  // "The ServerNameList MUST NOT contain more than one name of the same name_type"; there are no other types.
  if (fields.at < end) return fields.number(1) === HOST_NAME ? Alert.illegalParameter : Alert.decodeError;
  const lower = latin1(fields.bytes, start, fields.at).toLowerCase();
  const text = lower.endsWith(".") ? lower.slice(0, -1) : lower;
  return hostname.test(text) ? text : Alert.unrecognizedName;
}

/** Numbers of a structure one after another (RFC 8446 section 3). What lies beyond the end is zero, and `at` tells. */
class Fields {
  readonly bytes: Buffer;
  at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  skip(count: number): void {
    this.at += count;
  }

  /** @param size In bytes; big-endian. */
  number(size: 1 | 2): number {
    const { bytes, at } = this;
    this.at += size;
    if (this.at > bytes.length) return 0;
    return size === 1 ? bytes[at]! : (bytes[at]! << 8) | bytes[at + 1]!;
  }
}
