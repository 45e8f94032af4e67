import assert from "node:assert/strict";
import { isIPv6, SocketAddress } from "node:net";
import { test } from "node:test";
import {
  assert as check,
  boolean,
  constantFrom,
  integer,
  ipV4,
  ipV6,
  property,
  record,
  uint8Array,
} from "fast-check";
import type { ProxiedConnection } from "./header.ts";
import { readProxyHeader, signature } from "./reader.ts";
import { proxyBlock, proxyLine } from "./writer.ts";

const four: ProxiedConnection = {
  source: { host: "192.0.2.1", port: 56324 },
  destination: { host: "198.51.100.7", port: 443 },
};

const read = (text: string) => readProxyHeader(Buffer.from(text, "latin1"));

test("lines of version 1", () => {
  const line = "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\r\n";
  assert.equal(proxyLine(four), line);
  assert.deepEqual(read(`${line}GET / HTTP/1.1\r\n`), {
    state: "read",
    length: line.length,
    connection: four,
  });
  assert.deepEqual(read("PROXY UNKNOWN\r\n"), { state: "read", length: 15 });
  assert.deepEqual(read("PROXY UNKNOWN ffff:f...f:ffff whatever\r\nx"), { state: "read", length: 40 });
  assert.equal(proxyLine(undefined), "PROXY UNKNOWN\r\n");
});

test("the zone of a link-local address stays here", () => {
  const zoned = {
    source: { host: "fe80::1%eth0", port: 1 },
    destination: { host: "fe80::%lo0", port: 2 },
  };
  const bare = { source: { host: "fe80::1", port: 1 }, destination: { host: "fe80::", port: 2 } };
  assert.equal(proxyLine(zoned), "PROXY TCP6 fe80::1 fe80:: 1 2\r\n");
  assert.deepEqual(proxyBlock(zoned), proxyBlock(bare));
});

/** What a sender of version 1 must not write. */
const wrongLines: readonly (readonly [text: string, message: RegExp])[] = [
  ["GET / HTTP/1.1\r\n", /does not begin/],
  ["PROXX TCP4", /does not begin/],
  ["PROXY TCP5 1.1.1.1 2.2.2.2 1 2\r\n", /neither/],
  ["PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n", /neither/],
  ["PROXY TCP4 ::1 ::1 1 2\r\n", /addresses/],
  ["PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n", /addresses/],
  ["PROXY TCP6 fe80::1%eth0 fe80::2 1 2\r\n", /addresses/],
  ["PROXY TCP4 1.1.1.1  2.2.2.2 1 2\r\n", /addresses/],
  ["PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\r\n", /addresses/],
  ["PROXY TCP4 01.1.1.1 2.2.2.2 1 2\r\n", /addresses/],
  ["PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n", /port/],
  ["PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n", /port/],
  ["PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n", /port/],
  [`PROXY UNKNOWN ${"x".repeat(200)}\r\n`, /does not end/],
];

for (const [text, message] of wrongLines) {
  test(`refused: ${JSON.stringify(text.slice(0, 40))}`, () => {
    const header = read(text);
    assert.equal(header.state, "refused");
    assert.match((header as { message: string }).message, message);
  });
}

test("a header may come in pieces", () => {
  for (const whole of [Buffer.from(proxyLine(four), "latin1"), proxyBlock(four), proxyBlock(undefined)]) {
    for (let size = 0; size < whole.length; size++)
      assert.deepEqual(readProxyHeader(whole.subarray(0, size)), { state: "more" }, String(size));
    assert.equal(readProxyHeader(whole).state, "read");
  }
});

test("blocks of version 2, as the specification lays them out", () => {
  const bytes = Buffer.concat([
    signature,
    Buffer.from([0x21, 0x11, 0, 12, 192, 0, 2, 1, 198, 51, 100, 7, 0xdc, 0x04, 0x01, 0xbb]),
  ]);
  assert.deepEqual(proxyBlock(four), bytes);
  assert.deepEqual(readProxyHeader(bytes), { state: "read", length: 28, connection: four });
  const withTlv = Buffer.concat([bytes, Buffer.from([0x03, 0, 4, 1, 2, 3, 4])]);
  withTlv[15] = 12 + 7;
  assert.deepEqual(readProxyHeader(withTlv), { state: "read", length: 35, connection: four });
});

const block = (...rest: readonly number[]): Buffer => Buffer.concat([signature, Buffer.from(rest)]);

test("who speaks for itself, or has no IP addresses, is known by its socket", () => {
  assert.deepEqual(readProxyHeader(block(0x20, 0x11, 0, 0)), { state: "read", length: 16 });
  assert.deepEqual(readProxyHeader(block(0x21, 0x00, 0, 2, 9, 9)), { state: "read", length: 18 });
  assert.deepEqual(readProxyHeader(Buffer.concat([block(0x21, 0x31, 0, 216), Buffer.alloc(216)])), {
    state: "read",
    length: 232,
  });
});

test("what is no block of version 2 is refused", () => {
  for (const [bytes, message] of [
    [block(0x11, 0x11, 0, 0), /version 1/],
    [block(0x22, 0x11, 0, 0), /command 2/],
    [block(0x21, 0x41, 0, 0), /family 4/],
    [block(0x21, 0x11, 0, 2, 1, 1), /cut off/],
    [block(0x21, 0x11, 0xff, 0xff), /65535 bytes/],
  ] as const) {
    const header = readProxyHeader(bytes);
    assert.equal(header.state, "refused");
    assert.match((header as { message: string }).message, message);
  }
});

const port = integer({ min: 0, max: 65_535 });
const connections = constantFrom("ipv4" as const, "ipv6" as const).chain((family) => {
  const host = family === "ipv4" ? ipV4() : ipV6();
  const address = record({ host, port });
  return record({ source: address, destination: address });
});

/** IPv6 addresses have many spellings. */
function normal(host: string): string {
  return isIPv6(host) ? new SocketAddress({ address: host, family: "ipv6" }).address : host;
}

test("what is written is read", () => {
  check(
    property(connections, ({ source, destination }) => {
      for (const bytes of [
        Buffer.from(proxyLine({ source, destination }), "latin1"),
        proxyBlock({ source, destination }),
      ]) {
        const header = readProxyHeader(bytes);
        assert.ok(header.state === "read" && header.connection !== undefined);
        assert.equal(header.length, bytes.length);
        assert.equal(normal(header.connection.source.host), normal(source.host));
        assert.equal(normal(header.connection.destination.host), normal(destination.host));
        assert.equal(header.connection.source.port, source.port);
        assert.equal(header.connection.destination.port, destination.port);
      }
    }),
  );
});

test("any bytes are judged without an error, and within bounds", () => {
  check(
    property(uint8Array({ maxLength: 300 }), boolean(), (bytes, signed) => {
      const input = signed ? Buffer.concat([signature, bytes]) : Buffer.from(bytes);
      const header = readProxyHeader(input);
      if (header.state === "read") assert.ok(header.length <= input.length);
    }),
  );
});
