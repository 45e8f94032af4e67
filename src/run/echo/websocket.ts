import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";

/** RFC 6455 §1.3. */
const magic = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A message longer than this is closed with 1009: an echo of somebody's attempt needs no more memory. */
const longestFrame = 1024 * 1024;

const opcodes = { close: 0x8, ping: 0x9, pong: 0xa };
const finalFrame = 0x80;
const maskedFrame = 0x80;
const shortestHead = 2;
const maskLength = 4;

const protocolError = 1002;
const messageTooBig = 1009;

/** Accepts a WebSocket and sends every frame back as it came, until the client closes. */
export function echoWebSocket(socket: Duplex, key: string, head: Buffer): void {
  const accept = createHash("sha1")
    .update(key + magic)
    .digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  let pending = head;
  const answer = (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (let frame = readFrame(pending); frame !== undefined; frame = readFrame(pending)) {
      if (typeof frame === "number") return void socket.end(writeClose(frame));
      pending = pending.subarray(frame.length);
      if (frame.opcode === opcodes.close) return void socket.end(writeFrame(frame.first, frame.payload));
      const first = frame.opcode === opcodes.ping ? finalFrame | opcodes.pong : frame.first;
      if (frame.opcode !== opcodes.pong) socket.write(writeFrame(first, frame.payload));
    }
  };
  socket.on("data", answer);
  socket.on("end", () => socket.end());
  // A client that goes away in the middle is no event here.
  socket.on("error", () => socket.destroy());
  answer(Buffer.alloc(0));
}

interface Frame {
  /** First byte: FIN, reserved bits and opcode. */
  readonly first: number;
  readonly opcode: number;
  readonly payload: Buffer;
  /** Of the whole frame, bytes. */
  readonly length: number;
}

/** The first frame; undefined while it is incomplete; a close code when it is not allowed. */
function readFrame(bytes: Buffer): Frame | number | undefined {
  if (bytes.length < shortestHead) return undefined;
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  // "a server MUST close the connection upon receiving a frame that is not masked" (RFC 6455 §5.1)
  if ((second & maskedFrame) === 0) return protocolError;
  const short = second & 0x7f;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = shortestHead + extra + maskLength;
  if (bytes.length < start) return undefined;
  const size = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  if (size > longestFrame) return messageTooBig;
  if (bytes.length < start + size) return undefined;
  const mask = bytes.subarray(start - maskLength, start);
  const payload = Buffer.from(bytes.subarray(start, start + size));
  for (let index = 0; index < size; index += 1) payload[index]! ^= mask[index % maskLength]!;
  return { first, opcode: first & 0x0f, payload, length: start + size };
}

/** Servers do not mask. */
function writeFrame(first: number, payload: Buffer): Buffer {
  const size = payload.length;
  const head = Buffer.alloc(size < 126 ? 2 : size < 65_536 ? 4 : 10);
  head.writeUInt8(first, 0);
  head.writeUInt8(size < 126 ? size : size < 65_536 ? 126 : 127, 1);
  if (head.length === 4) head.writeUInt16BE(size, 2);
  if (head.length === 10) head.writeBigUInt64BE(BigInt(size), 2);
  return Buffer.concat([head, payload]);
}

function writeClose(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code, 0);
  return writeFrame(finalFrame | opcodes.close, payload);
}
