import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { test, type TestContext } from "node:test";
import type { AuthFilter, Filter } from "../../src/program/program.ts";
import { authTimeout, maxAuthAnswerBytes } from "../../src/proxy/limits.ts";
import { externalAuth } from "./kit/auth-server.ts";
import { Clock } from "./kit/clock.ts";
import { HttpBackend } from "./kit/http-backend.ts";
import { field } from "./kit/message.ts";
import { backend, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** `main` answers; `auth` is asked first. */
async function start(
  t: TestContext,
  auth: { readonly host: string; readonly port: number },
  more: Partial<AuthFilter> = {},
  filters: readonly Filter[] = [externalAuth("HTTP", more)],
): Promise<[Scene, RawBackend]> {
  const main = await RawBackend.answering(t, ok);
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { filters })])],
    backends: [backend("main", main), backend("auth", auth)],
  });
  return [scene, main];
}

function saying(t: TestContext, answer: string): Promise<RawBackend> {
  return RawBackend.answering(t, answer);
}

const allowed = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

test("the server sees method, prefixed path, Host, Authorization and an empty body, and nothing else", async (t) => {
  const auth = await saying(t, allowed);
  const [scene, main] = await start(t, auth, { pathPrefix: "/check/" });
  const client = await scene.connect();
  client.send(
    "PUT /a/./p?q=1 HTTP/1.1\r\nHost: a.example\r\nAuthorization: Basic x\r\nCookie: c=1\r\nX-A: 1\r\n" +
      "Connection: x-a\r\nContent-Length: 5\r\n\r\nhello",
  );
  assert.equal((await client.readResponse()).body.toString(), "ok");
  assert.equal(
    auth.received,
    "PUT /check/a/p?q=1 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\nAuthorization: Basic x\r\n\r\n",
  );
  const asked = (await main.accept()).received.toString("latin1");
  assert.match(asked, /^PUT \/a\/p\?q=1 HTTP\/1\.1\r\nHost: a\.example\r\n/);
  assert.match(asked, /\r\nContent-Length: 5\r\n[^]*\r\n\r\nhello$/);
});

test("allowed fields are sent as the backend gets them, but for those of the connection", async (t) => {
  const auth = await saying(t, allowed);
  const allowedHeaders = [
    "cookie",
    "x-forwarded-for",
    "connection",
    "content-length",
    "te",
    "expect",
    "upgrade",
    "host",
  ];
  const [scene] = await start(t, auth, { allowedHeaders });
  const client = await scene.connect();
  client.send(
    "GET / HTTP/1.1\r\nHost: a\r\nCookie: c=1\r\nX-Forwarded-For: 9.9.9.9\r\nTE: trailers\r\nConnection: te\r\nExpect: 100-continue\r\n\r\n",
  );
  await client.readResponse();
  assert.match(
    auth.received,
    /\r\nContent-Length: 0\r\nCookie: c=1\r\nX-Forwarded-For: 9\.9\.9\.9, 127\.[\d.]+\r\n\r\n$/,
  );
});

test("fields of a consent replace the client's own", async (t) => {
  const auth = await saying(
    t,
    "HTTP/1.1 200 OK\r\nX-User: alice\r\nX-Role: a\r\nX-Role: b\r\nHost: evil\r\nConnection: x-hop\r\nX-Hop: 1\r\n" +
      "Content-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody",
  );
  const [scene, main] = await start(t, auth);
  const client = await scene.connect();
  client.send(
    "POST / HTTP/1.1\r\nHost: a\r\nx-user: admin\r\nX-USER: root\r\nContent-Type: a/json\r\nConnection: X-User\r\nContent-Length: 2\r\n\r\n{}",
  );
  await client.readResponse();
  const request = main.received;
  assert.deepEqual(request.match(/^x-user:.*$/gim), ["X-User: alice"]);
  assert.deepEqual(request.match(/^x-role:.*$/gim), ["X-Role: a,b"]);
  assert.deepEqual(request.match(/^host:.*$/gim), ["Host: a"]);
  assert.deepEqual(request.match(/^content-(?:type|length):.*$/gim), [
    "Content-Type: a/json",
    "Content-Length: 2",
  ]);
  assert.doesNotMatch(request, /x-hop/i);
});

test("a listed field comes from the server or not at all", async (t) => {
  const auth = await saying(t, "HTTP/1.1 200 OK\r\nX-Other: 1\r\nX-Role: user\r\nContent-Length: 0\r\n\r\n");
  const [scene, main] = await start(t, auth, {
    allowedResponseHeaders: ["x-user", "X-Role", "content-length", "host"],
  });
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX-User: admin\r\nX-Role: admin\r\nX-Other: mine\r\n\r\n");
  await client.readResponse();
  assert.match(main.received, /^GET \/ HTTP\/1\.1\r\nHost: a\r\nX-Other: mine\r\n/);
  assert.match(main.received, /\r\nX-Role: user\r\n/);
  assert.doesNotMatch(main.received, /admin/);
});

test("a refusal is what the client gets, and the request goes nowhere", async (t) => {
  const auth = await saying(
    t,
    "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Type: text/html\r\n" +
      "Connection: x-hop\r\nX-Hop: 1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n<p>\r\n0\r\n\r\n",
  );
  const [scene, main] = await start(t, auth);
  const client = await scene.connect();
  for (const method of ["GET", "HEAD"]) {
    client.send(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`);
    const answer = await client.readResponse(method);
    assert.equal(answer.status, 401);
    assert.equal(field(answer, "www-authenticate"), "Basic");
    assert.equal(field(answer, "set-cookie"), "a=1|b=2");
    assert.equal(field(answer, "content-type"), "text/html");
    assert.equal(field(answer, "x-hop"), undefined);
    assert.equal(answer.body.toString(), method === "GET" ? "<p>" : "");
  }
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
  assert.equal(field(await client.readResponse(), "connection"), "close", "the body may still come");
  assert.equal(main.connections.length, 0);
});

for (const [said, status] of [
  ["201 Created", 403],
  ["204 No Content", 403],
  ["206 Partial Content", 403],
  ["302 Found", 302],
  ["304 Not Modified", 403],
  ["404 Not Found", 404],
  ["500 Oops", 500],
  ["700 What", 403],
] as const) {
  test(`an answer of ${said} is a refusal with ${status}`, async (t) => {
    const body = /^(204|304)/.test(said) ? "" : "Content-Length: 0\r\n";
    const [scene, main] = await start(
      t,
      await saying(t, `HTTP/1.1 ${said}\r\n${body}Location: /login\r\n\r\n`),
    );
    const client = await scene.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const answer = await client.readResponse();
    assert.equal(answer.status, status);
    assert.equal(field(answer, "location"), "/login");
    assert.equal(main.connections.length, 0);
  });
}

for (const [what, answer, status] of [
  ["closes without an answer", "", 502],
  ["speaks something else", "SSH-2.0-x\r\n\r\n", 502],
  ["cuts its answer short", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", 502],
  ["has two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n", 502],
  ["folds a field", "HTTP/1.1 200 OK\r\nX-A: 1\r\n b\r\nContent-Length: 0\r\n\r\n", 502],
  [
    "switches protocols",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    502,
  ],
  [
    "says too much",
    `HTTP/1.1 200 OK\r\nContent-Length: ${2 * maxAuthAnswerBytes}\r\n\r\n${"x".repeat(2 * maxAuthAnswerBytes)}`,
    502,
  ],
] as const) {
  test(`a server that ${what} has not consented`, async (t) => {
    const auth = await RawBackend.start(t, async (peer) => {
      await peer.readRequest();
      peer.send(answer);
      peer.end();
    });
    const [scene, main] = await start(t, auth);
    const client = await scene.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.equal((await client.readResponse()).status, status);
    assert.equal(main.connections.length, 0);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.equal((await client.readResponse()).status, status, "the connection goes on");
  });
}

test("without a server nothing is allowed: 500 for an invalid reference, 503 without endpoints, 502 where nobody listens", async (t) => {
  const gone = await RawBackend.start(t);
  await gone.stop();
  const main = await RawBackend.answering(t, ok);
  const absent: AuthFilter = { ...externalAuth("HTTP") };
  delete (absent as { backend?: string }).backend;
  const scene = await Scene.with(t, {
    routes: [
      route([
        rule("/absent", "main", { filters: [absent] }),
        rule("/unknown", "main", { filters: [externalAuth("HTTP", { backend: "unknown" })] }),
        rule("/gone", "main", { filters: [externalAuth("HTTP")] }),
        rule("/prefix", "main", { filters: [externalAuth("HTTP", { pathPrefix: "/../x" })] }),
        rule("/framed", "main", { filters: [externalAuth("GRPC", { backend: "main" })] }),
      ]),
    ],
    backends: [backend("main", main), backend("auth", gone)],
  });
  const client = await scene.connect();
  for (const [path, status] of Object.entries({
    absent: 500,
    unknown: 503,
    gone: 502,
    prefix: 500,
    framed: 500,
  })) {
    client.send(`POST /${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc`);
    assert.equal((await client.readResponse()).status, status, path);
  }
  assert.equal(main.connections.length, 0);
});

test("a server that does not answer in time has not consented", async (t) => {
  const clock = new Clock(t);
  const auth = await RawBackend.start(t);
  const [scene, main] = await start(t, auth);
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const asked = await auth.accept();
  await asked.readRequest();
  await clock.skip(authTimeout - 1000);
  assert.equal(client.rest.length, 0);
  await clock.skip(1100);
  assert.equal((await client.readResponse()).status, 504);
  await asked.ended();
  assert.equal(main.connections.length, 0);
});

test("the time for the request counts from its start", async (t) => {
  const clock = new Clock(t);
  const auth = await RawBackend.start(t);
  const main = await RawBackend.start(t);
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { filters: [externalAuth("HTTP")], requestTimeout: 3000 })])],
    backends: [backend("main", main), backend("auth", auth)],
  });
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const asked = await auth.accept();
  await asked.readRequest();
  await clock.skip(2000);
  asked.send(allowed);
  await (await main.accept()).readRequest();
  await clock.skip(1100);
  assert.equal((await client.readResponse()).status, 504);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  await asked.readRequest();
  await clock.skip(3100);
  assert.equal((await client.readResponse()).status, 504);
  assert.equal(main.connections.length, 1);
});

test("a client that leaves ends the question, and requests behind one that waits wait too", async (t) => {
  const auth = await RawBackend.start(t);
  const [scene, main] = await start(t, auth);
  const client = await scene.connect();
  client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  const asked = await auth.accept();
  assert.equal((await asked.readRequest()).line, "GET /1 HTTP/1.1");
  client.send("GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
  asked.send(allowed);
  assert.equal((await client.readResponse()).status, 200);
  assert.equal((await asked.readRequest()).line, "GET /2 HTTP/1.1");
  assert.equal(asked.rest.length, 0);
  asked.send("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
  assert.equal((await client.readResponse()).status, 403);
  assert.equal((await asked.readRequest()).line, "GET /3 HTTP/1.1");
  client.end();
  assert.equal(await asked.ended(), "end");
  assert.equal(main.received.split("GET /").length - 1, 1);
});

test("a connection that the server has given up in the meantime costs nothing", async (t) => {
  const auth = await RawBackend.start(t, async (peer) => {
    await peer.readRequest();
    peer.send(allowed);
    await peer.readRequest();
    peer.end();
  });
  const [scene] = await start(t, auth);
  const client = await scene.connect();
  for (let i = 0; i < 3; i++) {
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx");
    assert.equal((await client.readResponse()).status, 200);
  }
  assert.equal(auth.connections.length, 3);
});

test("what stands before the filter in the list is seen by the server; what stands behind it decides", async (t) => {
  const auth = await saying(
    t,
    "HTTP/1.1 200 OK\r\nX-Before: auth\r\nX-After: auth\r\nContent-Length: 0\r\n\r\n",
  );
  const set = (name: string, value: string): Filter => {
    return { type: "RequestHeaderModifier", set: [{ name, value }], add: [], remove: [] };
  };
  const filters: Filter[] = [
    set("X-Before", "before"),
    externalAuth("HTTP", { allowedHeaders: ["x-before", "x-after"] }),
    set("X-After", "after"),
    { type: "URLRewrite", hostname: "b.example", path: { type: "ReplacePrefixMatch", value: "/new" } },
  ];
  const [scene, main] = await start(t, auth, {}, filters);
  const client = await scene.connect();
  client.send("GET /p HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.readResponse();
  assert.match(auth.received, /^GET \/p HTTP\/1\.1\r\nHost: a\r\n/);
  assert.match(auth.received, /\r\nX-Before: before\r\n\r\n$/);
  assert.match(main.received, /^GET \/new\/p HTTP\/1\.1\r\nHost: b\.example\r\n/);
  assert.deepEqual(main.received.match(/^x-(?:before|after):.*$/gim), ["X-Before: auth", "X-After: after"]);
});

test("redirects and preflights are answered where they stand in the list", async (t) => {
  const auth = await saying(t, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n");
  const redirect: Filter = { type: "RequestRedirect", scheme: "https", status: 301 };
  const cors: Filter = {
    type: "CORS",
    origins: ["https://a"],
    credentials: false,
    methods: ["PUT"],
    headers: [],
    exposedHeaders: [],
    maxAge: 5,
  };
  const preflight = "Origin: https://a\r\nAccess-Control-Request-Method: PUT\r\n";
  for (const [filters, request, status] of [
    [[redirect, externalAuth("HTTP")], "GET / HTTP/1.1\r\n", 301],
    [[externalAuth("HTTP"), redirect], "GET / HTTP/1.1\r\n", 401],
    [[cors, externalAuth("HTTP")], `OPTIONS / HTTP/1.1\r\n${preflight}`, 200],
    [[externalAuth("HTTP"), cors], `OPTIONS / HTTP/1.1\r\n${preflight}`, 401],
    [[cors, externalAuth("HTTP")], "GET / HTTP/1.1\r\nOrigin: https://a\r\n", 401],
  ] as const) {
    const [scene, main] = await start(t, auth, {}, filters);
    const client = await scene.connect();
    client.send(`${request}Host: a\r\n\r\n`);
    const answer = await client.readResponse();
    assert.equal(answer.status, status);
    if (request.includes("Origin")) assert.equal(field(answer, "access-control-allow-origin"), "https://a");
    assert.equal(main.connections.length, 0);
  }
});

test("an agreed request can go on with another protocol", async (t) => {
  const auth = await saying(t, allowed);
  const main = await RawBackend.start(t);
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { filters: [externalAuth("HTTP")] })])],
    backends: [backend("main", main), backend("auth", auth)],
  });
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nearly");
  const peer = await main.accept();
  const request = await peer.readRequest();
  assert.equal(field(request, "upgrade"), "websocket");
  assert.doesNotMatch(auth.received, /upgrade|early/i);
  peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  assert.equal((await client.takeUntil("\r\n\r\n")).split(" ")[1], "101");
  assert.equal((await peer.take(5)).toString(), "early");
  peer.send("late");
  assert.equal((await client.take(4)).toString(), "late");
});

test("the server is asked by node:http as well", async (t) => {
  const auth = await HttpBackend.start(t, (request: IncomingMessage, response: ServerResponse) => {
    void once(request.resume(), "end").then(() => {
      response.writeHead(request.headers.authorization === "Bearer good" ? 200 : 403, { "X-User": "bob" });
      response.end("body");
    });
  });
  const [scene, main] = await start(t, auth);
  const client = await scene.connect();
  for (const [token, status] of [
    ["good", 200],
    ["bad", 403],
    ["good", 200],
  ] as const) {
    client.send(`GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    assert.equal((await client.readResponse()).status, status);
  }
  assert.deepEqual(main.received.match(/X-User: bob/g)?.length, 2);
});
