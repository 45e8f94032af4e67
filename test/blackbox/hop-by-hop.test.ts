import assert from "node:assert/strict";
import { test } from "node:test";
import { field, type Message } from "./kit/message.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/** Sends a request and returns it as the backend got it. */
async function forwarded(t: Parameters<typeof Scene.start>[0], request: string): Promise<Message> {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(request);
  const upstream = await backend.accept();
  const message = await upstream.readRequest();
  upstream.send(ok);
  assert.equal((await client.readResponse()).status, 200);
  return message;
}

/** Has a backend answer so, and returns the answer as the client got it. */
async function answered(t: Parameters<typeof Scene.start>[0], answer: string): Promise<Message> {
  const scene = await Scene.start(t, await RawBackend.answering(t, answer));
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  return client.readResponse();
}

function names(message: Message): readonly string[] {
  return message.fields.map(([name]) => name);
}

test("fields of one hop do not reach the backend, all others do, as they came", async (t) => {
  const message = await forwarded(
    t,
    "GET / HTTP/1.1\r\nA: 1\r\nConnection: keep-alive\r\nHost: a:1\r\nKeep-Alive: timeout=5\r\nB:\t2 \r\nProxy-Connection: keep-alive\r\n" +
      "TE: trailers\r\nProxy-Authorization: Basic x\r\nUpgrade: x\r\nC: \xe9\r\nA: 3\r\nCookie: a=b\r\nVia: 1.0 x\r\n\r\n",
  );
  assert.deepEqual(names(message), [
    "a",
    "host",
    "b",
    "c",
    "a",
    "cookie",
    "via",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-forwarded-host",
    "x-request-id",
  ]);
  assert.equal(field(message, "a"), "1|3");
  assert.equal(field(message, "c"), "\xe9");
});

test("fields that Connection names do not reach the backend", async (t) => {
  const message = await forwarded(
    t,
    "GET / HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nConnection: x-ONE, ,X-Two\r\nx-two: 2\r\nX-TWO: 3\r\nX-Three: 3\r\nConnection: close ,\tx-four\r\nX-Four: 4\r\nX-One-: 5\r\n\r\n",
  );
  assert.deepEqual(
    names(message).filter((name) => /^x-(one|two|three|four)/.test(name)),
    ["x-three", "x-one-"],
  );
});

test("Connection cannot take away what frames or routes a request", async (t) => {
  const message = await forwarded(
    t,
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: Host, content-length, x-forwarded-for, x-forwarded-host, x-forwarded-proto, x-request-id\r\nX-Forwarded-For: 1.2.3.4\r\n\r\nhello",
  );
  assert.equal(field(message, "host"), "a");
  assert.equal(message.body.toString(), "hello");
  assert.equal(field(message, "x-forwarded-for")?.startsWith("1.2.3.4, 127."), true);
  assert.equal(field(message, "x-forwarded-host"), "a");
  const other = await forwarded(
    t,
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: transfer-encoding\r\n\r\n2\r\nab\r\n0\r\n\r\n",
  );
  assert.equal(other.framing, "chunked");
  assert.equal(other.body.toString(), "ab");
});

test("fields of one hop do not reach the client, all others do", async (t) => {
  const message = await answered(
    t,
    "HTTP/1.1 200 OK\r\nA: 1\r\nConnection: keep-alive, x-hop\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nProxy-Authenticate: Basic\r\nUpgrade: h2c\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 2\r\nB:\r\n\r\nok",
  );
  assert.deepEqual(names(message), ["a", "set-cookie", "set-cookie", "content-length", "b"]);
  assert.equal(message.body.toString(), "ok");
});

test("Connection cannot take away what frames an answer", async (t) => {
  const byLength = await answered(
    t,
    "HTTP/1.1 200 OK\r\nConnection: content-length\r\nContent-Length: 2\r\n\r\nok",
  );
  assert.equal(byLength.framing, "length");
  assert.equal(byLength.body.toString(), "ok");
  const chunked = await answered(
    t,
    "HTTP/1.1 200 OK\r\nConnection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
  );
  assert.equal(chunked.framing, "chunked");
  assert.equal(chunked.body.toString(), "ok");
});

test("426 tells the client what to upgrade to", async (t) => {
  const message = await answered(
    t,
    "HTTP/1.1 426 Upgrade Required\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n",
  );
  assert.equal(field(message, "upgrade"), "websocket");
  assert.equal(field(message, "connection")?.toLowerCase(), "upgrade");
});

test("X-Forwarded-For is continued, -Proto and -Host are said anew", async (t) => {
  const fresh = await forwarded(t, "GET / HTTP/1.1\r\nHost: a.example:81\r\n\r\n");
  assert.match(field(fresh, "x-forwarded-for") ?? "", /^127\.\d+\.\d+\.\d+$/);
  assert.equal(field(fresh, "x-forwarded-proto"), "http");
  assert.equal(field(fresh, "x-forwarded-host"), "a.example:81");
  assert.match(field(fresh, "x-request-id") ?? "", /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

  const continued = await forwarded(
    t,
    "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 5.6.7.8\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: spoofed\r\nX-Request-Id: mine-1\r\n\r\n",
  );
  assert.match(field(continued, "x-forwarded-for") ?? "", /^1\.2\.3\.4, 5\.6\.7\.8, 127\.[\d.]+$/);
  assert.equal(field(continued, "x-forwarded-proto"), "http");
  assert.equal(field(continued, "x-forwarded-host"), "a");
  assert.equal(field(continued, "x-request-id"), "mine-1");
});

test("an X-Request-Id that no log should hold is replaced", async (t) => {
  for (const bad of [
    "X-Request-Id: a b",
    `X-Request-Id: ${"a".repeat(129)}`,
    "X-Request-Id: a\r\nX-Request-Id: b",
    "X-Request-Id:",
  ]) {
    const message = await forwarded(t, `GET / HTTP/1.1\r\nHost: a\r\n${bad}\r\n\r\n`);
    assert.match(field(message, "x-request-id") ?? "", /^[0-9a-f-]{36}$/);
  }
});
