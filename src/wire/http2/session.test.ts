import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeScheme, encodeStatus } from "../hpack/encoder.ts";
import { encodeLines, encodeRequest } from "./encode.ts";
import { ErrorCode, faults, floods } from "./fault.ts";
import {
  defaultWindow,
  Flag,
  frameHeader,
  FrameType,
  goawayFrame,
  headersFrames,
  resetFrame,
  Setting,
  settingsFrame,
  windowUpdateFrame,
} from "./frame.ts";
import { connectionWindow, streamWindow } from "./limits.ts";
import { settle, Side } from "./testing.ts";

const get = encodeScheme("http") + encodeRequest("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
const post = encodeScheme("http") + encodeRequest("POST /a HTTP/1.1\r\nHost: a\r\n\r\n");
const ok = encodeStatus(200);

function pair(): { client: Side; server: Side } {
  const client = new Side("client");
  const server = new Side("server");
  settle(client, server);
  return { client, server };
}

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

function data(stream: number, text: string, flags = 0): Buffer {
  return latin1(frameHeader(text.length, FrameType.data, flags, stream) + text);
}

test("a request and its answer, with bodies and trailers", () => {
  const { client, server } = pair();
  const asked = client.open();
  asked.stream!.sendHead(post, false);
  asked.stream!.sendText("hello", false);
  asked.stream!.end(encodeLines("X-Sum: 5\r\n"));
  settle(client, server);
  const [request] = server.requests;
  assert.equal(request!.heads[0], "0 POST /a HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
  assert.equal(request!.body, "hello");
  assert.equal(request!.trailers, "x-sum: 5\r\n");
  assert.ok(request!.ended);
  request!.stream!.sendHead(encodeStatus(103), false);
  request!.stream!.sendHead(ok + encodeLines("Content-Length: 2\r\n"), false);
  request!.stream!.sendText("hi", true);
  settle(client, server);
  assert.deepEqual(asked.heads, ["HTTP/1.1 103 \r\n\r\n", "HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\n"]);
  assert.equal(asked.body, "hi");
  assert.ok(asked.ended);
  for (const side of [client, server]) {
    assert.equal(side.session.streams.size, 0);
    assert.equal(side.closed, 1);
    assert.equal(side.fault, undefined);
  }
});

test("bytes that wait for a window leave when it grows, small pieces in one frame", () => {
  const { client } = pair();
  const asked = client.open();
  asked.stream!.sendHead(post, false);
  asked.stream!.sendData(Buffer.alloc(defaultWindow, "a"), 0, defaultWindow, false);
  for (let piece = 0; piece < 1000; piece++) asked.stream!.sendText("b", false);
  asked.stream!.end();
  assert.equal(asked.stream!.waiting, 1000);
  assert.equal(asked.stream!.localEnded, false);
  client.take();
  client.read(latin1(windowUpdateFrame(1, 600)));
  assert.equal(client.take().length, 609);
  client.read(latin1(windowUpdateFrame(1, 600)));
  const rest = client.take();
  assert.deepEqual(rest, data(1, "b".repeat(400), Flag.endStream));
  assert.equal(asked.stream!.waiting, 0);
  assert.equal(asked.drains, 1, "who waits for the end is told of it");
  assert.equal(client.session.blocked.size, 0);
});

test("trailers wait for the body that waits", () => {
  const { client } = pair();
  const asked = client.open();
  asked.stream!.sendHead(post, false);
  asked.stream!.sendData(Buffer.alloc(defaultWindow + 1), 0, defaultWindow + 1, false);
  asked.stream!.end(encodeLines("X-Sum: 5\r\n"));
  client.take();
  client.read(latin1(windowUpdateFrame(1, 1)));
  const sent = client.take();
  assert.deepEqual(sent.subarray(0, 10), data(1, "\0"));
  assert.equal(sent[13], FrameType.headers);
  assert.equal(sent[14], Flag.endHeaders | Flag.endStream);
});

test("a window that SETTINGS make negative has to grow above zero", () => {
  const { client } = pair();
  const asked = client.open();
  asked.stream!.sendHead(post, false);
  asked.stream!.sendText("x".repeat(1000), false);
  client.take();
  client.read(latin1(settingsFrame([[Setting.initialWindowSize, 10]])));
  assert.equal(asked.stream!.sendWindow, -990);
  asked.stream!.sendText("y", false);
  client.read(latin1(windowUpdateFrame(1, 990)));
  client.take();
  assert.equal(asked.stream!.waiting, 1);
  client.read(latin1(windowUpdateFrame(1, 1)));
  assert.deepEqual(client.take(), data(1, "y"));
  // The end of a stream takes no window.
  asked.stream!.sendText("", true);
  assert.deepEqual(client.take(), data(1, "", Flag.endStream));
});

test("a window above 2^31-1 ends the stream, or the connection", () => {
  const { client } = pair();
  const asked = client.open();
  asked.stream!.sendHead(get, true);
  client.read(latin1(windowUpdateFrame(1, 2 ** 31 - 1)));
  assert.equal(asked.reset, ErrorCode.flowControl);
  const second = client.open();
  second.stream!.sendHead(get, true);
  client.read(latin1(windowUpdateFrame(3, 1)));
  assert.equal(client.fault, undefined);
  client.read(latin1(settingsFrame([[Setting.initialWindowSize, 2 ** 31 - 1]])));
  assert.equal(client.fault, faults.windowOverflow);
  const other = pair().client;
  assert.equal(other.read(latin1(windowUpdateFrame(0, 2 ** 31 - 1))), faults.windowOverflow);
});

test("an output that takes nothing more holds streams up, each gets its turn later", () => {
  const { client } = pair();
  client.read(latin1(windowUpdateFrame(0, 1_000_000)));
  const streams = [client.open(), client.open()];
  for (const { stream } of streams) stream!.sendHead(post, false);
  client.take();
  client.congested = true;
  for (const { stream } of streams) stream!.sendText("x", false);
  assert.equal(client.take().length, 0);
  client.congested = false;
  client.session.flushBlocked();
  assert.deepEqual(client.take(), Buffer.concat([data(1, "x"), data(3, "x")]));
  assert.deepEqual(
    streams.map(({ drains }) => drains),
    [1, 1],
  );
});

test("every byte that came is credited to the connection, whatever becomes of its stream", () => {
  const { client, server } = pair();
  for (let stream = 1; stream < 200; stream += 2) {
    server.read(latin1(headersFrames(stream, post, false)));
    server.requests.at(-1)!.credits = stream % 4 === 1;
    server.read(data(stream, "x".repeat(16_000)));
    server.take();
    if (stream % 4 === 3) server.requests.at(-1)!.stream!.reset(ErrorCode.cancel);
    server.read(data(stream, "x".repeat(100)));
    if (stream % 4 === 1) server.read(latin1(resetFrame(stream, ErrorCode.cancel)));
  }
  assert.equal(server.fault, undefined);
  assert.equal(server.session.streams.size, 0);
  assert.ok(server.session.receiveWindow > connectionWindow / 2);
  assert.equal(client.fault, undefined);
});

test("more than the window of a stream resets it, more than that of the connection ends it", () => {
  const { server } = pair();
  server.read(latin1(headersFrames(1, post, false)));
  server.requests[0]!.credits = false;
  for (let sent = 0; sent + 16_000 < streamWindow; sent += 16_000) server.read(data(1, "x".repeat(16_000)));
  server.read(data(1, "x".repeat(16_000)));
  assert.equal(server.requests[0]!.reset, ErrorCode.flowControl);
  for (let stream = 3; server.fault === undefined && stream < 255; stream += 2) {
    server.read(latin1(headersFrames(stream, post, false)));
    const last = server.requests.at(-1)!;
    last.credits = false;
    for (let part = 0; part < 4; part++) server.read(data(stream, "x".repeat(16_000)));
  }
  assert.equal(server.fault, faults.windowExceeded);
});

test("a client reads on whatever comes for streams that it gave up", () => {
  const { client } = pair();
  const streams = Array.from({ length: 900 }, () => client.open());
  for (const { stream } of streams) stream!.sendHead(get, true);
  for (const { stream } of streams) stream!.reset(ErrorCode.cancel);
  assert.equal(client.session.streams.size, 0);
  for (const id of [1, 901, 1799]) {
    client.read(latin1(headersFrames(id, ok, false)));
    client.read(data(id, "late", Flag.endStream));
    client.read(latin1(resetFrame(id, ErrorCode.cancel)));
  }
  assert.equal(client.fault, undefined);
  client.read(data(1801, "x"));
  assert.equal(client.fault, faults.idle);
});

test("GOAWAY tells the streams that were not processed", () => {
  const { client } = pair();
  const streams = [client.open(), client.open(), client.open()];
  for (const { stream } of streams) stream!.sendHead(get, true);
  client.read(latin1(goawayFrame(3, ErrorCode.none, "")));
  assert.deepEqual(
    streams.map(({ unprocessed }) => unprocessed),
    [false, false, true],
  );
  assert.equal(client.session.hasRoom, false);
  client.read(latin1(headersFrames(3, ok, true)));
  assert.ok(streams[1]!.ended);
});

test("after GOAWAY a server lets late requests pass by, and its last stream stays what it said", () => {
  const { server } = pair();
  server.read(latin1(headersFrames(1, post, false)));
  server.session.end();
  server.take();
  server.read(latin1(headersFrames(3, post, false)));
  server.read(data(3, "late", Flag.endStream));
  assert.equal(server.fault, undefined);
  assert.equal(server.requests.length, 1);
  server.read(data(1, "on time"));
  assert.equal(server.requests[0]!.body, "on time");
  server.session.fail(floods.ping);
  assert.equal(server.take().readUInt32BE(9), 1);
});

test("WINDOW_UPDATE by 0 is an error of its stream, whether the answer has ended it already or not", () => {
  const { client, server } = pair();
  const asked = client.open();
  asked.stream!.sendHead(get, true);
  settle(client, server);
  server.requests[0]!.stream!.sendHead(ok, true);
  assert.equal(server.session.streams.size, 0);
  server.session.take();
  assert.equal(server.read(latin1(windowUpdateFrame(1, 0))), undefined);
  assert.equal(server.session.take(), resetFrame(1, ErrorCode.protocol));
});
