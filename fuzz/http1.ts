// Bytes → the HTTP/1 codec, and bytes → a running proxy from both sides. Usage: fuzz/http1.ts [SECONDS] [SEED]
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { ChunkedDecoder } from "../src/wire/http1/chunked.ts";
import { Framing } from "../src/wire/http1/framing.ts";
import { HeadReader } from "../src/wire/http1/head-reader.ts";
import { Head } from "../src/wire/http1/head.ts";
import { Target } from "../src/wire/http1/target.ts";
import { backend, route, rule } from "../test/blackbox/kit/program.ts";
import { mutate } from "./mutate.ts";
import { patience, runFuzzer } from "./harness.ts";
import type { Random } from "./random.ts";

const requestCorpus = [
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "HEAD /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
  "GET /missing HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
  "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
  'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;a="b"\r\nabc\r\n00\r\n\r\n',
  "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
  "GET http://a/b HTTP/1.1\r\nHost: c\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
];

const responseCorpus = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
  "HTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
  "HTTP/1.0 200 OK\r\n\r\nuntil close",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nbytes",
  "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1000000\r\n\r\n" + "x".repeat(100_000),
];

/** What the codec says of bytes that come in these parts: two ways of cutting must not make a difference. */
function readCut(bytes: Buffer, cuts: readonly number[], isRequest: boolean): string {
  const reader = new HeadReader();
  const said: unknown[] = [];
  let start = 0;
  for (const end of [...cuts, bytes.length]) {
    const fault = reader.read(bytes, start, end);
    if (fault !== undefined) return `refused before its end`;
    if (reader.complete) break;
    start = end;
  }
  if (!reader.complete) return "incomplete";
  const head = new Head();
  const framing = new Framing();
  const fault = isRequest
    ? (head.parseRequest(reader.text, reader.length, reader.bytes, reader.start) ??
      framing.request(head) ??
      new Target().read(head))
    : (head.parseResponse(reader.text, reader.length, reader.bytes, reader.start) ??
      framing.response(head, "GET"));
  // A line without CR is found by either, whichever sees it first.
  if (fault !== undefined) return `refused before its end`;
  for (let i = 0; i < head.fieldCount; i++) said.push(head.name(i), head.value(i));
  return JSON.stringify([said, framing.body, framing.persistent, reader.consumed]);
}

function decodeCut(bytes: Buffer, cuts: readonly number[], output: "framed" | "plain"): string {
  const decoder = new ChunkedDecoder();
  decoder.start(output);
  let out = "";
  let start = 0;
  const sink = {
    onChunk: (buffer: Uint8Array, from: number, to: number) => {
      out += Buffer.from(buffer.subarray(from, to)).toString("latin1");
    },
  };
  for (const end of [...cuts, bytes.length]) {
    const fault = decoder.read(bytes, start, end, sink);
    assert.ok(decoder.consumed >= start && decoder.consumed <= end);
    if (fault !== undefined) return fault.code;
    if (decoder.done) return JSON.stringify([out, decoder.consumed]);
    start = end;
  }
  return `incomplete ${out}`;
}

function fuzzCodec(random: Random): void {
  const isRequest = random.below(2) === 0;
  const text = mutate(random, isRequest ? requestCorpus : responseCorpus);
  const bytes = Buffer.from(text, "latin1");
  const cuts = cutsOf(random, bytes.length);
  assert.equal(
    readCut(bytes, cuts, isRequest),
    readCut(bytes, [], isRequest),
    JSON.stringify({ text, cuts }),
  );
  const body = bytes.subarray(Math.max(0, text.indexOf("\r\n\r\n") + 4));
  for (const output of ["framed", "plain"] as const) {
    const parts = cutsOf(random, body.length);
    assert.equal(
      decodeCut(body, parts, output),
      decodeCut(body, [], output),
      JSON.stringify({ text, parts }),
    );
  }
}

function cutsOf(random: Random, length: number): readonly number[] {
  const cuts = Array.from({ length: random.below(4) }, () => random.below(length + 1));
  return cuts.sort((a, b) => a - b);
}

async function sendInParts(socket: Socket, random: Random, text: string): Promise<void> {
  const bytes = Buffer.from(text, "latin1");
  let start = 0;
  for (const end of [...cutsOf(random, bytes.length), bytes.length]) {
    if (socket.destroyed) return;
    socket.write(bytes.subarray(start, end));
    start = end;
    if (random.below(2) === 0) await new Promise(setImmediate);
  }
}

/** Answers whatever comes with whatever it likes. */
async function startBackend(random: Random): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.on("end", () => socket.end());
    socket.on("data", () => {
      const dice = random.below(12);
      if (dice === 0) socket.destroy();
      else if (dice === 1) socket.resetAndDestroy();
      else {
        const answer = dice < 6 ? random.pick(responseCorpus) : mutate(random, responseCorpus);
        void sendInParts(socket, random, answer).then(() => {
          if (dice === 2 || dice === 7) socket.end();
        });
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return (server.address() as AddressInfo).port;
}

/** One client that says what it wants and leaves in one of several ways. The proxy must let go of it. */
async function fuzzProxy(random: Random, port: number): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const text = mutate(random, requestCorpus);
  let late: NodeJS.Timeout | undefined;
  try {
    socket.on("error", () => undefined);
    if (random.below(10) > 0) socket.resume();
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    const hung = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Error(`hangs after ${JSON.stringify(text)}`)), patience);
    });
    await sendInParts(socket, random, text);
    if (random.below(4) === 0) socket.resetAndDestroy();
    else socket.resume().end();
    await Promise.race([closed, hung]);
  } finally {
    clearTimeout(late);
    socket.destroy();
  }
}

await runFuzzer({
  name: "http1",
  fuzzCodec,
  startBackend,
  program: (endpoint) => ({
    routes: [route([rule("/", "main", { requestTimeout: 500 })])],
    backends: [backend("main", endpoint)],
  }),
  fuzzProxy,
});
