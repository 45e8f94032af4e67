import assert from "node:assert/strict";
import { once } from "node:events";
import * as http2 from "node:http2";
import * as net from "node:net";
import { type TestContext, test } from "node:test";
import { HpackDecoder } from "./decoder.ts";
import { encodeField, encodeRequestStart, encodeScheme, encodeStatus, noDynamicTable } from "./encoder.ts";
import { type HpackField, Pseudo } from "./field.ts";

// Node's own HTTP/2 (nghttp2) at the other end of a socket: it decodes what we encode, and encodes for us to decode.

const HEADERS = 1;
const SETTINGS = 4;
const PING = 6;
const CONTINUATION = 9;
const ACK = 1;
const END_STREAM = 1;
const END_HEADERS = 4;
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

function tableSizeSetting(size: number): Buffer {
  const payload = Buffer.alloc(6);
  payload.writeUInt16BE(1, 0);
  payload.writeUInt32BE(size, 2);
  return frame(SETTINGS, 0, 0, payload);
}

/** A header block in frames that Node's limit of 16 KiB allows. */
function headerFrames(stream: number, octets: string, flags: number): Buffer {
  const block = Buffer.from(octets, "latin1");
  const frames: Buffer[] = [];
  for (let at = 0; at === 0 || at < block.length; at += 16_000) {
    const last = at + 16_000 >= block.length ? END_HEADERS : 0;
    const part = block.subarray(at, at + 16_000);
    frames.push(
      at === 0 ? frame(HEADERS, flags | last, stream, part) : frame(CONTINUATION, last, stream, part),
    );
  }
  return Buffer.concat(frames);
}

/** Our end of a connection: reads frames, acknowledges settings, and decodes header blocks. */
class Peer {
  readonly decoder: HpackDecoder;
  private readonly socket: net.Socket;
  private readonly onHeaders: (stream: number, fields: HpackField[]) => void;
  private received = Buffer.alloc(0);
  private block = Buffer.alloc(0);

  constructor(
    socket: net.Socket,
    decoder: HpackDecoder,
    onHeaders: (stream: number, fields: HpackField[]) => void,
  ) {
    this.socket = socket;
    this.decoder = decoder;
    this.onHeaders = onHeaders;
  }

  read(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    while (this.received.length >= 9) {
      const end = 9 + this.received.readUIntBE(0, 3);
      if (this.received.length < end) return;
      const [type, flags] = [this.received[3]!, this.received[4]!];
      const stream = this.received.readUInt32BE(5);
      this.onFrame(type, flags, stream, this.received.subarray(9, end));
      this.received = this.received.subarray(end);
    }
  }

  private onFrame(type: number, flags: number, stream: number, payload: Buffer): void {
    if ((type === SETTINGS || type === PING) && (flags & ACK) === 0) {
      this.socket.write(frame(type, ACK, 0, type === PING ? payload : Buffer.alloc(0)));
    }
    if (type !== HEADERS && type !== CONTINUATION) return;
    assert.equal(flags & 0x08, 0, "no padding");
    const priority = type === HEADERS && (flags & 0x20) !== 0 ? 5 : 0;
    this.block = Buffer.concat([this.block, payload.subarray(priority)]);
    if ((flags & END_HEADERS) === 0) return;
    const fields: HpackField[] = [];
    const sink = { onField: (field: HpackField): void => void fields.push(field) };
    assert.equal(this.decoder.decode(this.block, 0, this.block.length, sink), undefined);
    this.block = Buffer.alloc(0);
    this.onHeaders(stream, fields);
  }
}

type Fields = Readonly<Record<string, string>>;

/** The regular fields of message `i`: some the same in each, some never, odd ones and large ones. */
function fieldsOf(i: number): Fields {
  return {
    accept: "*/*",
    "accept-encoding": i % 3 === 0 ? "gzip, deflate" : "gzip, deflate, br",
    authorization: "Basic eDp5",
    "user-agent": "oracle/1.0 (an agent that says the same each time)",
    "x-empty": "",
    "x-symbols": "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ 09 az AZ",
    "x-latin1": "\x80\x9f\xa0\xe9\xff",
    "x-tab": "a\tb",
    "!#$%&'*+-.^_`|~": "a name of every symbol",
    [`x-name-${i}`]: "a name that comes once",
    "x-churn": `${i}`.repeat((i * 37) % 200),
    "x-large": "L".repeat(i % 7 === 0 ? 5000 : 5),
    ...(i === 11 ? { "x-huge": Array.from({ length: 10_000 }, (_, k) => k % 10).join("~") } : undefined),
  };
}

function regular(fields: readonly HpackField[]): Fields {
  const own = fields.filter((field) => field.kind === Pseudo.none && field.name !== "date");
  return Object.fromEntries(own.map((field) => [field.name, field.value]));
}

function withoutPseudo(headers: http2.IncomingHttpHeaders): Fields {
  const own = Object.entries(headers).filter(([name]) => !name.startsWith(":") && name !== "date");
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
}

function encodeFields(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => encodeField(name, value))
    .join("");
}

async function listen(t: TestContext, server: net.Server | http2.Http2Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return (server.address() as net.AddressInfo).port;
}

const rounds = 60;

for (const tableSize of [0, 100, 4096, 65_536]) {
  test(`requests of Node's client, and our responses; a table of ${tableSize}`, async (t) => {
    const server = net.createServer((socket) => {
      let started = false;
      const peer = new Peer(socket, new HpackDecoder(tableSize), (stream, fields) => {
        assert.deepEqual(
          fields
            .filter((field) => field.kind > 0)
            .map((field) => `${field.name} ${field.value}`)
            .sort(),
          [":authority a.example", ":method PUT", ":path /" + String(stream), ":scheme http"],
        );
        const status = encodeStatus(200 + (stream % 300));
        const octets = (started ? "" : noDynamicTable) + status + encodeFields(regular(fields));
        started = true;
        socket.write(headerFrames(stream, octets, END_STREAM));
      });
      let skip = preface.length;
      socket.write(tableSizeSetting(tableSize));
      socket.on("data", (chunk: Buffer) => {
        peer.read(chunk.subarray(skip));
        skip = Math.max(0, skip - chunk.length);
      });
      socket.on("error", () => socket.destroy());
    });
    const port = await listen(t, server);
    const client = http2.connect(`http://127.0.0.1:${port}`, {
      maxDeflateDynamicTableSize: 65_536,
      settings: { headerTableSize: 1000, maxHeaderListSize: 1_000_000 },
    });
    t.after(() => client.destroy());
    await once(client, "remoteSettings");
    for (let i = 0; i < rounds; i++) {
      const stream = 2 * i + 1;
      const request = client.request(
        { ":authority": "a.example", ":method": "PUT", ":path": `/${stream}`, ...fieldsOf(i) },
        { endStream: true },
      );
      const [headers] = (await once(request, "response")) as [http2.IncomingHttpHeaders];
      assert.equal(headers[":status"], 200 + (stream % 300));
      assert.deepEqual(withoutPseudo(headers), fieldsOf(i));
      request.resume();
    }
  });

  test(`our requests, and responses of Node's server; a table of ${tableSize}`, async (t) => {
    const server = http2.createServer({
      maxDeflateDynamicTableSize: 65_536,
      settings: { headerTableSize: 1000, maxHeaderListSize: 1_000_000 },
    });
    server.on("stream", (stream: http2.ServerHttp2Stream, headers) => {
      assert.equal(headers[":authority"], "a.example");
      assert.equal(headers[":scheme"], "https");
      assert.equal(headers[":path"], `/${stream.id}`);
      stream.respond({ ":status": 200 + (stream.id! % 300), ...withoutPseudo(headers) }, { endStream: true });
    });
    const port = await listen(t, server);
    const socket = net.connect(port, "127.0.0.1");
    t.after(() => socket.destroy());
    await once(socket, "connect");
    const done = Promise.withResolvers<void>();
    const send = (i: number): void => {
      const stream = 2 * i + 1;
      const start = encodeScheme("https") + encodeRequestStart("GET", "a.example", `/${stream}`);
      const octets = (i === 0 ? noDynamicTable : "") + start + encodeFields(fieldsOf(i));
      socket.write(headerFrames(stream, octets, END_STREAM));
    };
    const peer = new Peer(socket, new HpackDecoder(tableSize), (stream, fields) => {
      assert.equal(fields[0]!.value, String(200 + (stream % 300)));
      assert.deepEqual(regular(fields), fieldsOf((stream - 1) / 2));
      if (stream + 2 < 2 * rounds) send((stream + 1) / 2);
      else done.resolve();
    });
    socket.on("data", (chunk: Buffer) => {
      try {
        peer.read(chunk);
      } catch (error) {
        done.reject(error);
      }
    });
    socket.on("close", () => done.reject(new Error("closed before the last response")));
    socket.write(preface);
    socket.write(tableSizeSetting(tableSize));
    send(0);
    await done.promise;
    if (tableSize === 4096) assert.ok(peer.decoder.table.length > 5, "Node indexes what it sends");
  });
}
