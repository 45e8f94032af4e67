import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { AuthFilter, Rule } from "../../src/program/program.ts";
import {
  allow,
  type Check,
  type CheckAnswer,
  deny,
  externalAuth,
  GrpcAuthServer,
} from "./kit/auth-server.ts";
import { exchange, http2Backend, http2Client } from "./kit/http2-scene.ts";
import { field } from "./kit/message.ts";
import { backend, listener, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** The listener asks `auth`; requests with the field `x-tier` that it sets go to `gold`. */
async function start(
  t: TestContext,
  answer: (check: Check) => CheckAnswer,
  more: Partial<AuthFilter> = {},
  rules: readonly Rule[] = [],
): Promise<{ scene: Scene; main: RawBackend; gold: RawBackend; server: GrpcAuthServer }> {
  const main = await RawBackend.answering(t, ok);
  const gold = await RawBackend.answering(t, ok);
  const server = await GrpcAuthServer.start(t, answer);
  const tier = { type: "Exact", name: "x-tier", value: "gold" } as const;
  const match = { path: { type: "PathPrefix", value: "/" }, headers: [tier], query: [] } as const;
  const scene = await Scene.with(t, {
    routes: [route([...rules, rule("/", "main"), rule("/", "gold", { matches: [match] })])],
    backends: [backend("main", main), backend("gold", gold), http2Backend("auth", server.backend)],
  });
  await scene.edit({
    listeners: [listener(scene.address, scene.port, { filters: [externalAuth("GRPC", more)] })],
  });
  return { scene, main, gold, server };
}

const golden = allow({ headers: [{ name: "X-Tier", value: "gold" }] });

test("routes see what the listener's servers have made of the request, and the client cannot take it back", async (t) => {
  const { scene, main, gold, server } = await start(t, ({ path }) =>
    path === "/gold" ? golden : allow({ remove: ["x-tier"] }),
  );
  const client = await scene.connect();
  for (const request of [
    "GET /gold HTTP/1.1\r\nHost: a\r\nConnection: X-Tier\r\n\r\n",
    "GET /gold HTTP/1.1\r\nHost: a\r\nX-Tier: none\r\n\r\n",
    "POST http://b/gold HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi",
  ]) {
    client.send(request);
    assert.equal((await client.readResponse()).status, 200);
  }
  assert.equal(main.connections.length, 0);
  assert.equal(gold.received.match(/^x-tier: gold\r$/gim)?.length, 3);
  assert.match(
    gold.received,
    /POST \/gold HTTP\/1.1\r\nHost: b\r\n[^]*X-Forwarded-Host: b\r\n[^]*\r\n\r\nhi$/,
  );
  client.send("GET /plain HTTP/1.1\r\nHost: a\r\nX-Tier: gold\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n");
  assert.equal((await client.readResponse()).status, 200);
  assert.match(main.received, /\r\nX-Forwarded-For: 9\.9\.9\.9, 127\.[^,]*\r\n/);
  const [last] = server.checks.slice(-1);
  assert.equal(last!.headers.get("x-request-id"), /X-Request-Id: (.*)\r\n/.exec(main.received)?.[1]);
  assert.match(last!.headers.get("x-forwarded-for")!, /^9\.9\.9\.9, 127\./);
});

test("every request is asked about, whatever route there is for it", async (t) => {
  const { scene, server, main } = await start(t, () => deny(401));
  await scene.edit({ removedRoutes: ["HTTPRoute/default/route"] });
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.0\r\n\r\n");
  assert.equal((await client.readResponse()).status, 401);
  assert.equal((await client.readResponse()).status, 401);
  assert.equal(server.checks.length, 2);
  assert.equal(main.connections.length, 0);
});

test("a body that was seen by the listener's server goes through the route's server to the backend", async (t) => {
  const filters = [externalAuth("GRPC", { maxBodyBytes: 4 })];
  const { scene, main, server } = await start(
    t,
    () => allow({ response: [{ name: "x-r", value: "1" }] }),
    { maxBodyBytes: 6 },
    [rule("/two", "main", { filters })],
  );
  const client = await scene.connect();
  const chunks = "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n";
  client.send(`POST /two HTTP/1.1\r\nHost: a\r\n${chunks}`);
  assert.equal((await client.readResponse()).status, 100);
  await client.sendInPieces(["2\r\nab\r\n", "2\r\ncd\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n"]);
  const answer = await client.readResponse();
  assert.equal(answer.status, 200);
  assert.equal(field(answer, "x-r"), "1");
  assert.equal((await client.readResponse()).status, 200);
  assert.deepEqual(
    server.checks.map(({ body }) => body),
    ["abcd", "abcd", ""],
  );
  assert.match(main.received, /\r\n\r\n4\r\nabcd\r\n0\r\n\r\nGET \/next/);
  assert.doesNotMatch(main.received, /expect/i);
  client.send("POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde");
  assert.equal((await client.readResponse()).status, 413);
});

test("a body that nobody wants to see waits for both", async (t) => {
  const filters = [externalAuth("GRPC")];
  const { scene, main } = await start(t, () => allow(), {}, [rule("/two", "main", { filters })]);
  const client = await scene.connect();
  await client.sendInPieces([
    "POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nab",
    "cd",
    "efGET /next HTTP/1.1\r\nHost: a\r\n\r\n",
  ]);
  assert.equal((await client.readResponse()).status, 200);
  assert.equal((await client.readResponse()).status, 200);
  assert.match(main.received, /\r\n\r\nabcdefGET \/next/);
  const session = await http2Client(t, scene);
  const answer = await exchange(session, { ":method": "POST", ":path": "/two" }, "x".repeat(50_000));
  assert.equal(answer.status, 200);
  assert.match(main.received, /\r\nc350\r\nx+\r\n0\r\n\r\n$|x{1000}/);
});

test("without a verdict nothing is served", async (t) => {
  const { scene, main, gold } = await start(t, () => 14);
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal((await client.readResponse()).status, 502);
  await scene.edit({ removedBackends: ["auth"] });
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal((await client.readResponse()).status, 503);
  assert.equal(main.connections.length + gold.connections.length, 0);
  await scene.edit({ listeners: [listener(scene.address, scene.port)] });
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  assert.equal((await client.readResponse()).status, 200, "the filter is gone");
});
