import assert from "node:assert/strict";
import { test } from "node:test";
import { field } from "./kit/message.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const post = "POST / HTTP/1.1\r\nHost: a\r\n";
const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;
/** What an attacker wants to see served as a request of its own. */
const hidden = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

/** Each is refused by itself; the proxy must not wait for more of it. */
const refused: readonly (readonly [name: string, status: number, bytes: string])[] = [
  ["two equal Content-Length", 400, `${post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello`],
  ["two different Content-Length", 400, `${post}Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello`],
  ["a list in Content-Length", 400, `${post}Content-Length: 5, 5\r\n\r\nhello`],
  ["a sign in Content-Length", 400, `${post}Content-Length: +5\r\n\r\nhello`],
  ["a negative Content-Length", 400, `${post}Content-Length: -5\r\n\r\nhello`],
  ["an empty Content-Length", 400, `${post}Content-Length: \r\n\r\n`],
  ["a hexadecimal Content-Length", 400, `${post}Content-Length: 0x5\r\n\r\nhello`],
  ["a Content-Length with a space in it", 400, `${post}Content-Length: 5 0\r\n\r\nhello`],
  ["a Content-Length that overflows", 400, `${post}Content-Length: 18446744073709551621\r\n\r\nhello`],
  ["CL.TE", 400, `${post}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`],
  ["TE.CL", 400, `${post}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n`],
  [
    "Transfer-Encoding twice, one unknown",
    400,
    `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n`,
  ],
  ["chunked twice", 400, `${post}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n`],
  ["not ending in chunked", 400, `${post}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`],
  ["identity", 400, `${post}Transfer-Encoding: identity\r\n\r\n`],
  ["xchunked", 400, `${post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
  ["an empty Transfer-Encoding", 400, `${post}Transfer-Encoding: \r\n\r\n`],
  ["gzip, chunked", 501, `${post}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  [
    "Transfer-Encoding in HTTP/1.0",
    400,
    "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["a vertical tab before chunked", 400, `${post}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`],
  ["a folded line", 400, `${post}A: b\r\n c\r\n\r\n`],
  ["a folded Transfer-Encoding", 400, `${post}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n`],
  ["a folded first line", 400, "POST / HTTP/1.1\r\n Host: a\r\n\r\n"],
  ["bare LF after the request line", 400, `POST / HTTP/1.1\nHost: a\r\n\r\n`],
  ["bare LF after a field", 400, `${post}A: b\nContent-Length: 5\r\n\r\nhello`],
  ["bare LF everywhere", 400, "POST / HTTP/1.1\nHost: a\n\n"],
  ["bare LF as the empty line", 400, `${post}\n`],
  ["bare CR after the request line", 400, "POST / HTTP/1.1\rHost: a\r\n\r\n"],
  ["bare CR in a value", 400, `${post}A: b\rTransfer-Encoding: chunked\r\n\r\n`],
  ["CR CR LF", 400, `${post}A: b\r\r\n\r\n`],
  ["a space before the colon", 400, `${post}Content-Length : 5\r\n\r\nhello`],
  ["a tab before the colon", 400, `${post}Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n`],
  ["no colon", 400, `${post}Content-Length 5\r\n\r\n`],
  ["no name", 400, `${post}: 5\r\n\r\n`],
  ["NUL in a value", 400, `${post}A: \0\r\n\r\n`],
  ["NUL in a name", 400, `${post}A\0: b\r\n\r\n`],
  ["NUL in the target", 400, "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a control character in a value", 400, `${post}A: \x01\r\n\r\n`],
  ["DEL in a value", 400, `${post}A: \x7f\r\n\r\n`],
  ["a control character in the target", 400, "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a target beyond ASCII", 400, "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a fragment", 400, "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a space in the target", 400, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["no Host", 400, "GET / HTTP/1.1\r\n\r\n"],
  ["two Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
  ["two equal Hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"],
  ["two Hosts in HTTP/1.0", 400, "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n"],
  ["a Host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"],
  ["a Host with a user", 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"],
  ["a Host with a space", 400, "GET / HTTP/1.1\r\nHost: a b\r\n\r\n"],
  ["a Host with a bad port", 400, "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n"],
  ["a Host beyond ASCII", 400, "GET / HTTP/1.1\r\nHost: \xe9\r\n\r\n"],
  ["absolute-form with a user", 400, "GET http://u:p@a/ HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["absolute-form without a host", 400, "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["absolute-form of another scheme", 400, "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["absolute-form with a bad Host besides", 400, "GET http://a/ HTTP/1.1\r\nHost: b c\r\n\r\n"],
  ["a target that is no path", 400, "GET a HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["* for another method than OPTIONS", 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["CONNECT", 501, "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"],
  ["HTTP/2.0", 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n"],
  ["HTTP/0.9", 400, "GET /\r\n\r\n"],
  ["a version that is none", 400, "GET / HTTX/1.1\r\nHost: a\r\n\r\n"],
  ["a method that is no token", 400, "G@T / HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["TLS", 400, "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"],
  ["a chunk size that is none", 400, `${chunked}x\r\n`],
  ["a chunk size with a sign", 400, `${chunked}+5\r\nhello\r\n0\r\n\r\n`],
  ["a chunk size with 0x", 400, `${chunked}0x5\r\nhello\r\n0\r\n\r\n`],
  ["a chunk size with a space", 400, `${chunked}5 \r\nhello\r\n0\r\n\r\n`],
  ["a chunk size that overflows", 400, `${chunked}10000000000000005\r\nhello\r\n0\r\n\r\n`],
  ["an empty chunk size", 400, `${chunked}\r\nhello\r\n0\r\n\r\n`],
  ["bare LF after a chunk size", 400, `${chunked}5\nhello\r\n0\r\n\r\n`],
  ["bare LF in a chunk extension", 400, `${chunked}5;a\nhello\r\n0\r\n\r\n`],
  ["bare CR in a chunk extension", 400, `${chunked}5;a\rhello\r\n0\r\n\r\n`],
  ["a chunk longer than its size", 400, `${chunked}5\r\nhelloX\r\n0\r\n\r\n`],
  ["bare LF after a chunk", 400, `${chunked}5\r\nhello\n0\r\n\r\n`],
  ["Content-Length in the trailers", 400, `${chunked}0\r\nContent-Length: 5\r\n\r\n`],
  ["Transfer-Encoding in the trailers", 400, `${chunked}0\r\nTransfer-Encoding: chunked\r\n\r\n`],
  ["Host in the trailers", 400, `${chunked}0\r\nHost: b\r\n\r\n`],
  ["bare LF in the trailers", 400, `${chunked}0\r\nA: b\n\r\n`],
  ["a folded trailer", 400, `${chunked}0\r\nA: b\r\n c\r\n\r\n`],
];

test("refused with the connection closed, and not one byte reaches the backend", async (t) => {
  const backend = await RawBackend.answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const scene = await Scene.start(t, backend);
  for (const [name, status, bytes] of refused) {
    await t.test(name, async () => {
      const client = await scene.connect();
      client.send(bytes + hidden);
      const response = await client.readResponse();
      assert.equal(response.status, status, response.body.toString());
      assert.equal(field(response, "connection"), "close");
      assert.equal((await client.takeAll()).length, 0);
      assert.equal(backend.connections.length, 0, backend.received);
      client.end();
    });
  }
});

test("a refused message behind good ones on one connection spoils only itself and what follows", async (t) => {
  const backend = await RawBackend.answering(t, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  const scene = await Scene.start(t, backend);
  let wanted = "";
  for (const [name, status, bytes] of refused) {
    const client = await scene.connect();
    const good = `GET /good HTTP/1.1\r\nHost: a\r\n\r\n`;
    client.send(good + bytes + hidden);
    assert.equal((await client.readResponse()).status, 200, name);
    assert.equal((await client.readResponse()).status, status, name);
    assert.equal((await client.takeAll()).length, 0, name);
    wanted += "GET /good";
  }
  assert.equal(backend.received.replaceAll(/ HTTP\/1\.1\r\n(.+\r\n)*\r\n/g, ""), wanted);
});

test("a refused message is refused wherever it is cut into packets", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  for (const [name, status, bytes] of refused) {
    // A chunked body may be on its way when it turns out wrong.
    if (bytes.startsWith(chunked)) continue;
    for (const cut of [1, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const client = await scene.connect();
      await client.sendInPieces(
        [bytes.slice(0, cut), bytes.slice(cut)].map((text) => Buffer.from(text, "latin1")),
      );
      assert.equal((await client.readResponse()).status, status, name);
      await client.ended();
      assert.equal(backend.connections.length, 0, name);
    }
  }
});

test("a body that turns out wrong on its way takes the backend's connection with it", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  for (const bad of ["X\r\n", "5\r\nhelloX", "5 \r\nhello\r\n", "0\r\nHost: b\r\n\r\n", "0\r\nA: b\n"]) {
    const client = await scene.connect();
    client.send(chunked);
    const upstream = await backend.accept();
    await upstream.takeUntil("\r\n\r\n");
    client.send("3\r\nabc\r\n");
    await upstream.takeUntil("abc\r\n");
    client.send(bad + hidden);
    assert.equal((await client.readResponse()).status, 400);
    await client.ended();
    await upstream.ended();
    assert.ok(!upstream.rest.includes("hidden"));
    assert.ok(!upstream.rest.includes("0\r\n\r\n"), "the body must not look whole");
  }
});

test("an error is told in full also when the request before was HEAD", async (t) => {
  const backend = await RawBackend.answering(t, "HTTP/1.1 200 OK\r\n\r\n");
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.readResponse("HEAD");
  client.send("(\r\n\r\n");
  assert.equal((await client.readResponse()).status, 400);
  const other = await scene.connect();
  other.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\n");
  await other.readResponse("HEAD");
  assert.equal((await other.readResponse()).status, 400);
});

test("absolute-form is passed on in origin-form, and its authority takes the place of Host", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("GET http://real:8080/a?b HTTP/1.1\r\nHost: other\r\nX: y\r\n\r\n");
  const request = await (await backend.accept()).readRequest();
  assert.equal(request.line, "GET /a?b HTTP/1.1");
  assert.equal(field(request, "host"), "real:8080");
  assert.equal(field(request, "x-forwarded-host"), "real:8080");
});
