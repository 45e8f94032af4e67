import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import { test, type TestContext } from "node:test";
import type { Retry } from "../../src/program/program.ts";
import { Http2Backend, type Http2Request, readHttp2 } from "./kit/http2-backend.ts";
import { backend as backendOf, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** Serves requests in turn, each in its own way, the last one for ever. */
async function scripted(t: TestContext, ...ways: readonly Serve[]) {
  let count = 0;
  const backend = await Http2Backend.start(t, (stream, headers) => {
    ways[Math.min(count++, ways.length - 1)]!(stream, headers);
  });
  return { main: { ...backendOf("main", backend), protocol: "HTTP2" as const }, seen: () => count };
}

const refuse: Serve = (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM);

/** Answers when the request was read. */
function answer(status: number, requests: Http2Request[] = []): Serve {
  return (stream, headers) =>
    void readHttp2(stream, headers).then((request) => {
      requests.push(request);
      stream.respond({ ":status": status });
      stream.end("said");
    });
}

async function start(t: TestContext, main: Parameters<typeof Scene.with>[1], retry?: Partial<Retry>) {
  const policy = retry && { retry: { attempts: 1, codes: [503], backoff: 1, ...retry } };
  return Scene.with(t, { routes: [route([rule("/", "main", policy ?? {})])], ...main });
}

async function post(t: TestContext, scene: Scene, body: Buffer | string, fields: IncomingHttpHeaders = {}) {
  const session = connect(scene.origin);
  t.after(() => session.destroy());
  const stream = session.request(
    { ":method": "POST", ":path": "/", ...fields },
    {
      waitForTrailers: true,
    },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "x-t": "t" }));
  stream.end(body);
  const [head] = (await once(stream, "response")) as [IncomingHttpHeaders];
  stream.resume();
  if (!stream.readableEnded) await once(stream, "end");
  return head;
}

const body = Buffer.alloc(50_000, "0123456789");

for (const fields of [{}, { "content-length": String(body.length) }]) {
  test(`a body of HTTP/2 is sent again byte for byte, ${Object.keys(fields).join()}`, async (t) => {
    const requests: Http2Request[] = [];
    const { main } = await scripted(t, answer(503, requests), answer(200, requests));
    const head = await post(t, await start(t, { backends: [main] }, {}), body, fields);
    assert.equal(head[":status"], 200);
    assert.equal(requests.length, 2);
    for (const request of requests) {
      assert.ok(request.body.equals(body));
      assert.equal(request.trailers["x-t"], "t");
    }
    assert.deepEqual(requests[1]!.headers, requests[0]!.headers);
  });
}

test("a body of HTTP/2 is sent again to HTTP/1.1 byte for byte", async (t) => {
  const requests: unknown[] = [];
  const raw = await RawBackend.start(t, async (peer) => {
    for (;;) {
      requests.push(await peer.readRequest());
      peer.send(`HTTP/1.1 ${requests.length === 1 ? 503 : 200} So\r\nContent-Length: 0\r\n\r\n`);
    }
  });
  const head = await post(t, await start(t, { backends: [backendOf("main", raw)] }, {}), body);
  assert.equal(head[":status"], 200);
  assert.deepEqual(requests[1], requests[0]);
});

for (const [what, retry] of [
  ["without a policy", undefined],
  ["with one", { codes: [] }],
] as const) {
  test(`a refused stream is opened again, ${what}`, async (t) => {
    const { main, seen } = await scripted(t, refuse, answer(200));
    const scene = await start(t, { backends: [main] }, retry);
    const client = await scene.connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
    assert.equal((await client.readResponse()).status, 200);
    assert.equal(seen(), 2);
  });
}

test("a stream that is refused for ever is opened as often as there are attempts", async (t) => {
  for (const [attempts, tries] of [
    [0, 1],
    [2, 3],
  ] as const) {
    const { main, seen } = await scripted(t, refuse);
    const client = await (await start(t, { backends: [main] }, { attempts })).connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.equal((await client.readResponse()).status, 502);
    assert.equal(seen(), tries);
  }
});

test("a stream that is reset for another reason is not opened again", async (t) => {
  const { main, seen } = await scripted(t, (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  const client = await (await start(t, { backends: [main] }, { attempts: 3 })).connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal((await client.readResponse()).status, 502);
  assert.equal(seen(), 1);
});

test("an answer that is dropped resets no stream", async (t) => {
  const codes: number[] = [];
  const busy: Serve = (stream) => {
    stream.on("close", () => codes.push(stream.rstCode));
    stream.respond({ ":status": 503 });
    stream.write("bu");
    setImmediate(() => stream.end("sy"));
  };
  const { main } = await scripted(t, busy, busy, answer(200));
  const client = await (await start(t, { backends: [main] }, { attempts: 2, backoff: 50 })).connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal((await client.readResponse()).body.toString(), "said");
  assert.deepEqual(codes, [constants.NGHTTP2_NO_ERROR, constants.NGHTTP2_NO_ERROR]);
});

test("UNAVAILABLE of gRPC, said at once, is given another try; said after an answer began it is not", async (t) => {
  const unavailable: Serve = (stream) =>
    stream.respond({ ":status": 200, "grpc-status": "14" }, { endStream: true });
  const { main, seen } = await scripted(t, unavailable, answer(200));
  const head = await post(t, await start(t, { backends: [main] }, { codes: [] }), "m");
  assert.equal(head["grpc-status"], undefined);
  assert.equal(seen(), 2);
  const other = await scripted(t, (stream) =>
    stream.respond({ ":status": 200, "grpc-status": "13" }, { endStream: true }),
  );
  assert.equal((await post(t, await start(t, { backends: [other.main] }, {}), "m"))["grpc-status"], "13");
  assert.equal(other.seen(), 1);
});
