import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { test } from "node:test";
import { connect, type ConnectionOptions } from "node:tls";
import * as fc from "fast-check";
import { maxClientHelloBytes } from "../limits.ts";
import { Alert } from "./alert.ts";
import { ClientHelloReader, type HelloOutcome } from "./client-hello.ts";

/** What a client of Node's sends first. */
async function capture(options: ConnectionOptions): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = connect({ host: "127.0.0.1", port, ...options });
  client.on("error", () => undefined);
  const [socket] = (await once(server, "connection")) as [Socket];
  let bytes = Buffer.alloc(0);
  while (bytes.length < 5 || bytes.length < 5 + bytes.readUInt16BE(3)) {
    const [more] = (await once(socket, "data")) as [Buffer];
    bytes = Buffer.concat([bytes, more]);
  }
  socket.destroy();
  client.destroy();
  server.close();
  return bytes;
}

const hello = await capture({ servername: "Shop.Example.com", ALPNProtocols: ["h2", "http/1.1"] });

function read(pieces: readonly Buffer[]): { reader: ClientHelloReader; outcome: HelloOutcome } {
  const reader = new ClientHelloReader();
  let outcome: HelloOutcome = "more";
  for (const piece of pieces) {
    if (outcome !== "more") break;
    outcome = reader.read(piece, piece.length);
  }
  return { reader, outcome };
}

/** The message in records of so many bytes. */
function inRecords(bytes: Buffer, size: number): Buffer {
  const message = bytes.subarray(5);
  const records: Buffer[] = [];
  for (let at = 0; at < message.length; at += size) {
    const part = message.subarray(at, at + size);
    records.push(Buffer.from([22, 3, 1, part.length >> 8, part.length & 255]), part);
  }
  return Buffer.concat(records);
}

for (const [what, options] of [
  ["TLS 1.3", {}],
  ["TLS 1.2", { maxVersion: "TLSv1.2" }],
  ["no ALPN", { ALPNProtocols: [] }],
] as const) {
  test(`the server name of a client: ${what}`, async () => {
    const bytes = await capture({ servername: "a.example.com", ...options });
    const { reader, outcome } = read([bytes]);
    assert.equal(outcome, "complete");
    assert.equal(reader.serverName, "a.example.com");
    assert.deepEqual(reader.bytes, bytes);
  });
}

test("a client that names no server", async () => {
  const { reader, outcome } = read([await capture({ servername: "" })]);
  assert.equal(outcome, "complete");
  assert.equal(reader.serverName, "");
});

test("names are in lower case", () => {
  assert.equal(read([hello]).reader.serverName, "shop.example.com");
});

test("a message may come in any packets and any records", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: hello.length }),
      fc.integer({ min: 1, max: 700 }),
      (record, packet) => {
        const bytes = inRecords(hello, record);
        const pieces: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += packet) pieces.push(bytes.subarray(at, at + packet));
        const { reader, outcome } = read(pieces);
        assert.equal(outcome, "complete");
        assert.equal(reader.serverName, "shop.example.com");
        assert.deepEqual(reader.bytes, bytes);
      },
    ),
    { numRuns: 200 },
  );
});

test("until its last byte there is more to come", () => {
  for (let end = 1; end < hello.length; end++) assert.equal(read([hello.subarray(0, end)]).outcome, "more");
});

test("a message that is wrong somewhere is refused or read, and nothing else", () => {
  const edit = fc.tuple(fc.nat(hello.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const bytes = Buffer.from(hello);
      for (const [at, value] of edits) bytes[at] = value;
      const { reader, outcome } = read([bytes]);
      assert.ok(typeof outcome === "number" || ["complete", "more", "foreign"].includes(outcome));
      assert.match(reader.serverName, /^[a-z0-9_.-]*$/);
    }),
    { numRuns: 2000 },
  );
});

/** The message with another name of the same length. */
function named(name: string): Buffer {
  const bytes = Buffer.from(hello);
  bytes.write(name.padEnd(16, "x"), bytes.indexOf("Shop.Example.com"), "latin1");
  return bytes;
}

for (const [what, bytes, outcome] of [
  ["a request in plain text", Buffer.from("GET / HTTP/1.1\r\n"), "foreign"],
  ["SSL 2", Buffer.from([0x80, 0x2e, 1, 3, 1]), "foreign"],
  ["a version that is none of TLS", Buffer.from([22, 9, 9, 0, 1, 1]), "foreign"],
  ["a record that is too long", Buffer.from([22, 3, 1, 0x40, 1]), Alert.recordOverflow],
  ["a record of nothing", Buffer.from([22, 3, 1, 0, 0]), Alert.unexpectedMessage],
  ["a message of another type", Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0]), Alert.unexpectedMessage],
  ["a message that is too long", Buffer.from([22, 3, 1, 0, 4, 1, 1, 0, 0]), Alert.decodeError],
  ["a message of nothing", Buffer.from([22, 3, 1, 0, 4, 1, 0, 0, 0]), Alert.decodeError],
  ["an alert in the middle", Buffer.from([22, 3, 1, 0, 1, 1, 21, 3, 1, 0, 2, 1, 0]), Alert.unexpectedMessage],
  ["a name with a NUL in it", named("shop\0example.com"), Alert.unrecognizedName],
  ["a name with a space in it", named("shop example.com"), Alert.unrecognizedName],
  ["a name with a colon in it", named("shop.example:443"), Alert.unrecognizedName],
] as const) {
  test(`refused: ${what}`, () => assert.equal(read([bytes]).outcome, outcome));
}

test("what is kept of a message has a limit, however it is cut up", () => {
  const tiny = Buffer.from([22, 3, 1, 0, 1, 0]);
  const first = Buffer.from([22, 3, 1, 0, 4, 1, 0, 0x3f, 0]);
  const pieces = [first, ...Array.from({ length: maxClientHelloBytes }, () => tiny)];
  const { reader, outcome } = read(pieces);
  assert.equal(outcome, Alert.decodeError);
  assert.ok(reader.bytes.length <= 2 * maxClientHelloBytes + tiny.length);
});

/** Where the list of extensions begins in the record: its two bytes of length. */
const listStart = (() => {
  let at = 5 + 4 + 2 + 32;
  at += 1 + hello[at]!;
  at += 2 + hello.readUInt16BE(at);
  return at + 1 + hello[at]!;
})();

function extensionsOf(bytes: Buffer): readonly Buffer[] {
  const extensions: Buffer[] = [];
  for (let at = listStart + 2; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    extensions.push(bytes.subarray(at, end));
    at = end;
  }
  return extensions;
}

/** The message with other extensions. */
function withExtensions(extensions: readonly Buffer[]): Buffer {
  const list = Buffer.concat(extensions);
  const bytes = Buffer.concat([hello.subarray(0, listStart + 2), list]);
  bytes.writeUInt16BE(bytes.length - 5, 3);
  bytes.writeUIntBE(bytes.length - 9, 6, 3);
  bytes.writeUInt16BE(list.length, listStart);
  return bytes;
}

/** The extension with a list of these names, each with its type. */
function serverNames(...names: readonly (readonly [type: number, name: string])[]): Buffer {
  const entries = names.map(([type, name]) =>
    Buffer.concat([Buffer.from([type, 0, name.length]), Buffer.from(name)]),
  );
  const list = Buffer.concat(entries);
  return Buffer.concat([Buffer.from([0, 0, 0, list.length + 2, 0, list.length]), list]);
}

const others = extensionsOf(hello).filter((extension) => extension.readUInt16BE() !== 0);

test("the name is found wherever its extension is", () => {
  for (let i = 0; i <= others.length; i++) {
    const { reader, outcome } = read([
      withExtensions(others.toSpliced(i, 0, serverNames([0, "b.example.com"]))),
    ]);
    assert.equal(outcome, "complete");
    assert.equal(reader.serverName, "b.example.com");
  }
});

test("no extension may come twice, whether it says the same or not, and whichever it is", () => {
  const all = extensionsOf(hello);
  assert.ok(all.length > 5);
  for (const [i, extension] of all.entries()) {
    const another = Buffer.concat([extension.subarray(0, 2), Buffer.from([0, 0])]);
    for (const again of [extension, another])
      for (const list of [[...all, again], all.toSpliced(i, 0, again), [again, ...all]])
        assert.equal(
          read([withExtensions(list)]).outcome,
          // What says nothing is no list of names.
          list.find((one) => one.readUInt16BE() === 0)!.length === 4
            ? Alert.decodeError
            : Alert.illegalParameter,
        );
  }
});

for (const [what, names, outcome] of [
  [
    "the same name twice",
    [
      [0, "a.example"],
      [0, "a.example"],
    ],
    Alert.illegalParameter,
  ],
  [
    "two names",
    [
      [0, "a.example"],
      [0, "b.example"],
    ],
    Alert.illegalParameter,
  ],
  [
    "a name and something else",
    [
      [0, "a.example"],
      [1, "b.example"],
    ],
    Alert.decodeError,
  ],
  [
    "something else and a name",
    [
      [1, "b.example"],
      [0, "a.example"],
    ],
    Alert.decodeError,
  ],
  ["nothing", [], Alert.decodeError],
] as const) {
  test(`refused: a list of names with ${what}`, () => {
    assert.equal(read([withExtensions([...others, serverNames(...names)])]).outcome, outcome);
  });
}
