import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Backend, Retry, Rule } from "../../src/program/program.ts";
import { droppedAnswerTimeout, maxDroppedAnswerBytes, maxReplayBytes } from "../../src/proxy/limits.ts";
import { Clock } from "./kit/clock.ts";
import { field, type Message } from "./kit/message.ts";
import type { Peer } from "./kit/peer.ts";
import { backend as backendOf, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

function answer(status: number, body = ""): string {
  return `HTTP/1.1 ${status} So\r\nX-Status: ${status}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** The end of its connection tells that it has arrived. */
const closing = answer(503).replace("\r\n", "\r\nConnection: close\r\n");

/** Gives the answers in turn, the last one for ever; an empty one is none. Keeps what was asked. */
async function scripted(t: TestContext, ...answers: readonly string[]) {
  const requests: Message[] = [];
  const backend = await RawBackend.start(t, async (peer) => {
    for (;;) {
      const request = await peer.readRequest();
      requests.push(request);
      const text = answers[Math.min(requests.length, answers.length) - 1]!;
      if (text !== "") peer.send(text);
    }
  });
  return { host: backend.host, port: backend.port, backend, requests };
}

async function start(
  t: TestContext,
  endpoint: { readonly host: string; readonly port: number },
  retry: Partial<Retry>,
  more: { readonly rule?: Partial<Rule>; readonly backend?: Partial<Backend> } = {},
): Promise<Scene> {
  const policy: Retry = { attempts: 1, codes: [503], backoff: 1, ...retry };
  return Scene.with(t, {
    routes: [route([rule("/", "main", { retry: policy, ...more.rule })])],
    backends: [{ ...backendOf("main", endpoint), ...more.backend }],
  });
}

for (const status of [400, 404, 429, 500, 502, 503, 504, 599]) {
  test(`${status} is given another try when it is listed, and only then`, async (t) => {
    for (const [codes, expected] of [
      [[418, status], 200],
      [[418], status],
    ] as const) {
      const main = await scripted(t, answer(status, "no"), answer(200, "ok"));
      const client = await (await start(t, main, { codes })).connect();
      client.send(get);
      assert.equal((await client.readResponse()).status, expected);
      assert.equal(main.requests.length, expected === 200 ? 2 : 1);
    }
  });
}

for (const [attempts, failures, expected] of [
  [0, 1, 503],
  [1, 1, 200],
  [1, 2, 503],
  [3, 2, 200],
  [3, 4, 503],
] as const) {
  test(`${attempts} attempts after ${failures} failures: ${expected}`, async (t) => {
    const failing = Array.from({ length: failures }, () => answer(503, "busy"));
    const main = await scripted(t, ...failing, answer(200, "ok"));
    const client = await (await start(t, main, { attempts })).connect();
    client.send(get);
    assert.equal((await client.readResponse()).status, expected);
    assert.equal(main.requests.length, Math.min(attempts, failures) + 1);
  });
}

test("the last answer is the client's, as the backend gave it", async (t) => {
  const main = await scripted(t, answer(503, "first"), answer(500, "second"));
  const client = await (await start(t, main, { codes: [500, 503] })).connect();
  client.send(get);
  const last = await client.readResponse();
  assert.equal(last.status, 500);
  assert.equal(field(last, "x-status"), "500");
  assert.equal(last.body.toString(), "second");
  client.send(get);
  assert.equal((await client.readResponse()).body.toString(), "second");
});

for (const [what, text, connections] of [
  ["small", answer(503, "busy"), 1],
  ["in chunks", "HTTP/1.1 503 Busy\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbusy\r\n0\r\n\r\n", 1],
  ["large", answer(503, "x".repeat(300_000)), 1],
  ["too large", answer(503, "x".repeat(maxDroppedAnswerBytes + 1)), 2],
  ["without an end", "HTTP/1.1 503 Busy\r\n\r\nbusy", 2],
] as const) {
  test(`the connection of an answer that is ${what} and dropped carries ${connections === 1 ? "the next" : "no other"} request`, async (t) => {
    const main = await scripted(t, text, answer(200, "ok"));
    const client = await (await start(t, main, { backoff: 100 })).connect();
    client.send(get);
    assert.equal((await client.readResponse()).body.toString(), "ok");
    assert.equal(main.backend.connections.length, connections);
  });
}

test("an answer that is dropped and does not end is cut after a while", async (t) => {
  const clock = new Clock(t);
  const main = await scripted(t, "HTTP/1.1 503 Busy\r\nContent-Length: 10\r\n\r\nbusy", answer(200, "ok"));
  const client = await (await start(t, main, {})).connect();
  client.send(get);
  assert.equal((await client.readResponse()).body.toString(), "ok");
  await clock.skip(droppedAnswerTimeout + 1000);
  await (await main.backend.accept()).ended();
});

const bodies = [
  ["a length", "Content-Length: 10\r\n\r\n", "hello", "world"],
  ["chunks", "Transfer-Encoding: chunked\r\n\r\n", "5\r\nhello\r\n", "5\r\nworld\r\n0\r\nX-T: t\r\n\r\n"],
] as const;

for (const [what, head, start1, rest] of bodies) {
  test(`a body with ${what} is sent again byte for byte`, async (t) => {
    for (const pieces of [[head + start1 + rest], [head, start1, rest], [head + start1, rest]]) {
      const main = await scripted(t, answer(503), answer(503), answer(200, "ok"));
      const client = await (await start(t, main, { attempts: 2 })).connect();
      await client.sendInPieces([`POST / HTTP/1.1\r\nHost: a\r\n${pieces[0]!}`, ...pieces.slice(1)]);
      assert.equal((await client.readResponse()).status, 200);
      const [first, ...others] = main.requests;
      assert.equal(first!.body.toString(), "helloworld");
      assert.equal(others.length, 2);
      for (const other of others) assert.deepEqual(other, first);
    }
  });
}

test("a body that is still on its way goes to the next attempt as a whole", async (t) => {
  // The first connection was used before; the second one too, so that no event of a new connection helps.
  const backend = await RawBackend.start(t);
  const scene = await start(t, backend, { backoff: 40 });
  const [one, two] = [await scene.connect(), await scene.connect()];
  one.send(get);
  const left = await backend.accept();
  await left.readRequest();
  two.send(get);
  const right = await backend.accept();
  await right.readRequest();
  for (const peer of [left, right]) peer.send(answer(200));
  await Promise.all([one.readResponse(), two.readResponse()]);
  one.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 15\r\n\r\nhello");
  const came = (peer: Peer) => peer.until(() => peer.received.includes("hello"), "hello").then(() => peer);
  const first = await Promise.race([came(left), came(right)]);
  first.send(answer(503));
  await first.ended();
  await one.sendInPieces(["-to-"]);
  const second = first === left ? right : left;
  await second.takeUntil("hello-to-");
  one.send("you-al");
  await second.takeUntil("you-al");
  second.send(answer(200));
  assert.equal((await one.readResponse()).status, 200);
});

test("a body above the limit is sent once", async (t) => {
  const size = 4 * maxReplayBytes;
  const main = await scripted(t, answer(503, "busy"), answer(200, "ok"));
  const client = await (await start(t, main, {})).connect();
  client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`);
  client.send(Buffer.alloc(size, "x"));
  assert.equal((await client.readResponse()).status, 503);
  assert.equal(main.requests.length, 1);
  assert.equal(main.requests[0]!.body.length, size);
});

test("an attempt follows the one before after a pause that grows", async (t) => {
  const clock = new Clock(t);
  const main = await scripted(t, closing, closing, answer(200, "ok"));
  const scene = await start(t, main, { attempts: 2, backoff: 60_000 });
  const client = await scene.connect();
  client.send(get);
  await (await main.backend.accept()).ended();
  await clock.skip(29_000);
  assert.equal(main.requests.length, 1);
  await clock.skip(32_000);
  await (await main.backend.accept()).ended();
  // The second pause is twice as long, and half of it by chance.
  await clock.skip(59_000);
  assert.equal(main.requests.length, 2);
  await clock.skip(62_000);
  assert.equal((await client.readResponse()).status, 200);
});

test("the timeout of the request spans all attempts and their pauses", async (t) => {
  for (const [answers, retry] of [
    [["", ""], { backoff: 1 }],
    [[answer(503), ""], { backoff: 1 }],
    [[answer(503)], { backoff: 600_000 }],
  ] as const) {
    const main = await scripted(t, ...answers);
    const scene = await start(t, main, { attempts: 5, ...retry }, { rule: { requestTimeout: 150 } });
    const client = await scene.connect();
    client.send(get);
    assert.equal((await client.readResponse()).status, 504);
    assert.equal(main.requests.length, answers.length === 2 && answers[0] !== "" ? 2 : 1);
  }
});

test("an attempt that takes too long is given up for another one", async (t) => {
  for (const [attempts, expected] of [
    [1, 504],
    [2, 200],
  ] as const) {
    const main = await scripted(t, "", "", answer(200, "ok"));
    const scene = await start(t, main, { attempts, codes: [] }, { rule: { backendRequestTimeout: 40 } });
    const client = await scene.connect();
    client.send(get);
    assert.equal((await client.readResponse()).status, expected);
    assert.equal(main.requests.length, attempts + 1);
    for (const peer of main.backend.connections.slice(0, attempts)) await peer.ended();
  }
});

test("an endpoint that refuses connections is left for another one, unless there are no attempts", async (t) => {
  for (const [attempts, expected] of [
    [0, new Set([200, 502])],
    [1, new Set([200])],
  ] as const) {
    const dead = await RawBackend.start(t);
    await dead.stop();
    const alive = await scripted(t, answer(200, "ok"));
    const scene = await start(t, alive, { attempts, codes: [] }, { backend: backendOf("main", dead, alive) });
    const seen = new Set<number>();
    for (let i = 0; i < 4; i++) {
      const client = await scene.connect();
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
      seen.add((await client.readResponse()).status);
    }
    assert.deepEqual(seen, expected);
  }
});

test("the next attempt goes elsewhere, whoever else takes turns", async (t) => {
  const dead = await RawBackend.start(t);
  await dead.stop();
  const alive = await scripted(t, answer(200, "ok"));
  const scene = await start(t, alive, { codes: [] }, { backend: backendOf("main", dead, alive) });
  const clients = await Promise.all(Array.from({ length: 7 }, () => scene.connect()));
  for (const client of clients) client.send(get);
  for (const client of clients) assert.equal((await client.readResponse()).status, 200);
});

test("a connection that breaks with the request on it is not tried again: it may have been processed", async (t) => {
  for (const method of ["POST", "GET"]) {
    const backend = await RawBackend.start(t);
    const client = await (await start(t, backend, { attempts: 3, codes: [500, 502, 503, 504] })).connect();
    client.send(`${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab`);
    const peer = await backend.accept();
    await peer.readRequest();
    peer.reset();
    assert.equal((await client.readResponse()).status, 502);
    assert.equal(backend.connections.length, 1);
  }
});

test("without attempts not even a connection that had waited too long is replaced", async (t) => {
  const backend = await RawBackend.start(t);
  const client = await (await start(t, backend, { attempts: 0 })).connect();
  client.send(get);
  const peer = await backend.accept();
  await peer.readRequest();
  peer.send(answer(200));
  await client.readResponse();
  client.send(get);
  await peer.readRequest();
  peer.end();
  assert.equal((await client.readResponse()).status, 502);
  assert.equal(backend.connections.length, 1);
});

test("nothing is tried again after the head of the answer", async (t) => {
  const backend = await RawBackend.start(t);
  const client = await (await start(t, backend, { attempts: 3 })).connect();
  client.send(get);
  const peer = await backend.accept();
  await peer.readRequest();
  peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
  await client.takeUntil("half");
  peer.reset();
  await client.ended();
  assert.equal(backend.connections.length, 1);
});

test("above the budget a failure is answered with 503 at once", async (t) => {
  const retryBudget = { percent: 0, interval: 10_000, minCount: 2, minInterval: 10_000 };
  const main = await scripted(t, answer(500, "no"));
  const scene = await start(t, main, { attempts: 3, codes: [500] }, { backend: { retryBudget } });
  const client = await scene.connect();
  client.send(get);
  const first = await client.readResponse();
  assert.equal(first.status, 503);
  assert.match(first.body.toString(), /^503 /);
  assert.equal(main.requests.length, 3);
  client.send(get);
  assert.equal((await client.readResponse()).status, 503);
  assert.equal(main.requests.length, 4);
});

test("interim answers of an attempt do not end the hope for another one", async (t) => {
  const early = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
  const main = await scripted(t, early + answer(503), answer(200, "ok"));
  const client = await (await start(t, main, {})).connect();
  client.send(get);
  assert.equal((await client.readResponse()).status, 103);
  assert.equal((await client.readResponse()).status, 200);
});

test("a client that leaves during the pause ends it", async (t) => {
  const clock = new Clock(t);
  const main = await scripted(t, closing, answer(200, "ok"));
  const scene = await start(t, main, { backoff: 60_000 });
  const client = await scene.connect();
  client.send(get);
  await (await main.backend.accept()).ended();
  client.reset();
  await scene.left();
  await clock.skip(61_000);
  const other = await scene.connect();
  other.send(get);
  assert.equal((await other.readResponse()).status, 200);
  assert.equal(main.requests.length, 2);
});
