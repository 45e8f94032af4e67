import assert from "node:assert/strict";
import { test } from "node:test";
import { faults } from "./fault.ts";
import { HeadReader } from "./head-reader.ts";

const head = "POST /a HTTP/1.1\r\nHost: x\r\nA: \xff\r\n\r\n";
const all = Buffer.from(`${head}body\r\n\r\n`, "latin1");

function bytesOf({ bytes, start, length }: HeadReader): string {
  return bytes.toString("latin1", start, start + length);
}

test("a head is found in one read, and what follows it is left", () => {
  const reader = new HeadReader();
  assert.equal(reader.started, false);
  const buffer = Buffer.concat([Buffer.from("??"), all]);
  assert.equal(reader.read(buffer, 2, buffer.length), undefined);
  assert.equal(reader.complete, true);
  assert.equal(reader.text.slice(0, reader.length), head);
  assert.equal(bytesOf(reader), head);
  assert.equal(reader.consumed, 2 + head.length);
});

test("a head is found however it is cut into two reads", () => {
  for (let cut = 1; cut < head.length; cut++) {
    const reader = new HeadReader();
    assert.equal(reader.read(all, 0, cut), undefined);
    assert.equal(reader.complete, false, `cut at ${cut}`);
    assert.equal(reader.consumed, cut);
    assert.equal(reader.read(all, cut, all.length), undefined);
    assert.equal(reader.complete, true, `cut at ${cut}`);
    assert.equal(reader.text.slice(0, reader.length), head);
    assert.equal(bytesOf(reader), head);
    assert.equal(reader.consumed, head.length);
  }
});

test("the bytes of a head that came in two buffers are whole", () => {
  const reader = new HeadReader();
  reader.read(all, 0, 20);
  const rest = Buffer.from(all.subarray(20));
  assert.equal(reader.read(rest, 0, rest.length), undefined);
  assert.equal(bytesOf(reader), head);
});

test("a head is found byte by byte, and the next one after it", () => {
  const reader = new HeadReader();
  for (let round = 0; round < 2; round++) {
    for (let at = 0; at < head.length; at++) {
      assert.equal(reader.complete, false);
      assert.equal(reader.read(all, at, at + 1), undefined);
    }
    assert.equal(reader.complete, true);
    assert.equal(reader.text.slice(0, reader.length), head);
    assert.equal(bytesOf(reader), head);
    reader.reset();
  }
});

test("a head longer than the first look is found", () => {
  for (const size of [4000, 4092, 4096, 5000, 60_000]) {
    const long = Buffer.from(`GET / HTTP/1.1\r\nA: ${"a".repeat(size)}\r\n\r\nrest`);
    const reader = new HeadReader();
    assert.equal(reader.read(long, 0, long.length), undefined);
    assert.equal(reader.complete, true);
    assert.equal(reader.consumed, long.length - 4);
  }
});

test("an empty line before a request is no start of one", () => {
  const reader = new HeadReader();
  assert.equal(reader.read(Buffer.from("\r\n"), 0, 2), undefined);
  assert.equal(reader.started, false);
  assert.equal(reader.complete, false);
  reader.read(all, 0, all.length);
  assert.equal(reader.complete, true);
});

test("a bare LF is refused before the head is complete", () => {
  for (const text of [
    "\n",
    "GET / HTTP/1.1\n",
    "GET / HTTP/1.1\r\nHost: a\n",
    "GET / HTTP/1.1\r\nHost: a\n\n",
  ]) {
    for (let cut = 0; cut < text.length; cut++) {
      const buffer = Buffer.from(text);
      const reader = new HeadReader();
      const first = cut === 0 ? undefined : reader.read(buffer, 0, cut);
      assert.equal(first ?? reader.read(buffer, cut, text.length), faults.bareLineFeed, JSON.stringify(text));
    }
  }
});

test("what can become no head any more is refused before its end", () => {
  const line = new HeadReader();
  assert.equal(line.read(Buffer.alloc(8192, "a"), 0, 8192), undefined);
  assert.equal(line.read(Buffer.from("a"), 0, 1), faults.lineTooLong);

  const fields = Buffer.from(`GET / HTTP/1.1\r\nA: ${"a".repeat(70_000)}`);
  const reader = new HeadReader();
  assert.equal(reader.read(fields, 0, 60_000), undefined);
  assert.equal(reader.read(fields, 60_000, fields.length), faults.headTooLarge);
  assert.equal(new HeadReader().read(fields, 0, fields.length), faults.headTooLarge);
});
