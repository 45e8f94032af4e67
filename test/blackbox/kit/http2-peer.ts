import { HpackDecoder } from "../../../src/wire/hpack/decoder.ts";
import { code, type Field, flag, frame, headers, preface, request, settings, type } from "./http2-frames.ts";
import type { Peer } from "./peer.ts";

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
  /** Of HEADERS. */
  readonly fields: readonly Field[];
}

export interface Answer {
  readonly status: number;
  readonly fields: readonly Field[];
  readonly body: string;
  readonly trailers: readonly Field[];
}

/** One end of an HTTP/2 connection that sends what a test wants, and does nothing by itself but answer SETTINGS. */
export class Http2Peer {
  readonly peer: Peer;
  /** Every frame that was taken. */
  readonly frames: Frame[] = [];
  private readonly decoder = new HpackDecoder(4096);

  constructor(peer: Peer) {
    this.peer = peer;
  }

  /** A client's connection that has said its preface and SETTINGS. */
  static async connect(
    proxy: { connect(): Promise<Peer> },
    ...pairs: readonly (readonly [setting: number, value: number])[]
  ): Promise<Http2Peer> {
    const client = new Http2Peer(await proxy.connect());
    client.send(preface, settings(...pairs));
    return client;
  }

  /** A server's connection, the same way. */
  static async accept(
    peer: Peer,
    ...pairs: readonly (readonly [setting: number, value: number])[]
  ): Promise<Http2Peer> {
    const server = new Http2Peer(peer);
    await peer.take(preface.length);
    server.send(settings(...pairs));
    return server;
  }

  send(...frames: readonly Buffer[]): void {
    this.peer.send(Buffer.concat(frames));
  }

  /** A request without a body. */
  get(stream: number, path: string, ...more: readonly Field[]): void {
    this.send(headers(stream, request("GET", path, ...more), flag.endStream));
  }

  /** The next frame. */
  async next(): Promise<Frame> {
    const header = await this.peer.take(9);
    const kind = header[3]!;
    const payload = await this.peer.take(header.readUIntBE(0, 3));
    const fields: Field[] = [];
    if (kind === type.headers) {
      const error = this.decoder.decode(payload, 0, payload.length, {
        onField: ({ name, value }) => fields.push([name, value]),
      });
      if (error !== undefined) throw new Error(error);
    }
    const came = { type: kind, flags: header[4]!, stream: header.readUInt32BE(5), payload, fields };
    this.frames.push(came);
    if (kind === type.settings && (came.flags & flag.ack) === 0) this.send(frame(type.settings, flag.ack, 0));
    return came;
  }

  /** The next frame of this type, and of this stream if one is named. */
  async find(kind: number, stream?: number): Promise<Frame> {
    for (;;) {
      const came = await this.next();
      if (came.type === kind && (stream === undefined || came.stream === stream)) {
        if (kind !== type.settings || (came.flags & flag.ack) === 0) return came;
      }
    }
  }

  /** Takes frames until this PING has come back: whatever was sent before it was acted upon. */
  async ping(): Promise<void> {
    this.send(frame(type.ping, 0, 0, "testping"));
    for (;;) {
      const came = await this.next();
      if (came.type === type.ping && came.payload.toString() === "testping") return;
    }
  }

  /** The answer on a stream, 1xx answers left out; throws when the stream is reset. */
  async answer(stream: number): Promise<Answer> {
    let status = 0;
    let fields: readonly Field[] = [];
    let trailers: readonly Field[] = [];
    let body = "";
    for (;;) {
      const came = await this.next();
      if (came.type === type.goaway && came.payload.readUInt32BE(4) !== code.none)
        throw new Error(`GOAWAY ${came.payload.subarray(8).toString()}`);
      if (came.stream !== stream) continue;
      if (came.type === type.reset) throw new Error(`reset with ${came.payload.readUInt32BE(0)}`);
      if (came.type === type.headers && status >= 200) trailers = came.fields;
      else if (came.type === type.headers) {
        status = Number(came.fields.find(([name]) => name === ":status")?.[1]);
        fields = came.fields;
      } else if (came.type === type.data) body += came.payload.toString("latin1");
      else continue;
      if ((came.flags & flag.endStream) !== 0) return { status, fields, body, trailers };
    }
  }

  /** The error code of the stream's RST_STREAM. */
  async resetCode(stream: number): Promise<number> {
    return (await this.find(type.reset, stream)).payload.readUInt32BE(0);
  }

  /** The last GOAWAY before the connection ends. */
  async ended(): Promise<{ code: number; last: number; text: string }> {
    let last: Frame | undefined;
    try {
      for (;;) {
        const came = await this.next();
        if (came.type === type.goaway) last = came;
      }
    } catch {
      if (last === undefined) throw new Error(`the connection ended without GOAWAY: ${this.peer.ending}`);
    }
    const { payload } = last;
    return {
      last: payload.readUInt32BE(0),
      code: payload.readUInt32BE(4),
      text: payload.subarray(8).toString("latin1"),
    };
  }
}

/** Value of a field, repeated ones joined by `|`. */
export function valueOf(fields: readonly Field[], name: string): string | undefined {
  const values = fields.filter(([other]) => other === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join("|");
}
