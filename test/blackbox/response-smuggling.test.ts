import assert from "node:assert/strict";
import { test } from "node:test";
import { field } from "./kit/message.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const ok = "HTTP/1.1 200 OK\r\n";
/** What must never become somebody's answer. */
const evil = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil";

/** Faulty in the head: nothing of it may reach the client. */
const faultyHeads: readonly (readonly [name: string, bytes: string])[] = [
  ["two equal Content-Length", `${ok}Content-Length: 4\r\nContent-Length: 4\r\n\r\nbody`],
  ["two different Content-Length", `${ok}Content-Length: 4\r\nContent-Length: 0\r\n\r\nbody`],
  ["a list in Content-Length", `${ok}Content-Length: 4, 4\r\n\r\nbody`],
  ["a Content-Length that is no number", `${ok}Content-Length: four\r\n\r\nbody`],
  ["a negative Content-Length", `${ok}Content-Length: -1\r\n\r\n`],
  ["CL and TE", `${ok}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
  ["Transfer-Encoding in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["Transfer-Encoding in 204", "HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["gzip, chunked", `${ok}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
  ["not ending in chunked", `${ok}Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n`],
  ["a folded line", `${ok}A: b\r\n c\r\nContent-Length: 0\r\n\r\n`],
  ["bare LF", "HTTP/1.1 200 OK\nContent-Length: 4\n\nbody"],
  ["bare CR", `${ok}A: b\rContent-Length: 0\r\n\r\n`],
  ["a space before the colon", `${ok}Content-Length : 4\r\n\r\nbody`],
  ["NUL in a value", `${ok}A: \0\r\n\r\n`],
  ["a name that is no token", `${ok}A(: b\r\n\r\n`],
  ["no status", "HTTP/1.1 OK\r\n\r\n"],
  ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
  ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
  ["a status below 100", "HTTP/1.1 099 OK\r\n\r\n"],
  ["HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n"],
  ["another protocol", "SSH-2.0-OpenSSH_9.9\r\n\r\n"],
  ["no head at all", "<html>\n"],
  ["a head without end", `${ok}A: ${"b".repeat(70_000)}`],
  ["too many fields", `${ok}${"A: b\r\n".repeat(101)}\r\n`],
  ["a status line without end", `HTTP/1.1 200 ${"a".repeat(10_000)}`],
];

test("a faulty answer is 502, and its connection is never used again", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  for (const [name, bytes] of faultyHeads) {
    await t.test(name, async () => {
      const client = await scene.connect();
      client.send(get);
      const upstream = await backend.accept();
      await upstream.readRequest();
      upstream.send(bytes + evil);
      const response = await client.readResponse();
      assert.equal(response.status, 502);
      assert.equal(field(response, "connection"), undefined, "the client's connection is not at fault");
      await upstream.ended();
      client.send(get);
      const other = await backend.accept();
      assert.notEqual(other, upstream);
      await other.readRequest();
      other.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ngood");
      assert.equal((await client.readResponse()).body.toString(), "good");
      assert.ok(!client.received.includes("evil"));
      client.end();
    });
  }
});

const chunked = `${ok}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`;

test("a chunked answer that turns out wrong is cut, never completed", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  for (const bad of [
    "x\r\n",
    "-1\r\n",
    "3 \r\nabc\r\n",
    "3\nabc\n",
    "3\r\nabcd\r\n",
    "10000000000000000\r\n",
    "0\r\nContent-Length: 5\r\n\r\n",
    "0\r\nTransfer-Encoding: chunked\r\n\r\n",
    "0\r\nA b\r\n\r\n",
    "0\r\nA: b\n\r\n",
  ]) {
    for (const together of [true, false]) {
      const client = await scene.connect();
      client.send(get);
      const upstream = await backend.accept();
      await upstream.readRequest();
      if (together) upstream.send(chunked + bad + evil);
      else {
        upstream.send(chunked);
        await client.takeUntil("abc\r\n");
        upstream.send(bad + evil);
      }
      assert.equal(await client.ended(), "reset", bad);
      await upstream.ended();
      assert.ok(!client.received.includes("0\r\n\r\n"), bad);
      assert.ok(!client.received.includes("evil"), bad);
    }
  }
});

test("bytes after an answer never become the next client's answer", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const answers = [
    ["GET", `${ok}Content-Length: 4\r\n\r\ngood`],
    ["GET", `${ok}Content-Length: 0\r\n\r\n`],
    ["GET", `${ok}Transfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n`],
    ["HEAD", `${ok}Content-Length: ${evil.length}\r\n\r\n`],
    ["GET", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n"],
  ] as const;
  for (const [method, answer] of answers) {
    for (const together of [true, false]) {
      const [first, second] = [await scene.connect(), await scene.connect()];
      first.send(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
      const upstream = await backend.accept();
      await upstream.readRequest();
      upstream.send(together ? answer + evil : answer);
      await first.readResponse(method);
      if (!together) upstream.send(evil);
      await upstream.ended();
      second.send(get);
      const other = await backend.accept();
      await other.readRequest();
      other.send(`${ok}Content-Length: 6\r\nConnection: close\r\n\r\nsecond`);
      assert.equal((await second.readResponse()).body.toString(), "second");
      first.send(get);
      const third = await backend.accept();
      await third.readRequest();
      third.send(`${ok}Content-Length: 5\r\nConnection: close\r\n\r\nthird`);
      assert.equal((await first.readResponse()).body.toString(), "third");
      first.end();
      second.end();
    }
  }
});

test("a connection whose backend speaks before it is asked is not used", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  client.send(get);
  const upstream = await backend.accept();
  await upstream.readRequest();
  upstream.send(`${ok}Content-Length: 0\r\n\r\n`);
  await client.readResponse();
  upstream.send(evil);
  await upstream.ended();
  client.send(get);
  await (await backend.accept()).readRequest();
});

test("an answer that closes by Connection or by version is not followed by another on its connection", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = await scene.connect();
  for (const answer of [
    `${ok}Connection: close\r\nContent-Length: 0\r\n\r\n`,
    `${ok}Connection: x, Close\r\nContent-Length: 0\r\n\r\n`,
    "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
  ]) {
    client.send(get);
    const upstream = await backend.accept();
    await upstream.readRequest();
    upstream.send(answer);
    assert.equal(field(await client.readResponse(), "connection"), undefined);
    await upstream.ended();
  }
});
