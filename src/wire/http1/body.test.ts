import assert from "node:assert/strict";
import { test } from "node:test";
import { BodyReader } from "./body.ts";
import { faults } from "./fault.ts";
import { Body } from "./framing.ts";

class Sink {
  text = "";
  onChunk(buffer: Uint8Array, start: number, end: number): void {
    this.text += Buffer.from(buffer.subarray(start, end)).toString("latin1");
  }
}

test("a body by length ends after its last byte, wherever it is cut", () => {
  const buffer = Buffer.from("0123456789next");
  for (let cut = 0; cut <= buffer.length; cut++) {
    const reader = new BodyReader();
    const sink = new Sink();
    reader.start(10, "framed");
    assert.equal(reader.read(buffer, 0, cut, sink), undefined);
    assert.equal(reader.consumed, Math.min(cut, 10));
    assert.equal(reader.done, cut >= 10);
    if (!reader.done) reader.read(buffer, cut, buffer.length, sink);
    assert.equal(reader.done, true);
    assert.equal(reader.consumed, 10);
    assert.equal(sink.text, "0123456789");
  }
});

test("no body and an empty body take nothing", () => {
  for (const body of [Body.none, 0]) {
    const reader = new BodyReader();
    const sink = new Sink();
    reader.start(body, "framed");
    assert.equal(reader.done, true);
    reader.read(Buffer.from("next"), 2, 4, sink);
    assert.equal(reader.consumed, 2);
    assert.equal(sink.text, "");
  }
});

test("a body until close takes everything and is never done", () => {
  const reader = new BodyReader();
  const sink = new Sink();
  reader.start(Body.untilClose, "framed");
  assert.equal(reader.endsWithConnection, true);
  reader.read(Buffer.from("abc"), 0, 3, sink);
  reader.read(Buffer.from("abc"), 1, 1, sink);
  reader.read(Buffer.from("def"), 1, 3, sink);
  assert.equal(reader.done, false);
  assert.equal(reader.consumed, 3);
  assert.equal(sink.text, "abcef");
});

test("a chunked body ends with its trailers; a fault is passed on", () => {
  const reader = new BodyReader();
  const sink = new Sink();
  const buffer = Buffer.from("1\r\na\r\n0\r\n\r\nnext");
  reader.start(Body.chunked, "plain");
  assert.equal(reader.endsWithConnection, false);
  assert.equal(reader.read(buffer, 0, 3, sink), undefined);
  assert.equal(reader.done, false);
  reader.read(buffer, 3, buffer.length, sink);
  assert.equal(reader.done, true);
  assert.equal(reader.consumed, buffer.length - 4);
  assert.equal(sink.text, "a");
  reader.start(Body.chunked, "framed");
  assert.equal(reader.read(Buffer.from("x"), 0, 1, sink), faults.chunkSize);
});
