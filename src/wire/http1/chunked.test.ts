import assert from "node:assert/strict";
import { test } from "node:test";
import { ChunkedDecoder } from "./chunked.ts";
import { type Fault, faults } from "./fault.ts";

interface Outcome {
  readonly out: string;
  readonly fault: Fault | undefined;
  readonly done: boolean;
  readonly consumed: number;
}

/** Reads the text in parts that end at the cuts. */
function decode(text: string, output: "framed" | "plain", ...cuts: readonly number[]): Outcome {
  const decoder = new ChunkedDecoder();
  decoder.start(output);
  const buffer = Buffer.from(text, "latin1");
  let out = "";
  const sink = {
    onChunk: (bytes: Uint8Array, start: number, end: number) => {
      assert.ok(end > start, "nothing is handed on that is empty");
      out += Buffer.from(bytes.subarray(start, end)).toString("latin1");
    },
  };
  let start = 0;
  for (const end of [...cuts, buffer.length]) {
    const fault = decoder.read(buffer, start, end, sink);
    if (fault !== undefined || decoder.done) {
      return { out, fault, done: decoder.done, consumed: decoder.consumed };
    }
    assert.equal(decoder.consumed, end);
    start = end;
  }
  return { out, fault: undefined, done: false, consumed: decoder.consumed };
}

const body =
  '5\r\nhello\r\n0010;a="b;c"\r\n0123456789abcdef\r\nB;x\r\n\r\n\0\xff\n\r\n0\r\n\r\r\n0;last\r\nA: b\r\nCc:\t\xe9 \r\n\r\n';
const framed =
  "5\r\nhello\r\n0010\r\n0123456789abcdef\r\nB\r\n\r\n\0\xff\n\r\n0\r\n\r\r\n0\r\nA: b\r\nCc:\t\xe9 \r\n\r\n";
const plain = "hello0123456789abcdef\r\n\0\xff\n\r\n0\r\n\r";
const next = "GET / HTTP/1.1\r\n\r\n";

test("a body is passed on framed without its extensions, wherever it is cut", () => {
  for (let cut = 0; cut <= body.length; cut++) {
    const outcome = decode(body + next, "framed", cut);
    assert.deepEqual(
      outcome,
      { out: framed, fault: undefined, done: true, consumed: body.length },
      `cut ${cut}`,
    );
  }
  const everywhere = Array.from({ length: body.length }, (_, index) => index);
  assert.equal(decode(body, "framed", ...everywhere).out, framed);
});

test("a body is passed on plain, wherever it is cut", () => {
  for (let cut = 0; cut <= body.length; cut++) {
    const outcome = decode(body + next, "plain", cut);
    assert.deepEqual(
      outcome,
      { out: plain, fault: undefined, done: true, consumed: body.length },
      `cut ${cut}`,
    );
  }
});

test("a decoder is used again, also after a body that was broken off", () => {
  const decoder = new ChunkedDecoder();
  for (const text of ["0\r\n\r\n", "5\r\nab", "3;x", "1\r\na\r\n0\r\nA: b", "0\r\n\r\n"]) {
    let out = "";
    decoder.start("framed");
    const buffer = Buffer.from(text);
    decoder.read(buffer, 0, buffer.length, {
      onChunk: (bytes, start, end) => {
        out += Buffer.from(bytes.subarray(start, end)).toString();
      },
    });
    assert.equal(out, text.replace(/;x$/, ""));
  }
  assert.equal(decoder.done, true);
});

const refused: readonly (readonly [text: string, fault: Fault])[] = [
  ["\r\n", faults.chunkSize],
  [";a\r\n", faults.chunkSize],
  [" 1\r\n", faults.chunkSize],
  ["1 \r\n", faults.chunkSize],
  ["1 ;a\r\n", faults.chunkSize],
  ["+1\r\n", faults.chunkSize],
  ["-1\r\n", faults.chunkSize],
  ["0x1\r\n", faults.chunkSize],
  ["1_0\r\n", faults.chunkSize],
  ["g\r\n", faults.chunkSize],
  ["1\n", faults.chunkSize],
  ["1\ra", faults.chunkSize],
  ["1\r\r\n", faults.chunkSize],
  ["1\0\r\n", faults.chunkSize],
  ["1234567890123", faults.chunkSize],
  ["fffffffffffffffff\r\n", faults.chunkSize],
  ["00000000000000000", faults.chunkSize],
  ["1;a\n", faults.chunkExtension],
  ["1;\r\n", faults.chunkExtension],
  ["1;;a\r\n", faults.chunkExtension],
  ["1;=a\r\n", faults.chunkExtension],
  ["1;a=\r\n", faults.chunkExtension],
  ["1;a=b=c\r\n", faults.chunkExtension],
  ["1; a\r\n", faults.chunkExtension],
  ["1;a =b\r\n", faults.chunkExtension],
  ['1;a="b\r\n', faults.chunkExtension],
  ['1;a="b"c\r\n', faults.chunkExtension],
  ['1;a="\\"\r\n', faults.chunkExtension],
  ['1;a="\0"\r\n', faults.chunkExtension],
  ["1;a\0", faults.chunkExtension],
  [`1;${"a".repeat(257)}`, faults.chunkExtension],
  ["1;a\rb", faults.chunkSize],
  ["1\r\nab", faults.chunkEnd],
  ["1\r\na\n", faults.chunkEnd],
  ["1\r\na\rb", faults.chunkEnd],
  ["1\r\na0\r\n", faults.chunkEnd],
  ["0\r\n\n", faults.trailer],
  ["0\r\n\ra", faults.trailer],
  ["0\r\n A: b\r\n", faults.trailer],
  ["0\r\nA : b\r\n", faults.trailer],
  ["0\r\nA\r\n", faults.trailer],
  ["0\r\n: b\r\n", faults.trailer],
  ["0\r\nA: b\n", faults.trailer],
  ["0\r\nA: b\rC", faults.trailer],
  ["0\r\nA: \0\r\n", faults.trailer],
  ["0\r\nA: b\r\n c\r\n", faults.trailer],
  ["0\r\nContent-Length: 5\r\n", faults.trailer],
  ["0\r\ntransfer-ENCODING: chunked\r\n", faults.trailer],
  ["0\r\nHost: a\r\n", faults.trailer],
  ["0\r\nConnection: a\r\n", faults.trailer],
  [`0\r\nA: ${"b".repeat(8200)}`, faults.trailersTooLarge],
  [`0\r\n${"A: b\r\n".repeat(2000)}`, faults.trailersTooLarge],
];

for (const [text, fault] of refused) {
  test(`refused wherever it is cut: ${JSON.stringify(text.slice(0, 40))}`, () => {
    for (const output of ["framed", "plain"] as const) {
      const step = Math.max(1, Math.floor(text.length / 50));
      for (let cut = 0; cut <= text.length; cut += step) {
        const outcome = decode(text, output, cut);
        assert.equal(outcome.fault, fault, `cut ${cut}`);
        assert.equal(outcome.done, false);
      }
    }
  });
}

test("sizes, extensions and trailers at their limits pass", () => {
  assert.equal(decode("ffffffffffff\r\na", "framed").fault, undefined);
  assert.equal(decode(`${"0".repeat(16)}\r\n\r\n`, "framed").done, true);
  assert.equal(decode(`1;${"a".repeat(255)}\r\nx\r\n0\r\n\r\n`, "plain").out, "x");
  const long = `0\r\n${"a".repeat(60)}: b\r\n\r\n`;
  assert.equal(decode(long, "framed").out, long);
});
