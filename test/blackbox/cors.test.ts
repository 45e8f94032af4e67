import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type IncomingHttpHeaders } from "node:http2";
import { test, type TestContext } from "node:test";
import type { CorsFilter, Filter, Rule } from "../../src/program/program.ts";
import { field, type Message } from "./kit/message.ts";
import { backend as backendOf, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const filter: CorsFilter = {
  type: "CORS",
  origins: ["https://www.foo.com", "https://*.bar.com"],
  credentials: true,
  methods: ["GET", "OPTIONS"],
  headers: ["x-header-1", "x-header-2"],
  exposedHeaders: ["x-header-3", "x-header-4"],
  maxAge: 3600,
};

const backendAnswer =
  "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://own.example\r\nVary: Accept\r\nContent-Length: 2\r\n\r\nok";

interface Asked {
  readonly message: Message;
  readonly backend: RawBackend;
}

function filtered(filters: readonly Filter[], more: Partial<Rule> = {}): Rule {
  return rule("/", "main", { filters, ...more });
}

/** Sends one request with these fields through the rules. */
async function ask(
  t: TestContext,
  rules: readonly Rule[],
  method: string,
  fields: readonly string[],
  answer = backendAnswer,
): Promise<Asked> {
  const backend = await RawBackend.answering(t, answer);
  const scene = await Scene.with(t, { routes: [route(rules)], backends: [backendOf("main", backend)] });
  const client = await scene.connect();
  client.send(`${[`${method} /p HTTP/1.1`, "Host: a", ...fields].join("\r\n")}\r\n\r\n`);
  return { message: await client.readResponse(method), backend };
}

const preflightOf = (origin: string, method = "GET") => [
  `Origin: ${origin}`,
  `Access-Control-Request-Method: ${method}`,
  "Access-Control-Request-Headers: x-header-1, x-header-2",
];

for (const origin of ["https://www.foo.com", "https://www.bar.com", "https://xpto.www.bar.com"]) {
  test(`a preflight from ${origin} is answered with leave and goes no further`, async (t) => {
    const { message, backend } = await ask(t, [filtered([filter])], "OPTIONS", preflightOf(origin));
    assert.equal(message.status, 200);
    assert.equal(message.body.length, 0);
    assert.equal(field(message, "access-control-allow-origin"), origin);
    assert.equal(field(message, "access-control-allow-methods"), "GET, OPTIONS");
    assert.equal(field(message, "access-control-allow-headers"), "x-header-1, x-header-2");
    assert.equal(field(message, "access-control-expose-headers"), "x-header-3, x-header-4");
    assert.equal(field(message, "access-control-max-age"), "3600");
    assert.equal(field(message, "access-control-allow-credentials"), "true");
    assert.equal(field(message, "vary"), "Origin");
    assert.equal(backend.connections.length, 0);
  });
}

test("a preflight from another origin is answered without leave and goes no further", async (t) => {
  const { message, backend } = await ask(
    t,
    [filtered([filter])],
    "OPTIONS",
    preflightOf("https://foobar.com"),
  );
  assert.equal(message.status, 200);
  assert.ok(message.fields.every(([name]) => !name.startsWith("access-control-")));
  assert.equal(backend.connections.length, 0);
});

for (const [what, method, fields] of [
  ["OPTIONS without Access-Control-Request-Method", "OPTIONS", ["Origin: https://www.foo.com"]],
  ["OPTIONS without Origin", "OPTIONS", ["Access-Control-Request-Method: GET"]],
  ["GET with the fields of a preflight", "GET", preflightOf("https://www.foo.com")],
] as const) {
  test(`${what} is no preflight`, async (t) => {
    const { message, backend } = await ask(t, [filtered([filter])], method, fields);
    assert.equal(message.body.toString(), "ok");
    assert.match(backend.received, new RegExp(`^${method} /p `));
  });
}

test("a request is forwarded whatever its origin, and only those let in can read the answer", async (t) => {
  for (const [origin, allowed] of [
    ["https://www.bar.com", "https://www.bar.com"],
    ["https://foobar.com", undefined],
    ["null", undefined],
  ] as const) {
    const { message } = await ask(t, [filtered([filter])], "GET", [`Origin: ${origin}`]);
    assert.equal(message.status, 200);
    assert.equal(field(message, "access-control-allow-origin"), allowed);
    assert.equal(field(message, "access-control-allow-credentials"), allowed && "true");
    assert.equal(field(message, "vary"), "Accept,Origin");
  }
});

test("without an Origin the backend's answer is its own, and caches are told that it depends", async (t) => {
  const { message } = await ask(t, [filtered([filter])], "GET", []);
  assert.equal(field(message, "access-control-allow-origin"), "https://own.example");
  assert.equal(field(message, "vary"), "Accept,Origin");
});

test("every origin is let in by `*`, with credentials by its name", async (t) => {
  const any = { ...filter, origins: ["*"], methods: ["*"], headers: ["*"] };
  for (const credentials of [true, false]) {
    const rules = [filtered([{ ...any, credentials }])];
    const origin = "https://other.foo.com:12345";
    const plain = (await ask(t, rules, "PUT", [`Origin: ${origin}`, "Content-Length: 0"])).message;
    assert.equal(field(plain, "access-control-allow-origin"), credentials ? origin : "*");
    const preflight = (await ask(t, rules, "OPTIONS", preflightOf(origin, "PUT"))).message;
    assert.equal(field(preflight, "access-control-allow-origin"), credentials ? origin : "*");
    assert.equal(field(preflight, "access-control-allow-methods"), "PUT");
    assert.equal(field(preflight, "access-control-allow-headers"), "x-header-1, x-header-2");
    for (const message of [plain, preflight])
      assert.equal(field(message, "access-control-allow-credentials"), credentials ? "true" : undefined);
  }
});

const destinations = { destinations: [{ weight: 1, backend: "main", filters: [] }] };

for (const [what, status, rules, answer] of [
  ["no endpoint", 503, [rule("/", "nobody", { filters: [filter] })], ""],
  ["no destination", 500, [filtered([filter], { destinations: [] })], ""],
  ["a broken rule", 500, [filtered([filter], { broken: "for the test" })], ""],
  ["a backend that speaks nonsense", 502, [filtered([filter])], "nonsense\r\n\r\n"],
  ["a backend that says nothing", 504, [filtered([filter], { requestTimeout: 40, ...destinations })], ""],
] as const) {
  test(`a page can read the ${status} of ${what}`, async (t) => {
    const { message } = await ask(t, rules, "GET", ["Origin: https://www.foo.com"], answer);
    assert.equal(message.status, status);
    assert.equal(field(message, "access-control-allow-origin"), "https://www.foo.com");
    assert.equal(field(message, "vary"), "Origin");
  });
}

test("an error of the next request on the connection has nothing of the last one's origin", async (t) => {
  const scene = await Scene.with(t, { routes: [route([rule("/p", "nobody", { filters: [filter] })])] });
  const client = await scene.connect();
  client.send("GET /p HTTP/1.1\r\nHost: a\r\nOrigin: https://www.foo.com\r\n\r\n");
  assert.equal(field(await client.readResponse(), "access-control-allow-origin"), "https://www.foo.com");
  client.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n");
  const other = await client.readResponse();
  assert.equal(other.status, 404);
  assert.equal(field(other, "access-control-allow-origin"), undefined);
});

test("a redirect can be read too", async (t) => {
  const redirect: Filter = { type: "RequestRedirect", hostname: "b.example", status: 302 };
  const { message } = await ask(t, [filtered([filter, redirect])], "GET", ["Origin: https://www.foo.com"]);
  assert.equal(message.status, 302);
  assert.equal(field(message, "access-control-allow-origin"), "https://www.foo.com");
  const preflight = await ask(
    t,
    [filtered([filter, redirect])],
    "OPTIONS",
    preflightOf("https://www.foo.com"),
  );
  assert.equal(preflight.message.status, 200);
});

test("a destination's filter stands in for the rule's", async (t) => {
  const own = { ...filter, origins: ["https://own.example"] };
  const rules = [filtered([filter], { destinations: [{ weight: 1, backend: "main", filters: [own] }] })];
  for (const [origin, allowed] of [
    ["https://own.example", "https://own.example"],
    ["https://www.foo.com", undefined],
  ] as const) {
    for (const method of ["GET", "OPTIONS"]) {
      const { message } = await ask(t, rules, method, preflightOf(origin));
      assert.equal(field(message, "access-control-allow-origin"), allowed);
    }
  }
});

test("a preflight keeps the connection, with a body and without", async (t) => {
  const backend = await RawBackend.answering(t, backendAnswer);
  const scene = await Scene.with(t, {
    routes: [route([filtered([filter])])],
    backends: [backendOf("main", backend)],
  });
  const client = await scene.connect();
  const head = `OPTIONS /p HTTP/1.1\r\nHost: a\r\n${preflightOf("https://www.foo.com").join("\r\n")}\r\n`;
  client.send(`${head}\r\n${head}Content-Length: 3\r\n\r\nabc${head}\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n`);
  for (let i = 0; i < 3; i++) assert.equal((await client.readResponse()).body.length, 0);
  assert.equal((await client.readResponse()).body.toString(), "ok");
});

test("HTTP/2 clients get the same", async (t) => {
  const backend = await RawBackend.answering(t, backendAnswer);
  const scene = await Scene.with(t, {
    routes: [route([rule("/down", "nobody", { filters: [filter] }), filtered([filter])])],
    backends: [backendOf("main", backend)],
  });
  const session = connect(scene.origin);
  t.after(() => session.destroy());
  const origin = "https://www.foo.com";
  for (const [method, path, status, vary] of [
    ["OPTIONS", "/", 200, "Origin"],
    ["GET", "/", 200, "Accept,Origin"],
    ["GET", "/down", 503, "Origin"],
  ] as const) {
    const fields = { origin, "access-control-request-method": "GET" };
    const stream = session.request({ ":method": method, ":path": path, ...fields });
    const [head] = (await once(stream, "response")) as [IncomingHttpHeaders];
    stream.resume();
    assert.equal(head[":status"], status);
    assert.equal(head["access-control-allow-origin"], origin);
    assert.equal(head.vary, vary);
  }
  assert.ok(!backend.received.includes("OPTIONS"));
});
