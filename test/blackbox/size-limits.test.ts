import assert from "node:assert/strict";
import { test } from "node:test";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

function line(length: number): string {
  return `GET /${"a".repeat(length - "GET / HTTP/1.1\r\n".length)} HTTP/1.1\r\n`;
}

function headOf(length: number): string {
  const start = "GET / HTTP/1.1\r\nHost: a\r\nA: ";
  return `${start}${"b".repeat(length - start.length - 4)}\r\n\r\n`;
}

const cases: readonly (readonly [name: string, status: number, bytes: string])[] = [
  ["a request line of 8 KiB", 200, `${line(8192)}Host: a\r\n\r\n`],
  ["a request line of 8 KiB and a byte", 414, `${line(8193)}Host: a\r\n\r\n`],
  ["a request line without end", 414, `GET /${"a".repeat(9000)}`],
  ["a method without end", 414, "A".repeat(9000)],
  ["a head of 64 KiB", 200, headOf(65536)],
  ["a head of 64 KiB and a byte", 431, headOf(65537)],
  ["a head without end", 431, headOf(70_000).slice(0, -4)],
  ["a head of a megabyte", 431, headOf(1_000_000)],
  ["100 fields", 200, `GET / HTTP/1.1\r\nHost: a\r\n${"A: b\r\n".repeat(99)}\r\n`],
  ["101 fields", 431, `GET / HTTP/1.1\r\nHost: a\r\n${"A: b\r\n".repeat(100)}\r\n`],
  [
    "trailers of more than 8 KiB",
    431,
    `PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: ${"b".repeat(9000)}`,
  ],
  [
    "a chunk extension without end",
    400,
    `PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;${"b".repeat(9000)}`,
  ],
];

test("what is larger than the limits is refused, what is not is served", async (t) => {
  const backend = await RawBackend.answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  const scene = await Scene.start(t, backend);
  for (const [name, status, bytes] of cases) {
    await t.test(name, async () => {
      const client = await scene.connect();
      client.send(bytes);
      assert.equal((await client.readResponse()).status, status);
      const before = backend.received.length;
      if (status !== 200) await client.ended();
      assert.equal(backend.received.length, before);
      client.end();
    });
  }
});

test("a refused client still gets its answer when it has sent much more", async (t) => {
  const scene = await Scene.with(t, {});
  const client = await scene.connect();
  client.send(`GET / HTTP/1.1\nHost: a\r\n${"x".repeat(500_000)}`);
  assert.equal((await client.readResponse()).status, 400);
});
