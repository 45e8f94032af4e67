import type { Socket } from "node:net";
import { encodeScheme } from "../../src/wire/hpack/encoder.ts";
import { encodeRequest } from "../../src/wire/http2/encode.ts";
import {
  Flag,
  frameHeaderBytes,
  FrameType,
  headersFrames,
  preface,
  settingsAck,
  settingsFrame,
} from "../../src/wire/http2/frame.ts";

/** What a client says at first, and a request: its head is given as in HTTP/1.1. */
export function greeting(head: string): string {
  return preface + settingsFrame([]) + headersFrames(1, encodeScheme("http") + encodeRequest(head), true);
}

/** Takes the frames of a server until its only answer has come, and says what has to be said. */
export class IdleReader {
  private readonly socket: Socket;
  private bytes: Buffer = Buffer.alloc(0);

  constructor(socket: Socket) {
    this.socket = socket;
  }

  /** Returns whether the answer is there as a whole. */
  read(more: Buffer): boolean {
    this.bytes = Buffer.concat([this.bytes, more]);
    let answered = false;
    while (this.bytes.length >= frameHeaderBytes) {
      const size = frameHeaderBytes + this.bytes.readUIntBE(0, 3);
      if (this.bytes.length < size) break;
      const [type, flags] = [this.bytes[3]!, this.bytes[4]!];
      if (type === FrameType.settings && (flags & Flag.ack) === 0) this.socket.write(settingsAck, "latin1");
      if (type === FrameType.headers || type === FrameType.data) answered ||= (flags & Flag.endStream) !== 0;
      this.bytes = this.bytes.subarray(size);
    }
    return answered;
  }
}
