import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { AuthFilter } from "../../src/program/program.ts";
import {
  clientStallTimeout,
  maxAuthAnswerBytes,
  maxHeldBodies,
  maxPipelinedBytes,
  readBufferBytes,
} from "../../src/proxy/limits.ts";
import { HeldBody } from "../../src/proxy/serve/guard/held-body.ts";
import type { RequestBody } from "../../src/proxy/serve/http1/request-body.ts";
import { externalAuth } from "./kit/auth-server.ts";
import { Clock } from "./kit/clock.ts";
import { HttpBackend } from "./kit/http-backend.ts";
import { exchange, http2Backend, http2Client, reply } from "./kit/http2-scene.ts";
import { flag, frame, headers, request as fieldsOf, type } from "./kit/http2-frames.ts";
import { Http2Peer } from "./kit/http2-peer.ts";
import { Http2Backend, readHttp2 } from "./kit/http2-backend.ts";
import { field } from "./kit/message.ts";
import { backend, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const allowed = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const limit = 100_000;

async function start(
  t: TestContext,
  more: Partial<AuthFilter> = { maxBodyBytes: limit },
  auth?: RawBackend,
): Promise<{ scene: Scene; main: RawBackend; auth: RawBackend }> {
  const main = await RawBackend.answering(t, ok);
  const server = auth ?? (await RawBackend.answering(t, allowed));
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { filters: [externalAuth("HTTP", more)] })])],
    backends: [backend("main", main), backend("auth", server)],
  });
  return { scene, main, auth: server };
}

const chunked = "Transfer-Encoding: chunked\r\n\r\n";
const large = "y".repeat(limit);

for (const [what, rest, body, forwarded] of [
  ["no body", "\r\n", "", ""],
  ["an empty body", "Content-Length: 0\r\n\r\n", "", ""],
  ["a length", "Content-Length: 5\r\n\r\nhello", "hello", "hello"],
  ["the largest body", `Content-Length: ${limit}\r\n\r\n${large}`, large, large],
  ["chunks", `${chunked}2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`, "hello", "5\r\nhello\r\n0\r\n\r\n"],
  ["trailers", `${chunked}5\r\nhello\r\n0\r\nX-T: t\r\n\r\n`, "hello", "5\r\nhello\r\n0\r\nX-T: t\r\n\r\n"],
  ["no chunks", `${chunked}0\r\n\r\n`, "", "0\r\n\r\n"],
  ["a large chunk", `${chunked}186a0\r\n${large}\r\n0\r\n\r\n`, large, `186a0\r\n${large}\r\n0\r\n\r\n`],
] as const) {
  const request = `POST / HTTP/1.1\r\nHost: a\r\n${rest}`;
  const headEnd = request.indexOf("\r\n\r\n") + 4;
  for (const cut of new Set([request.length, headEnd, headEnd + 1, request.length - 3])) {
    test(`the server sees a request with ${what}, cut at ${cut}, and the backend gets the same`, async (t) => {
      const { scene, main, auth } = await start(t);
      const client = await scene.connect();
      const next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
      await client.sendInPieces([request.slice(0, cut), request.slice(cut) + next]);
      assert.equal((await client.readResponse()).status, 200);
      assert.equal((await client.readResponse()).status, 200);
      const asked = auth.received.slice(0, auth.received.indexOf("GET /next"));
      assert.equal(asked, `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      const got = main.received.slice(0, main.received.indexOf("GET /next"));
      assert.equal(got.slice(got.indexOf("\r\n\r\n") + 4), forwarded);
    });
  }
}

for (const [what, rest] of [
  ["a length", `Content-Length: ${limit + 1}\r\n\r\n`],
  ["a length, and the body", `Content-Length: ${limit + 1}\r\n\r\n${large}z`],
  ["one chunk", `${chunked}fffff\r\n${large}z`],
  ["many chunks", chunked + `3e8\r\n${"z".repeat(1000)}\r\n`.repeat(101)],
  ["a length, and asks first", `Expect: 100-continue\r\nContent-Length: ${limit + 1}\r\n\r\n`],
] as const) {
  test(`a body that is too large goes nowhere: ${what}`, async (t) => {
    const { scene, main, auth } = await start(t);
    const client = await scene.connect();
    client.send(`POST / HTTP/1.1\r\nHost: a\r\n${rest}`);
    const answer = await client.readResponse();
    assert.equal(answer.status, 413);
    assert.equal(field(answer, "connection"), "close");
    assert.equal(auth.connections.length + main.connections.length, 0);
  });
}

test("a malformed body goes nowhere", async (t) => {
  const { scene, main, auth } = await start(t);
  for (const pieces of [["zz\r\n"], ["2\r\nab", "cd\r\n"]]) {
    const client = await scene.connect();
    await client.sendInPieces([`POST / HTTP/1.1\r\nHost: a\r\n${chunked}`, ...pieces]);
    assert.equal((await client.readResponse()).status, 400);
    await client.ended();
  }
  assert.equal(auth.connections.length + main.connections.length, 0);
});

test("a client that asks before it sends its body is told to go on when the server wants to see it", async (t) => {
  const { scene, main } = await start(t);
  const client = await scene.connect();
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  assert.equal((await client.readResponse()).status, 100);
  client.send("ab");
  assert.equal((await client.readResponse()).status, 200);
  assert.match(main.received, /\r\n\r\nab$/);
  assert.doesNotMatch(main.received, /expect/i);
});

test("and by the backend when it does not", async (t) => {
  const main = await RawBackend.start(t);
  const auth = await RawBackend.answering(t, allowed);
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { filters: [externalAuth("HTTP")] })])],
    backends: [backend("main", main), backend("auth", auth)],
  });
  const client = await scene.connect();
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  const peer = await main.accept();
  await peer.takeUntil("\r\n\r\n");
  peer.send("HTTP/1.1 100 Continue\r\n\r\n");
  assert.equal((await client.readResponse()).status, 100);
  client.send("ab");
  assert.equal((await peer.take(2)).toString(), "ab");
  peer.send(ok);
  assert.equal((await client.readResponse()).status, 200);
});

/** The body of the one request on the one HTTP/1 connection there is. */
function bodyOf(scene: Scene): RequestBody | undefined {
  const [connection] = scene.proxy["context"].connections;
  return (connection as { body?: RequestBody } | undefined)?.body;
}

test("a client that does not send its body is answered with 408", async (t) => {
  const clock = new Clock(t);
  const { scene, auth } = await start(t);
  const client = await scene.connect();
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  while (bodyOf(scene)?.holds !== true) await new Promise(setImmediate);
  await clock.skip(clientStallTimeout + 1000);
  assert.equal((await client.readResponse()).status, 408);
  assert.equal(auth.connections.length, 0);
});

test("a client is not read far ahead while the answer is awaited", async (t) => {
  const auth = await RawBackend.start(t);
  let received = 0;
  const main = await HttpBackend.start(t, (request, response) => {
    request.on("data", (part: Buffer) => (received += part.length));
    request.on("end", () => response.end());
  });
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { filters: [externalAuth("HTTP")] })])],
    backends: [backend("main", main), backend("auth", auth)],
  });
  const client = await scene.connect();
  const size = 64 * 1024 * 1024;
  client.send(`PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  const asked = await auth.accept();
  await asked.readRequest();
  client.send(Buffer.alloc(size, "x"));
  while (bodyOf(scene)!["unread"].length <= maxPipelinedBytes) await new Promise(setImmediate);
  for (let i = 0; i < 100; i++) await new Promise(setImmediate);
  const kept = bodyOf(scene)!["unread"].length;
  assert.ok(kept <= maxPipelinedBytes + readBufferBytes, `${kept}`);
  asked.send(allowed);
  assert.equal((await client.readResponse()).status, 200);
  assert.equal(received, size);
});

test("bodies that are held have a limit for all together, which they leave when they go on or end", () => {
  const bodies: HeldBody[] = [];
  const part = Buffer.alloc(1024 * 1024);
  const hold = (): HeldBody => {
    const body = new HeldBody(maxHeldBodies * 2);
    body.onChunk(part, 0, part.length);
    return body;
  };
  for (let held = 0; held < maxHeldBodies; held += part.length) bodies.push(hold());
  assert.deepEqual([...new Set(bodies.map(({ refusal }) => refusal))], [0]);
  assert.equal(hold().refusal, 503);
  bodies.pop()!.release();
  const last = hold();
  assert.equal(last.refusal, 0);
  for (const body of [...bodies, last]) body.release();
});

test("no body is held any longer once its request was answered, refused, or given up", async (t) => {
  const auth = await RawBackend.start(t, async (peer) => {
    for (;;) {
      const { line } = await peer.readRequest();
      if (!line.includes("/never"))
        peer.send(line.includes("/no") ? "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" : allowed);
    }
  });
  const { scene } = await start(t, { maxBodyBytes: 10 }, auth);
  const client = await scene.connect();
  for (const [path, status] of [
    ["/yes", 200],
    ["/no", 403],
    ["/yes", 200],
  ] as const) {
    client.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello`);
    assert.equal((await client.readResponse()).status, status);
  }
  const session = await http2Client(t, scene);
  for (const [path, status] of [
    ["/yes", 200],
    ["/no", 403],
  ] as const)
    assert.equal((await exchange(session, { ":method": "POST", ":path": path }, "hello")).status, status);
  client.send(`POST / HTTP/1.1\r\nHost: a\r\n${chunked}9\r\n123456789\r\n2\r\nab\r\n`);
  assert.equal((await client.readResponse()).status, 413);
  const leaver = await scene.connect();
  leaver.send("POST /never HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
  while (!auth.received.includes("/never")) await new Promise(setImmediate);
  leaver.reset();
  await auth.connections[0]!.ended();
  const all = new HeldBody(maxHeldBodies);
  all.onChunk(Buffer.alloc(maxHeldBodies), 0, maxHeldBodies);
  assert.equal(all.refusal, 0);
  all.release();
});

test("over HTTP/2 the body is seen and goes on, with a length or without, trailers included", async (t) => {
  const seen: string[] = [];
  const main = await Http2Backend.start(t, (stream, fields) => {
    void readHttp2(stream, fields).then(({ body, trailers }) => {
      seen.push(`${body.toString()} ${String(trailers["x-t"])}`);
      stream.respond({ ":status": 200 });
      stream.end("ok");
    });
  });
  const auth = await RawBackend.answering(t, allowed);
  const framedMain = await RawBackend.answering(t, ok);
  const filters = [externalAuth("HTTP", { maxBodyBytes: limit })];
  const scene = await Scene.with(t, {
    routes: [route([rule("/h2", "main", { filters }), rule("/h1", "framed", { filters })])],
    backends: [http2Backend("main", main), backend("framed", framedMain), backend("auth", auth)],
  });
  const session = await http2Client(t, scene);
  for (const path of ["/h2", "/h1"]) {
    for (const body of ["hello", "", large]) {
      const stream = session.request({ ":method": "POST", ":path": path }, { waitForTrailers: true });
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-t": "t" }));
      stream.end(body);
      assert.equal((await reply(stream)).status, 200);
    }
    const answer = await exchange(session, { ":method": "PUT", ":path": path, "content-length": 3 }, "abc");
    assert.equal(answer.status, 200);
  }
  assert.deepEqual(seen, ["hello t", " t", `${large} t`, "abc undefined"]);
  const bodies = auth.received.split(
    /POST \/h[12] HTTP\/1.1\r\nHost: [^]*?\r\n\r\n|PUT \/h[12] HTTP\/1.1\r\nHost: [^]*?\r\n\r\n/,
  );
  assert.deepEqual(bodies.slice(1), ["hello", "", large, "abc", "hello", "", large, "abc"]);
  const framed = framedMain.received.split(/P[A-Z]+ \/h1 HTTP\/1.1\r\n[^]*?\r\n\r\n/).slice(1);
  const end = "0\r\nx-t: t\r\n\r\n";
  assert.deepEqual(
    framed.map((body) => body.replaceAll(/[0-9a-f]+\r\n(y+)\r\n/g, "$1")),
    [`5\r\nhello\r\n${end}`, end, `${large}${end}`, "abc"],
  );
});

test("over HTTP/2 a body that is too large is answered with 413, and nothing is asked", async (t) => {
  const { scene, main, auth } = await start(t, { maxBodyBytes: 20_000 });
  const client = await Http2Peer.connect(scene);
  client.send(headers(1, fieldsOf("POST", "/", ["content-length", "20001"])));
  assert.equal((await client.answer(1)).status, 413);
  client.send(headers(3, fieldsOf("POST", "/")));
  for (let i = 0; i < 3; i++) client.send(frame(type.data, 0, 3, Buffer.alloc(10_000)));
  assert.equal((await client.answer(3)).status, 413);
  assert.equal(auth.connections.length + main.connections.length, 0);
});

test("over HTTP/2 a client that asks first is told to go on, and its body may come byte by byte", async (t) => {
  const { scene, main, auth } = await start(t);
  const client = await Http2Peer.connect(scene);
  client.send(headers(1, fieldsOf("POST", "/", ["expect", "100-continue"])));
  assert.deepEqual((await client.find(type.headers, 1)).fields, [[":status", "100"]]);
  for (let i = 0; i < 1000; i++) client.send(frame(type.data, i === 999 ? flag.endStream : 0, 1, "x"));
  assert.equal((await client.answer(1)).status, 200);
  assert.ok(auth.received.endsWith(`\r\n\r\n${"x".repeat(1000)}`));
  assert.ok(main.received.endsWith(`\r\n\r\n3e8\r\n${"x".repeat(1000)}\r\n0\r\n\r\n`));
  assert.doesNotMatch(main.received, /expect/i);
});

test("over HTTP/2 no window is given for what nobody has looked at", async (t) => {
  const auth = await RawBackend.start(t);
  const { scene, main } = await start(t, {}, auth);
  const client = await Http2Peer.connect(scene);
  client.send(headers(1, fieldsOf("POST", "/", ["content-length", "70000"])));
  const asked = await auth.accept();
  await asked.readRequest();
  for (let i = 0; i < 4; i++) client.send(frame(type.data, 0, 1, Buffer.alloc(16_000)));
  // What is said at the end of a turn comes behind the first answer.
  await client.ping();
  await client.ping();
  assert.deepEqual(
    client.frames.filter((came) => came.type === type.window && came.stream === 1),
    [],
  );
  asked.send(allowed);
  await client.find(type.window, 1);
  client.send(frame(type.data, flag.endStream, 1, Buffer.alloc(6_000)));
  assert.equal((await client.answer(1)).status, 200);
  const got = main.received;
  assert.equal(got.length - got.indexOf("\r\n\r\n") - 4, 70_000);
  client.send(headers(3, fieldsOf("POST", "/")));
  await asked.readRequest();
  client.send(frame(type.reset, 0, 3, Buffer.alloc(4)));
  await asked.ended();
});

test("an answer that is too large is heard once, however many of its chunks come in one read", async (t) => {
  const chunks = `400\r\n${"x".repeat(1024)}\r\n`.repeat(maxAuthAnswerBytes / 1024) + "1\r\nx\r\n".repeat(50);
  const auth = await RawBackend.answering(
    t,
    `HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`,
  );
  const main = await RawBackend.answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const scene = await Scene.with(t, {
    routes: [route([rule("/guarded", "main", { filters: [externalAuth("HTTP")] }), rule("/", "main")])],
    backends: [backend("main", main), backend("auth", auth)],
  });
  const client = await scene.connect();
  client.send("GET /guarded HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal((await client.readResponse()).status, 502);
  assert.equal((await client.readResponse()).body.toString(), "ok");
  assert.equal(client.rest.length, 0);
  assert.doesNotMatch(main.received, /guarded/);
});
