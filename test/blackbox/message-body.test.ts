import assert from "node:assert/strict";
import { test } from "node:test";
import { field } from "./kit/message.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

test("a body by length arrives as it was sent, and the connections are used again", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  for (const body of ["", "x", "hello\r\n\r\nGET / HTTP/1.1\r\n\r\n", "\0\xff\r\n"]) {
    client.send(`POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    const upstream = backend.connections[0] ?? (await backend.accept());
    const request = await upstream.readRequest();
    assert.equal(request.line, "POST /p HTTP/1.1");
    assert.equal(field(request, "content-length"), String(body.length));
    assert.equal(request.body.toString("latin1"), body);
    upstream.send(`HTTP/1.1 200 Fine\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    const response = await client.readResponse();
    assert.equal(response.line, "HTTP/1.1 200 Fine");
    assert.equal(response.framing, "length");
    assert.equal(response.body.toString("latin1"), body);
    assert.equal(upstream.rest.length + client.rest.length, 0);
  }
  assert.equal(backend.connections.length, 1);
});

test("a chunked body arrives chunked, with its trailers, without extensions, in both directions", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send("PUT / HTTP/1.1\r\nHost: a\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n");
  const upstream = await backend.accept();
  await client.sendInPieces([
    "3;a=b\r\nab",
    "c\r\n",
    "00A;",
    'q="1\t2"',
    "\r\n0123456789\r",
    "\n0",
    "\r\nX-Sum: ",
    "1\r\n\r\n",
  ]);
  const request = await upstream.readRequest();
  assert.equal(request.framing, "chunked");
  assert.equal(request.body.toString(), "abc0123456789");
  assert.deepEqual(request.trailers, ["X-Sum: 1"]);
  assert.equal(field(request, "trailer"), "X-Sum");
  assert.ok(!upstream.received.includes(";"));

  upstream.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-End\r\n\r\n");
  await upstream.sendInPieces(
    ["1;x\r\na\r", "\n", "0;y\r\n", "X-End: 2\r\nX-Other: \xe9\r\n", "\r\n"].map((text) =>
      Buffer.from(text, "latin1"),
    ),
  );
  const response = await client.readResponse();
  assert.equal(response.framing, "chunked");
  assert.equal(response.body.toString(), "a");
  assert.deepEqual(response.trailers, ["X-End: 2", "X-Other: \xe9"]);

  client.send(get);
  await upstream.readRequest();
  upstream.send("HTTP/1.1 204 No Content\r\n\r\n");
  assert.equal((await client.readResponse()).status, 204);
});

for (const [name, method, status, fields] of [
  ["HEAD with Content-Length", "HEAD", "200 OK", "Content-Length: 5\r\n"],
  ["HEAD with Transfer-Encoding", "HEAD", "200 OK", "Transfer-Encoding: chunked\r\n"],
  ["HEAD without both", "HEAD", "404 Not Found", ""],
  ["304 with Content-Length", "GET", "304 Not Modified", "Content-Length: 5\r\n"],
  ["304 without", "GET", "304 Not Modified", ""],
  ["204", "DELETE", "204 No Content", ""],
] as const) {
  test(`no body follows: ${name}`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await Scene.start(t, backend);
    const client = await scene.connect();
    for (let round = 0; round < 2; round++) {
      client.send(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
      const upstream = backend.connections[0] ?? (await backend.accept());
      await upstream.readRequest();
      upstream.send(`HTTP/1.1 ${status}\r\n${fields}\r\n`);
      const response = await client.readResponse(method);
      assert.equal(response.line, `HTTP/1.1 ${status}`);
      const [fieldName = "", value] = fields.trim().toLowerCase().split(": ");
      if (value !== undefined) assert.equal(field(response, fieldName), value);
      assert.equal(client.rest.length, 0);
    }
    assert.equal(backend.connections.length, 1, "the connection is used again");
  });
}

test("204 and 1xx answers leave without Content-Length", async (t) => {
  const backend = await RawBackend.answering(
    t,
    "HTTP/1.1 103 Early Hints\r\nContent-Length: 3\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\nContent-Length: 0\r\nX: y\r\n\r\n",
  );
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(get);
  const early = await client.readResponse();
  assert.equal(early.line, "HTTP/1.1 103 Early Hints");
  assert.deepEqual(early.fields, [["link", "</a>"]]);
  const response = await client.readResponse();
  assert.equal(field(response, "content-length"), undefined);
  assert.equal(field(response, "x"), "y");
});

test("a body that ends with the backend's connection ends with the client's", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(get);
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send("HTTP/1.1 200 OK\r\n\r\nfirst ");
  assert.equal(await client.takeUntil("first "), `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nfirst `);
  upstream.send("last");
  upstream.end();
  assert.equal((await client.takeAll()).toString(), "last");
  assert.equal(client.ending, "end");
});

test("an answer of HTTP/1.0 goes out as HTTP/1.1", async (t) => {
  const backend = await RawBackend.start(t, async (peer) => {
    await peer.readRequest();
    peer.send("HTTP/1.0 200 Old\r\nContent-Length: 3\r\n\r\nabc");
    peer.end();
  });
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  for (let round = 1; round <= 3; round++) {
    client.send(get);
    const response = await client.readResponse();
    assert.equal(response.line, "HTTP/1.1 200 Old");
    assert.equal(response.body.toString(), "abc");
    assert.equal(backend.connections.length, round, "HTTP/1.0 does not persist by itself");
  }
});

test("a message arrives whole however it is cut into packets", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const request = "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
  const answer = "HTTP/1.1 201 Made\r\nContent-Length: 4\r\n\r\nmade";
  const client = await scene.connect();
  for (let cut = 1; cut < request.length; cut += 3) {
    await client.sendInPieces([request.slice(0, cut), request.slice(cut)]);
    const upstream = backend.connections[0] ?? (await backend.accept());
    assert.equal((await upstream.readRequest()).body.toString(), "ab");
    await upstream.sendInPieces([answer.slice(0, cut), answer.slice(cut)].filter((piece) => piece !== ""));
    assert.equal((await client.readResponse()).body.toString(), "made");
  }
  await client.sendInPieces([...request]);
  await backend.connections[0]!.readRequest();
  await backend.connections[0]!.sendInPieces([...answer]);
  assert.equal((await client.readResponse()).body.toString(), "made");
});
