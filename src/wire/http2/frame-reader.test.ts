import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { type ConnectionFault, faults } from "./fault.ts";
import { Flag, frameBytes, frameHeader, FrameType } from "./frame.ts";
import { FrameReader, type FrameSink } from "./frame-reader.ts";

/** What was said of the bytes, one line per frame. */
class Log implements FrameSink {
  readonly lines: string[] = [];
  private open = "";

  onFrame(type: number, flags: number, stream: number, length: number): ConnectionFault | undefined {
    this.open = `${type} ${flags} ${stream} ${length} `;
    return undefined;
  }

  onData(buffer: Buffer, start: number, end: number): ConnectionFault | undefined {
    assert.ok(end > start);
    this.open += buffer.toString("latin1", start, end);
    return undefined;
  }

  onDataEnd(): ConnectionFault | undefined {
    this.lines.push(this.open);
    return undefined;
  }

  onPayload(buffer: Buffer, start: number, end: number): ConnectionFault | undefined {
    this.lines.push(this.open + buffer.toString("latin1", start, end));
    return undefined;
  }
}

function frame(type: number, flags: number, stream: number, payload: string): string {
  return frameHeader(payload.length, type, flags, stream) + payload;
}

/** Reads the parts one after another, each in a buffer that is overwritten afterwards, as those of sockets are. */
function read(parts: readonly Buffer[]): { lines: readonly string[]; fault: ConnectionFault | undefined } {
  const log = new Log();
  const reader = new FrameReader(log);
  const shared = Buffer.alloc(64 * 1024);
  for (const part of parts) {
    part.copy(shared, 3);
    const fault = reader.read(shared, 3, 3 + part.length);
    shared.fill("!");
    if (fault !== undefined) return { lines: log.lines, fault };
  }
  return { lines: log.lines, fault: undefined };
}

const text =
  frame(FrameType.settings, 0, 0, "") +
  frame(FrameType.headers, 5, 1, "block") +
  frame(FrameType.data, 0, 1, "hello") +
  frame(FrameType.data, 0, 1, "") +
  frame(FrameType.data, Flag.padded, 1, "\x02padded\0\0") +
  frame(FrameType.data, Flag.padded, 1, "\x03\0\0\0") +
  frame(FrameType.data, Flag.padded | Flag.endStream, 0x7fff_ffff, "\0none") +
  frame(0x42, 0xff, 3, "unknown") +
  frame(FrameType.ping, 0, 0, "12345678");

const expected = [
  "4 0 0 0 ",
  "1 5 1 5 block",
  "0 0 1 5 hello",
  "0 0 1 0 ",
  "0 8 1 9 padded",
  "0 8 1 4 ",
  "0 9 2147483647 5 none",
  "66 255 3 7 unknown",
  "6 0 0 8 12345678",
];

test("frames are the same wherever reads cut them", () => {
  const bytes = Buffer.from(text, "latin1");
  assert.deepEqual(read([bytes]).lines, expected);
  assert.deepEqual(read(Array.from(bytes, (byte) => Buffer.from([byte]))).lines, expected);
  for (let cut = 0; cut <= bytes.length; cut++)
    assert.deepEqual(read([bytes.subarray(0, cut), bytes.subarray(cut)]).lines, expected, `cut at ${cut}`);
});

test("the reserved bit of a stream's number means nothing", () => {
  const bytes = Buffer.from(frame(FrameType.ping, 0, 0, "12345678"), "latin1");
  bytes[5] = 0x80;
  assert.deepEqual(read([bytes]).lines, ["6 0 0 8 12345678"]);
});

test("a frame is refused by its header, before its payload is there", () => {
  const cases: readonly (readonly [string, ConnectionFault | undefined])[] = [
    [frameHeader(frameBytes, FrameType.headers, 0, 1), undefined],
    [frameHeader(frameBytes + 1, FrameType.headers, 0, 1), faults.frameTooLarge],
    [frameHeader(0xff_ffff, 0x42, 0, 1), faults.frameTooLarge],
    [frameHeader(0, FrameType.data, Flag.padded, 1), faults.dataSize],
    [frameHeader(5, FrameType.data, Flag.padded, 1) + "\x05", faults.padding],
    [frameHeader(5, FrameType.data, Flag.padded, 1) + "\x04", undefined],
    [frameHeader(1, FrameType.data, Flag.padded, 1) + "\x01", faults.padding],
  ];
  for (const [bytes, fault] of cases) assert.equal(read([Buffer.from(bytes, "latin1")]).fault, fault);
});

test("nothing is read after the sink has stopped it", () => {
  const log = new Log();
  const reader = new FrameReader(log);
  log.onPayload = () => {
    reader.stopped = true;
    return undefined;
  };
  const ping = frame(FrameType.ping, 0, 0, "12345678");
  const bytes = Buffer.from(ping + frame(FrameType.data, 0, 1, "x"), "latin1");
  assert.equal(reader.read(bytes, 0, bytes.length), undefined);
  assert.deepEqual(log.lines, []);
});

test("any bytes cut anywhere are read alike", () => {
  const pieces = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.nat(10), fc.nat(255), fc.nat(9), fc.uint8Array({ maxLength: 40 }))
        .map(([type, flags, stream, payload]) =>
          Buffer.from(frame(type, flags, stream, Buffer.from(payload).toString("latin1")), "latin1"),
        ),
    ),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(pieces, fc.array(fc.nat(300), { maxLength: 6 }), (all, cuts) => {
      const bytes = Buffer.concat(all);
      const whole = read([bytes]);
      const edges = [
        0,
        ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b),
        bytes.length,
      ];
      const parts = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
      assert.deepEqual(read(parts), whole);
    }),
    { numRuns: 2000 },
  );
});
