// Bytes → the HTTP/2 codec, and bytes → a running proxy from both sides. Usage: fuzz/http2.ts [SECONDS] [SEED]
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { encodeScheme, encodeStatus } from "../src/wire/hpack/encoder.ts";
import { encodeRequest } from "../src/wire/http2/encode.ts";
import { maxStreams } from "../src/wire/http2/limits.ts";
import { Side } from "../src/wire/http2/testing.ts";
import {
  type Field,
  flag,
  frame,
  headers,
  preface,
  request,
  settings,
  type,
} from "../test/blackbox/kit/http2-frames.ts";
import { backend, route, rule } from "../test/blackbox/kit/program.ts";
import { patience, runFuzzer } from "./harness.ts";
import type { Random } from "./random.ts";

/** Frames that have to do with each other, for streams that are used again and again. */
const streams = [1, 3, 5, 7, 2, 0, 0x7fff_ffff];

const requests: readonly (readonly Field[])[] = [
  request("GET", "/"),
  request("POST", "/", ["content-length", "5"]),
  request("HEAD", "/a?b"),
  [...request("CONNECT", "/"), [":protocol", "websocket"]],
  request("POST", "/", ["content-type", "application/grpc"], ["te", "trailers"]),
  request("OPTIONS", "*"),
  [["x-trailer", "1"]],
  request("GET", "/", ["x", "y\r\nz: w"], ["Connection", "close"]),
];

const responses: readonly (readonly Field[])[] = [
  [[":status", "200"]],
  [
    [":status", "200"],
    ["content-length", "5"],
  ],
  [[":status", "204"]],
  [
    [":status", "304"],
    ["content-length", "5"],
  ],
  [
    [":status", "103"],
    ["link", "x"],
  ],
  [[":status", "101"]],
  [["grpc-status", "0"]],
];

function randomFrame(random: Random, heads: readonly (readonly Field[])[]): Buffer {
  const stream = random.pick(streams);
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return headers(stream, random.pick(heads), random.below(2) * flag.endStream);
    case 3:
    case 4:
      return frame(
        type.data,
        random.below(2) * flag.endStream,
        stream,
        "x".repeat(random.below(3) * 2500 + 5),
      );
    case 5:
      return frame(type.window, 0, random.pick([0, stream]), Buffer.from([0, 0, random.below(256), 1]));
    case 6:
      return frame(type.reset, 0, stream, Buffer.from([0, 0, 0, random.below(14)]));
    case 7:
      return settings([random.below(9), random.pick([0, 1, 100, 65_535, 2 ** 31 - 1])]);
    case 8:
      return frame(
        type.continuation,
        random.below(2) * flag.endHeaders,
        stream,
        headers(1, random.pick(heads)).subarray(9),
      );
    case 9:
      return frame(type.ping, random.below(2), 0, "12345678");
    case 10:
      return frame(type.goaway, 0, 0, Buffer.from([0, 0, 0, random.below(8), 0, 0, 0, 0]));
    default: {
      const payload = Buffer.from(Array.from({ length: random.below(20) }, () => random.below(256)));
      return frame(random.below(12), random.below(256), stream, payload);
    }
  }
}

/** Some frames behind a sound beginning, spoilt in a few places or in none. */
function conversation(random: Random, side: "client" | "server"): Buffer {
  const heads = side === "client" ? requests : responses;
  const frames = Array.from({ length: 1 + random.below(20) }, () => randomFrame(random, heads));
  const bytes = Buffer.concat([side === "client" ? preface : Buffer.alloc(0), settings(), ...frames]);
  if (random.below(2) === 0) return bytes;
  for (let count = random.below(3); count > 0; count--) bytes[random.below(bytes.length)] = random.below(256);
  return bytes.subarray(0, random.below(4) === 0 ? random.below(bytes.length) : bytes.length);
}

function cutsOf(random: Random, length: number): readonly number[] {
  const cuts = Array.from({ length: random.below(5) }, () => random.below(length + 1));
  return [...cuts.sort((a, b) => a - b), length];
}

const post = encodeScheme("http") + encodeRequest("POST / HTTP/1.1\r\nHost: a\r\n\r\n");
const ok = encodeStatus(200);

/** What a session says of bytes that come in these parts: two ways of cutting must not make a difference. */
function readCut(bytes: Buffer, cuts: readonly number[], role: "client" | "server"): string {
  const side = new Side(role);
  const asked = role === "client" ? [1, 2, 3].map(() => side.open()) : [];
  for (const { stream } of asked) stream!.sendHead(post, true);
  let start = 0;
  for (const end of cuts) {
    side.read(bytes.subarray(start, end));
    start = end;
  }
  const { session } = side;
  assert.ok(session.streams.size <= maxStreams && session.receiveWindow >= 0);
  const said = [...asked, ...side.requests].map(({ heads, body, trailers, ended, reset }) =>
    // Of a body that is refused, more or less may have been handed on.
    [heads, reset === undefined ? body : "", trailers, ended, reset]
      .join()
      .replaceAll(/sec-websocket-key: \S+/g, ""),
  );
  for (const { stream } of side.requests) {
    if (stream!.closed || stream!.localEnded) continue;
    stream!.sendHead(ok, false);
    stream!.sendText("answer", true);
  }
  side.take();
  session.failStreams(0);
  assert.equal(session.streams.size + session.blocked.size, 0);
  return JSON.stringify([said, side.fault?.message]);
}

function fuzzCodec(random: Random): void {
  const role = random.pick(["client", "server"] as const);
  const bytes = conversation(random, role === "server" ? "client" : "server");
  const cuts = cutsOf(random, bytes.length);
  assert.equal(readCut(bytes, cuts, role), readCut(bytes, [bytes.length], role), bytes.toString("hex"));
}

async function sendInParts(socket: Socket, random: Random, bytes: Buffer): Promise<void> {
  let start = 0;
  for (const end of cutsOf(random, bytes.length)) {
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
      else
        void sendInParts(socket, random, conversation(random, "server")).then(() => {
          if (dice === 2) socket.end();
        });
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return (server.address() as AddressInfo).port;
}

/** One client that says what it wants and leaves in one of several ways. The proxy must let go of it. */
async function fuzzProxy(random: Random, port: number): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const bytes = conversation(random, "client");
  let late: NodeJS.Timeout | undefined;
  try {
    socket.on("error", () => undefined);
    if (random.below(10) > 0) socket.resume();
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    const hung = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Error(`hangs after ${bytes.toString("hex")}`)), patience);
    });
    await sendInParts(socket, random, bytes);
    if (random.below(4) === 0) socket.resetAndDestroy();
    else socket.resume().end();
    await Promise.race([closed, hung]);
  } finally {
    clearTimeout(late);
    socket.destroy();
  }
}

await runFuzzer({
  name: "http2",
  fuzzCodec,
  startBackend,
  program: (endpoint) => ({
    routes: [route([rule("/a", "one", { requestTimeout: 500 }), rule("/", "two", { requestTimeout: 500 })])],
    backends: [backend("one", endpoint), { ...backend("two", endpoint), protocol: "HTTP2" }],
  }),
  fuzzProxy,
});
