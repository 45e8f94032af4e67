import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { AuthFilter } from "../../src/program/program.ts";
import { maxAuthAnswerBytes } from "../../src/proxy/limits.ts";
import {
  allow,
  type Check,
  type CheckAnswer,
  deny,
  externalAuth,
  framed,
  GrpcAuthServer,
} from "./kit/auth-server.ts";
import { exchange, http2Backend, http2Client } from "./kit/http2-scene.ts";
import { Http2Backend } from "./kit/http2-backend.ts";
import { field } from "./kit/message.ts";
import { backend, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const ok = "HTTP/1.1 200 OK\r\nX-A: backend\r\nContent-Length: 2\r\n\r\nok";

async function start(
  t: TestContext,
  answer: (check: Check) => CheckAnswer,
  more: Partial<AuthFilter> = {},
): Promise<{ scene: Scene; main: RawBackend; server: GrpcAuthServer }> {
  const main = await RawBackend.answering(t, ok);
  const server = await GrpcAuthServer.start(t, answer);
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { filters: [externalAuth("GRPC", more)] })])],
    backends: [backend("main", main), http2Backend("auth", server.backend)],
  });
  return { scene, main, server };
}

test("the server sees the request as Envoy would show it", async (t) => {
  const { scene, server } = await start(t, () => allow());
  const client = await scene.connect();
  client.send(
    "PUT /p/./q?x=%20 HTTP/1.1\r\nHost: a.example:80\r\nX-A: 1\r\nx-a: 2\r\nCookie: a=1\r\nCookie: b=2\r\nX-L: \xe9\r\n" +
      "Connection: x-hop\r\nX-Hop: 1\r\nContent-Length: 3\r\n\r\nabc",
  );
  assert.equal((await client.readResponse()).status, 200);
  const [check] = server.checks;
  assert.equal(check!.call[":path"], "/envoy.service.auth.v3.Authorization/Check");
  assert.equal(check!.call["te"], "trailers");
  assert.equal(check!.call["content-type"], "application/grpc");
  assert.equal(check!.method, "PUT");
  assert.equal(check!.path, "/p/q?x=%20");
  assert.equal(check!.host, "a.example:80");
  assert.equal(check!.scheme, "http");
  assert.match(check!.source, /^127\./);
  assert.equal(check!.body, "");
  const headers = Object.fromEntries(check!.headers);
  assert.match(headers["x-request-id"]!, /^[\w-]{36}$/);
  assert.match(headers["x-forwarded-for"]!, /^127\./);
  delete headers["x-request-id"];
  delete headers["x-forwarded-for"];
  assert.deepEqual(headers, {
    ":authority": "a.example:80",
    ":method": "PUT",
    ":path": "/p/q?x=%20",
    ":scheme": "http",
    "x-a": "1,2",
    cookie: "a=1; b=2",
    "x-l": "!",
    "x-forwarded-proto": "http",
    "x-forwarded-host": "a.example:80",
  });
});

test("it sees listed fields only when there is a list", async (t) => {
  const { scene, server } = await start(t, () => allow(), { allowedHeaders: ["x-a"] });
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 2\r\nAuthorization: x\r\n\r\n");
  await client.readResponse();
  assert.deepEqual([...server.checks[0]!.headers], [["x-a", "1"]]);
});

test("it sees the body as text, and as bytes too when it is none", async (t) => {
  const { scene, server, main } = await start(t, () => allow(), { maxBodyBytes: 10 });
  const client = await scene.connect();
  for (const body of ["hello", "a\xffb", ""]) {
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    assert.equal((await client.readResponse()).status, 200);
    assert.ok(main.received.endsWith(`\r\n\r\n${body}`));
  }
  assert.deepEqual(
    server.checks.map(({ body, rawBody }) => [body, rawBody.toString("latin1")]),
    [
      ["hello", ""],
      ["a!b", "a\xffb"],
      ["", ""],
    ],
  );
});

test("a consent changes fields as its options say, and never what is not its to change", async (t) => {
  const { scene, main } = await start(t, () =>
    allow({
      headers: [
        { name: "X-Set", value: "auth" },
        { name: "x-append", value: "auth", append: true },
        { name: "x-new", value: "auth", append: true },
        { name: "x-false", value: "auth", append: false, action: 1 },
        { name: "x-here", value: "auth", action: 1 },
        { name: "x-absent", value: "auth", action: 1 },
        { name: "x-over", value: "auth", action: 2 },
        { name: "x-if-here", value: "auth", action: 3 },
        { name: "x-if-absent", value: "auth", action: 3 },
        { name: "x-empty", value: "" },
        { name: "x-kept", value: "", keepEmpty: true },
        { name: "x-utf", value: Buffer.from("é").toString("latin1") },
        { name: "Host", value: "evil" },
        { name: "Content-Length", value: "0" },
        { name: "Transfer-Encoding", value: "chunked" },
        { name: "Connection", value: "x-set" },
        { name: ":path", value: "/evil" },
        { name: "x-crlf", value: "a\r\nX-Evil: 1" },
        { name: "x y", value: "1" },
        { name: "x-lf\nX-Evil", value: "1" },
      ],
      remove: ["X-Gone", "Host", ":method", "content-length"],
      setQuery: [
        ["user", "bob&admin=1 #x\r\n"],
        ["new", "1"],
      ],
      removeQuery: ["secret"],
    }),
  );
  const client = await scene.connect();
  const names = ["set", "append", "false", "here", "over", "if-here", "empty", "gone"];
  client.send(
    "POST /p?a=1&%75ser=admin&secret=1&secret=2&user=root&b=+ HTTP/1.1\r\nHost: a\r\n" +
      names.map((name) => `X-${name}: client\r\nx-${name}: again\r\n`).join("") +
      "Content-Length: 2\r\n\r\nhi",
  );
  await client.readResponse();
  const sent = main.received;
  assert.match(sent, /^POST \/p\?a=1&b=\+&user=bob%26admin=1%20%23x%0D%0A&new=1 HTTP\/1.1\r\nHost: a\r\n/);
  assert.ok(sent.endsWith("\r\n\r\nhi"));
  const fields = sent.match(/^(?:x-(?!forwarded|request).*|host.*|content.*|connection.*|transfer.*)$/gim)!;
  assert.deepEqual(fields.map((line) => line.trim()).sort(), [
    "Content-Length: 2",
    "Host: a",
    "X-Set: auth",
    "X-here: client",
    "x-absent: auth",
    "x-append: client,again,auth",
    "x-false: auth",
    "x-here: again",
    "x-if-here: auth",
    "x-kept:",
    "x-new: auth",
    "x-over: auth",
    "x-utf: \xc3\xa9",
  ]);
});

test("a consent adds to the answer", async (t) => {
  const { scene } = await start(t, () =>
    allow({
      response: [
        { name: "X-A", value: "auth" },
        { name: "Set-Cookie", value: "s=1", append: true },
        { name: "Content-Length", value: "0" },
      ],
    }),
  );
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const answer = await client.readResponse();
  assert.equal(field(answer, "x-a"), "auth");
  assert.equal(field(answer, "set-cookie"), "s=1");
  assert.equal(answer.body.toString(), "ok");
});

test("a refusal is what the client gets, on HTTP/1.1, on HTTP/2, and in gRPC", async (t) => {
  const said = deny(
    429,
    [
      { name: "Retry-After", value: "5" },
      { name: "Set-Cookie", value: "a=1" },
      { name: "Set-Cookie", value: "b=2", append: true },
      { name: "X-Evil", value: "a\r\nX-Injected: 1" },
      { name: "Content-Length", value: "0" },
      { name: "Transfer-Encoding", value: "chunked" },
    ],
    "slow down",
  );
  const { scene, main } = await start(t, () => said);
  const client = await scene.connect();
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const answer = await client.readResponse();
  assert.equal(answer.status, 429);
  assert.equal(field(answer, "retry-after"), "5");
  assert.equal(field(answer, "set-cookie"), "a=1|b=2");
  assert.equal(field(answer, "x-evil"), undefined);
  assert.equal(field(answer, "x-injected"), undefined);
  assert.equal(answer.body.toString(), "slow down");
  const session = await http2Client(t, scene);
  const second = await exchange(session, { ":path": "/" });
  assert.equal(second.status, 429);
  assert.equal(second.headers["retry-after"], "5");
  assert.equal(second.body.toString(), "slow down");
  const third = await exchange(
    session,
    { ":path": "/a.B/C", ":method": "POST", "content-type": "application/grpc" },
    "",
  );
  assert.equal(third.status, 200);
  assert.equal(third.headers["grpc-status"], "14");
  assert.equal(main.connections.length, 0);
});

/** Messages that were encoded by hand. */
const verdicts: readonly (readonly [string, string, number])[] = [
  ["OK", "0a00", 200],
  ["OK, with its code written out", "0a020800", 200],
  ["a consent without a status", "1a00", 200],
  ["a refusal without a status", "1200", 403],
  ["a status of PERMISSION_DENIED alone", "0a020807", 403],
  ["a negative status", "0a0b08ffffffffffffffffff01", 403],
  ["a consent with a status that refuses", "0a0208071a00", 403],
  ["OK with a refusal", "0a0012050a0308910312", 502],
  ["OK with a refusal of 401", "0a0012050a03089103", 401],
  ["a refusal, and a consent after it", "0a0012050a030891031a00", 401],
  ["an error of 503", "0a02080d2a050a0308f703", 503],
  ["a refusal with 200", "0a02080712050a0308c801", 403],
  ["a refusal with a status that is none", "0a02080712050a0308ff7f", 403],
  ["nothing", "", 502],
  ["a field that nobody knows", "f20100", 502],
  ["a message that is cut off", "0a", 502],
  ["a consent that is cut off", "0a001a05", 502],
  ["a consent with a header that is none", "0a001a04120212ff", 502],
  ["a group", "0b0c0a00", 502],
];

for (const [what, message, status] of verdicts) {
  test(`the verdict in ${what}`, async (t) => {
    const { scene, main } = await start(t, () => Buffer.from(message, "hex"));
    const client = await scene.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.equal((await client.readResponse()).status, status);
    assert.equal(main.connections.length, status === 200 ? 1 : 0);
  });
}

const head = { ":status": 200, "content-type": "application/grpc" };
const consent = framed(allow());
for (const [what, answer, body, trailers] of [
  ["a status of gRPC that is not 0", head, consent, { "grpc-status": "16" }],
  ["no status of gRPC", head, consent, undefined],
  ["a status in the head and one behind", { ...head, "grpc-status": "0" }, consent, { "grpc-status": "0" }],
  ["an error of HTTP", { ...head, ":status": 503 }, consent, { "grpc-status": "0" }],
  ["another content type", { ...head, "content-type": "application/grpcx" }, consent, { "grpc-status": "0" }],
  ["two messages", head, Buffer.concat([consent, consent]), { "grpc-status": "0" }],
  ["no message", head, Buffer.alloc(0), { "grpc-status": "0" }],
  [
    "a message that is compressed",
    head,
    Buffer.concat([Buffer.from([1]), consent.subarray(1)]),
    { "grpc-status": "0" },
  ],
  ["a message that is cut off", head, consent.subarray(0, -1), { "grpc-status": "0" }],
  ["too much", head, Buffer.alloc(2 * maxAuthAnswerBytes), { "grpc-status": "0" }],
] as const) {
  test(`an answer with ${what} is no verdict`, async (t) => {
    const main = await RawBackend.answering(t, ok);
    const auth = await Http2Backend.start(t, (stream) => {
      stream.respond(answer, { waitForTrailers: trailers !== undefined });
      if (trailers !== undefined) stream.on("wantTrailers", () => stream.sendTrailers(trailers));
      stream.end(body);
    });
    const scene = await Scene.with(t, {
      routes: [route([rule("/", "main", { filters: [externalAuth("GRPC")] })])],
      backends: [backend("main", main), http2Backend("auth", auth)],
    });
    const client = await scene.connect();
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert.equal((await client.readResponse()).status, 502);
    assert.equal(main.connections.length, 0);
  });
}

test("several servers are asked one after another, and each sees what the one before has made of the request", async (t) => {
  const main = await RawBackend.answering(t, ok);
  const first = await GrpcAuthServer.start(t, () => allow({ headers: [{ name: "x-user", value: "bob" }] }));
  const second = await GrpcAuthServer.start(t, ({ headers }) =>
    headers.get("x-user") === "bob" && headers.get("x-between") === "1" ? allow() : deny(403),
  );
  const between = {
    type: "RequestHeaderModifier",
    set: [{ name: "x-between", value: "1" }],
    add: [],
    remove: [],
  } as const;
  const filters = [
    externalAuth("GRPC"),
    between,
    externalAuth("GRPC", { backend: "second", maxBodyBytes: 9 }),
  ];
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { filters })])],
    backends: [
      backend("main", main),
      http2Backend("auth", first.backend),
      http2Backend("second", second.backend),
    ],
  });
  const client = await scene.connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nX-User: eve\r\nContent-Length: 2\r\n\r\nhi");
  assert.equal((await client.readResponse()).status, 200);
  assert.deepEqual(
    [first, second].map(({ checks }) => checks[0]!.body),
    ["", "hi"],
  );
  assert.match(main.received, /\r\nx-user: bob\r\n[^]*\r\n\r\nhi$/);
});
