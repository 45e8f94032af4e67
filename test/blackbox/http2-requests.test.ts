import assert from "node:assert/strict";
import { test } from "node:test";
import { code, type Field, flag, frame, headers, request, type } from "./kit/http2-frames.ts";
import { Http2Peer, valueOf } from "./kit/http2-peer.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** Requests that RFC 9113 section 8 calls malformed, and what HTTP/1 could not carry. */
const malformed: Readonly<Record<string, readonly Field[]>> = {
  "no method": [
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "a"],
  ],
  "no path": [
    [":method", "GET"],
    [":scheme", "http"],
    [":authority", "a"],
  ],
  "no scheme": [
    [":method", "GET"],
    [":path", "/"],
    [":authority", "a"],
  ],
  "an empty path": request("GET", ""),
  "two methods": request("GET", "/", [":method", "GET"]),
  "two paths": [[":path", "/a"], ...request("GET", "/")],
  "two authorities": [[":authority", "b"], ...request("GET", "/")],
  "a status": request("GET", "/", [":status", "200"]),
  "an unknown pseudo-field": request("GET", "/", [":other", "x"]),
  "a pseudo-field behind a field": [["x", "y"], ...request("GET", "/")],
  "a name in upper case": request("GET", "/", ["X-Upper", "y"]),
  "a name with a colon": request("GET", "/", ["x:y", "z"]),
  "a name with a line feed": request("GET", "/", ["x\r\ny", "z"]),
  "a name with a space": request("GET", "/", ["x y", "z"]),
  "an empty name": request("GET", "/", ["", "z"]),
  "a value with CRLF": request("GET", "/", ["x", "y\r\nHost: b"]),
  "a value with LF": request("GET", "/", ["x", "y\nz"]),
  "a value with NUL": request("GET", "/", ["x", "y\0z"]),
  "a value with a space before it": request("GET", "/", ["x", " y"]),
  "a value with a tab behind it": request("GET", "/", ["x", "y\t"]),
  "a method with a space": request("GET / HTTP/1.1\r\nX:", "/"),
  "a path with a space": request("GET", "/a HTTP/1.1"),
  "a path with CRLF": request("GET", "/a\r\nX: y"),
  "a path with a fragment": request("GET", "/a#b"),
  "a path without a slash": request("GET", "a"),
  "an absolute path": request("GET", "http://b/"),
  "an asterisk without OPTIONS": request("GET", "*"),
  "a path beyond ASCII": request("GET", "/\xe4"),
  Connection: request("GET", "/", ["connection", "close"]),
  "Keep-Alive": request("GET", "/", ["keep-alive", "timeout=5"]),
  "Proxy-Connection": request("GET", "/", ["proxy-connection", "close"]),
  "Transfer-Encoding": request("POST", "/", ["transfer-encoding", "chunked"]),
  Upgrade: request("GET", "/", ["upgrade", "websocket"]),
  "TE with another value": request("GET", "/", ["te", "gzip"]),
  "a Host that differs": request("GET", "/", ["host", "b"]),
  "two lengths": request("POST", "/", ["content-length", "1"], ["content-length", "1"]),
  "a length that is none": request("POST", "/", ["content-length", "+1"]),
  "a list of lengths": request("POST", "/", ["content-length", "1, 1"]),
  "a length and no body": request("POST", "/", ["content-length", "1"]),
  "CONNECT with a path": request("CONNECT", "/"),
  "a protocol without CONNECT": request("GET", "/", [":protocol", "websocket"]),
};

test("malformed requests are reset and never reach a backend", async (t) => {
  const backend = await RawBackend.answering(t, ok);
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene);
  let stream = 1;
  for (const [name, fields] of Object.entries(malformed)) {
    client.send(headers(stream, fields, flag.endStream));
    assert.equal(await client.resetCode(stream), code.protocol, name);
    stream += 2;
  }
  assert.equal(backend.connections.length, 0);
  client.get(stream, "/");
  assert.equal((await client.answer(stream)).body, "ok", "the connection goes on");
});

/** Requests that are well-formed and that HTTP/1.1 would refuse too. */
const refused: readonly (readonly [string, number, readonly Field[]])[] = [
  [
    "no authority and no Host",
    400,
    [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
    ],
  ],
  ["an authority with user information", 400, [[":authority", "u@a"], ...request("GET", "/").slice(0, 3)]],
  ["an authority with a path", 400, [[":authority", "a/b"], ...request("GET", "/").slice(0, 3)]],
  ["two Hosts", 400, [...request("GET", "/").slice(0, 3), ["host", "a"], ["host", "b"]]],
  [
    "CONNECT",
    501,
    [
      [":method", "CONNECT"],
      [":authority", "a:1"],
    ],
  ],
  ["another protocol than WebSocket", 501, [...request("CONNECT", "/"), [":protocol", "connect-udp"]]],
  ["an expectation that nobody knows", 417, request("GET", "/", ["expect", "magic"])],
  ["too many fields", 431, request("GET", "/", ...Array.from({ length: 101 }, (): Field => ["x", "y"]))],
  ["too many bytes of fields", 431, request("GET", "/", ...large())],
  ["OPTIONS of all", 404, request("OPTIONS", "*")],
];

/** Less than 64 KiB as they are sent, and more as they are counted (RFC 7541 section 4.1). */
function large(): readonly Field[] {
  return Array.from({ length: 60 }, (): Field => ["x", "y".repeat(1061)]);
}

test("requests that HTTP/1.1 refuses are refused the same way", async (t) => {
  const backend = await RawBackend.answering(t, ok);
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene);
  let stream = 1;
  for (const [name, status, fields] of refused) {
    const bytes = headers(stream, fields, flag.endStream);
    if (bytes.length <= 16_384) client.send(bytes);
    else client.send(...split(stream, bytes.subarray(9)));
    assert.equal((await client.answer(stream)).status, status, name);
    stream += 2;
  }
  assert.equal(backend.connections.length, 0);
});

/** A block that takes several frames. */
function split(stream: number, whole: Buffer): readonly Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < whole.length; at += 16_384) {
    const kind = at === 0 ? type.headers : type.continuation;
    const last = at + 16_384 >= whole.length;
    const flags = (last ? flag.endHeaders : 0) | (at === 0 ? flag.endStream : 0);
    frames.push(frame(kind, flags, stream, whole.subarray(at, at + 16_384)));
  }
  return frames;
}

test("an answer of the proxy's own to HEAD has no body, whatever is wrong", async (t) => {
  const scene = await Scene.start(t);
  const client = await Http2Peer.connect(scene);
  const many = Array.from({ length: 101 }, (): Field => ["x", "y"]);
  const heads = [request("HEAD", "/"), request("HEAD", "/", ...many), request("HEAD", "/", ["expect", "x"])];
  for (const [index, fields] of heads.entries()) {
    client.send(headers(2 * index + 1, fields, flag.endStream));
    const answer = await client.answer(2 * index + 1);
    assert.ok(answer.status >= 400);
    assert.equal(answer.body, "");
  }
});

test("a request reaches HTTP/1.1 with everything in its place", async (t) => {
  const backend = await RawBackend.answering(t, ok);
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene);
  client.get(
    1,
    "/a?b=c",
    ["cookie", "a=1"],
    ["te", "trailers"],
    ["cookie", "b=2"],
    ["host", "A"],
    ["x-empty", ""],
  );
  await client.answer(1);
  const upstream = await backend.accept();
  const seen = upstream.received.toString("latin1");
  assert.ok(seen.startsWith("GET /a?b=c HTTP/1.1\r\n"), seen);
  assert.deepEqual(seen.match(/^host:.*$/gim), ["host: a"]);
  assert.deepEqual(seen.match(/^cookie:.*$/gim), ["cookie: a=1; b=2"]);
  assert.match(seen, /^x-empty: \r$/m);
  assert.doesNotMatch(seen, /^te:|transfer-encoding|content-length|connection/im);
});

test("a HEADERS frame with padding and priority is read like one without", async (t) => {
  const backend = await RawBackend.answering(t, ok);
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene);
  const plain = headers(1, request("GET", "/padded")).subarray(9);
  const payload = Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 200]), plain, Buffer.alloc(3)]);
  client.send(
    frame(type.headers, flag.endHeaders | flag.endStream | flag.padded | flag.priority, 1, payload),
  );
  assert.equal((await client.answer(1)).status, 200);
  assert.match(backend.received, /^GET \/padded /);
});

test("an answer loses what is for one hop of HTTP/1 only", async (t) => {
  const backend = await RawBackend.answering(
    t,
    "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nX-Stays: Yes \r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Length: 0\r\n\r\n",
  );
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene);
  client.get(1, "/");
  const { fields } = await client.answer(1);
  assert.equal(valueOf(fields, "x-stays"), "Yes");
  assert.equal(valueOf(fields, "set-cookie"), "a|b");
  for (const name of ["connection", "keep-alive", "x-hop", "transfer-encoding"])
    assert.equal(valueOf(fields, name), undefined);
});

test("bodies keep their length, or become chunks", async (t) => {
  const backend = await RawBackend.answering(t, ok);
  const scene = await Scene.start(t, backend);
  const client = await Http2Peer.connect(scene);
  client.send(headers(1, request("POST", "/", ["content-length", "4"])), frame(type.data, 0, 1, "ab"));
  client.send(frame(type.data, flag.endStream | flag.padded, 1, "\x02cd\0\0"));
  await client.answer(1);
  client.send(headers(3, request("POST", "/")), frame(type.data, 0, 3, "abc"));
  client.send(headers(3, [["x-sum", "7"]], flag.endStream));
  await client.answer(3);
  const upstream = await backend.accept();
  // The backend has read them: once more from the start.
  const text = upstream.received.toString("latin1");
  assert.match(text, /content-length: 4\r\n[^]*\r\n\r\nabcd/);
  assert.match(text, /transfer-encoding: chunked\r\n[^]*3\r\nabc\r\n0\r\nx-sum: 7\r\n\r\n/);
});
