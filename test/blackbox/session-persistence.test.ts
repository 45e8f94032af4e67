import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect, type IncomingHttpHeaders } from "node:http2";
import { get } from "node:https";
import { test, type TestContext } from "node:test";
import type { Destination, SessionPersistence } from "../../src/program/program.ts";
import { certificate, makeAuthority, makeLeaf } from "./kit/certificates.ts";
import { field, type Message } from "./kit/message.ts";
import { backend as backendOf, listener, route, rule } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { Scene } from "./kit/scene.ts";

const byCookie: SessionPersistence = { type: "Cookie", name: "sid" };
const byHeader: SessionPersistence = { type: "Header", name: "X-Session" };

/** Backends that answer with their own names. */
async function named(t: TestContext, ...names: readonly string[]): Promise<readonly RawBackend[]> {
  return Promise.all(
    names.map((name) =>
      RawBackend.answering(
        t,
        `HTTP/1.1 200 OK\r\nSet-Cookie: own=${name}\r\nX-Session: own\r\nContent-Length: ${name.length}\r\n\r\n${name}`,
      ),
    ),
  );
}

/** Asks on a connection of its own. */
async function ask(scene: Scene, ...fields: readonly string[]): Promise<Message> {
  const client = await scene.connect();
  client.send(`${["GET / HTTP/1.1", "Host: a", ...fields].join("\r\n")}\r\n\r\n`);
  const answer = await client.readResponse();
  client.end();
  return answer;
}

/** The line that sets the session's cookie, and its pair. */
function cookieOf(answer: Message, name = "sid"): { line: string; pair: string } | undefined {
  const line = answer.fields.find(
    ([key, value]) => key === "set-cookie" && value.startsWith(`${name}=`),
  )?.[1];
  return line === undefined ? undefined : { line, pair: line.split(";")[0]! };
}

async function one(t: TestContext, persistence: SessionPersistence, ...names: readonly string[]) {
  const endpoints = await named(t, ...names);
  const backend = { ...backendOf("main", ...endpoints), persistence };
  const scene = await Scene.with(t, { routes: [route([rule("/", "main")])], backends: [backend] });
  return { endpoints, backend, scene };
}

test("a cookie brings every further request to the same endpoint", async (t) => {
  const { scene, endpoints } = await one(t, byCookie, "a", "b", "c");
  const first = await ask(scene);
  const { line, pair } = cookieOf(first)!;
  assert.match(line, /^sid=[\w-]{44}; Path=\/; HttpOnly; SameSite=Strict$/);
  assert.equal(field(first, "set-cookie")!.split("|").length, 2);
  for (let i = 0; i < 6; i++) {
    const answer = await ask(scene, `Cookie: other=1; ${pair}; more=2`);
    assert.equal(answer.body.toString(), first.body.toString());
    assert.equal(cookieOf(answer), undefined);
  }
  const seen = endpoints.map(({ received }) => received).join("");
  assert.equal(seen.split(`Cookie: other=1; ${pair}; more=2`).length - 1, 6);
});

test("requests without a cookie go in turn", async (t) => {
  const { scene } = await one(t, byCookie, "a", "b", "c");
  const seen = new Set<string>();
  for (let i = 0; i < 3; i++) seen.add((await ask(scene)).body.toString());
  assert.equal(seen.size, 3);
});

test("a field does the same, in place of the backend's own", async (t) => {
  const { scene } = await one(t, byHeader, "a", "b", "c");
  const first = await ask(scene);
  const token = field(first, "x-session")!;
  assert.match(token, /^[\w-]{44}$/);
  for (let i = 0; i < 4; i++) {
    const answer = await ask(scene, `x-session: ${token}`);
    assert.equal(answer.body.toString(), first.body.toString());
    assert.equal(field(answer, "x-session"), "own");
  }
});

test("the cookie is found among many, in any line, quoted or not", async (t) => {
  const { scene } = await one(t, byCookie, "a", "b", "c");
  const first = await ask(scene);
  const { pair } = cookieOf(first)!;
  for (const fields of [
    ["Cookie: a=b", `cookie: c=d;${pair}`],
    [`Cookie: sid=nonsense; sid=; ${pair}`],
    [`Cookie: ${pair.replace("=", '="')}"`],
    [`Cookie: xsid=1; sid; ;; ${pair};`],
  ]) {
    for (let i = 0; i < 3; i++) {
      const answer = await ask(scene, ...fields);
      assert.equal(answer.body.toString(), first.body.toString());
      assert.equal(cookieOf(answer), undefined);
    }
  }
});

test("what is not ours, or was changed, begins a new session", async (t) => {
  const { scene, endpoints } = await one(t, byCookie, "a", "b");
  const { pair } = cookieOf(await ask(scene))!;
  const last = pair.at(-2) === "A" ? "B" : "A";
  for (const forged of [
    "sid=",
    "sid=127.0.0.1:80",
    `sid=${Buffer.from(`127.0.0.1:${endpoints[0]!.port}`).toString("base64url")}`,
    `sid=${"A".repeat(44)}`,
    `${pair.slice(0, -2)}${last}${pair.at(-1)}`,
    `${pair}x`,
  ]) {
    const bodies = new Set<string>();
    for (let i = 0; i < 2; i++) {
      const answer = await ask(scene, `Cookie: ${forged}`);
      assert.notEqual(cookieOf(answer), undefined, forged);
      bodies.add(answer.body.toString());
    }
    assert.equal(bodies.size, 2);
  }
});

test("a session whose endpoint is gone goes on with another one, and stays there", async (t) => {
  const { scene, endpoints, backend } = await one(t, byCookie, "a", "b", "c");
  const first = await ask(scene);
  const { pair } = cookieOf(first)!;
  const left = endpoints.filter((_, i) => "abc"[i] !== first.body.toString());
  await scene.edit({ backends: [{ ...backend, endpoints: left }] });
  const second = await ask(scene, `Cookie: ${pair}`);
  assert.notEqual(second.body.toString(), first.body.toString());
  const next = cookieOf(second)!.pair;
  for (let i = 0; i < 4; i++)
    assert.equal((await ask(scene, `Cookie: ${next}`)).body.toString(), second.body.toString());
  await scene.edit({ backends: [backend] });
  assert.equal((await ask(scene, `Cookie: ${pair}`)).body.toString(), first.body.toString());
});

test("an endpoint that cannot be reached is left, and the client is told", async (t) => {
  const { scene, endpoints } = await one(t, byCookie, "a", "b");
  const first = await ask(scene);
  const { pair } = cookieOf(first)!;
  await endpoints["ab".indexOf(first.body.toString())]!.stop();
  const second = await ask(scene, `Cookie: ${pair}`);
  assert.notEqual(second.body.toString(), first.body.toString());
  const next = cookieOf(second)!.pair;
  assert.equal(cookieOf(await ask(scene, `Cookie: ${next}`)), undefined);
});

test("a session ends with its absolute timeout", async (t) => {
  const { scene } = await one(t, { ...byCookie, absoluteTimeout: 60_000 }, "a", "b");
  const { pair, line } = cookieOf(await ask(scene))!;
  assert.doesNotMatch(line, /Max-Age/);
  assert.equal(cookieOf(await ask(scene, `Cookie: ${pair}`)), undefined);
  const now = Date.now.bind(Date);
  t.mock.method(Date, "now", () => now() + 58_000);
  assert.equal(cookieOf(await ask(scene, `Cookie: ${pair}`)), undefined);
  t.mock.restoreAll();
  t.mock.method(Date, "now", () => now() + 61_000);
  assert.notEqual(cookieOf(await ask(scene, `Cookie: ${pair}`)), undefined);
});

test("a permanent cookie lasts as long as the session, on the path that is named", async (t) => {
  const { scene } = await one(
    t,
    { ...byCookie, absoluteTimeout: 3_600_000, permanent: true, path: "/shop" },
    "a",
  );
  const { line } = cookieOf(await ask(scene))!;
  assert.match(line, /; Path=\/shop; Max-Age=3600; HttpOnly; SameSite=Strict$/);
});

test("nothing in a path breaks out of the cookie", async (t) => {
  const { scene } = await one(t, { ...byCookie, path: "/; Domain=evil.example\r\nX: y" }, "a");
  const answer = await ask(scene);
  assert.match(cookieOf(answer)!.line, /; Path=\/; HttpOnly; SameSite=Strict$/);
  assert.equal(field(answer, "x"), undefined);
});

test("a name that would break messages is not used", async (t) => {
  const persistences = [
    ...["Content-Length", "transfer-encoding", "Connection"].map(
      (name) => ({ type: "Header", name }) as const,
    ),
    ...["a b", "x: y\r\nz", ""].flatMap((name) => [
      { type: "Header" as const, name },
      { type: "Cookie" as const, name },
    ]),
  ];
  for (const persistence of persistences) {
    const { scene } = await one(t, persistence, "a");
    const answer = await ask(scene);
    assert.equal(answer.body.toString(), "a");
    assert.equal(field(answer, "set-cookie"), "own=a");
    assert.equal(answer.fields.length, 3);
  }
});

test("the weights choose the backend, and in each the client has its endpoint", async (t) => {
  const left = await named(t, "l1", "l2", "l3");
  const right = await named(t, "r1", "r2", "r3");
  const destinations: Destination[] = ["left", "right"].map((backend) => ({
    weight: 1,
    backend,
    filters: [],
  }));
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "", { destinations })])],
    backends: [
      { ...backendOf("left", ...left), persistence: byCookie },
      { ...backendOf("right", ...right), persistence: byCookie },
    ],
  });
  let cookie = "";
  const seen = new Map<string, number>();
  for (let i = 0; i < 100; i++) {
    const answer = await ask(scene, ...(cookie === "" ? [] : [`Cookie: ${cookie}`]));
    cookie = cookieOf(answer)?.pair ?? cookie;
    const name = answer.body.toString();
    seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  // One endpoint of each; a share of 1 in 2 that comes 20 times or less of 100 is one in a thousand million.
  assert.equal(seen.size, 2);
  assert.deepEqual(new Set([...seen.keys()].map((name) => name[0])), new Set(["l", "r"]));
  for (const count of seen.values()) assert.ok(count > 20);
});

test("a token of one backend is worth nothing with another, whatever endpoints they share", async (t) => {
  const endpoints = await named(t, "a", "b");
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "one")])],
    backends: [
      { ...backendOf("one", ...endpoints), persistence: byCookie },
      { ...backendOf("two", ...endpoints), persistence: byCookie },
    ],
  });
  const { pair } = cookieOf(await ask(scene))!;
  await scene.edit({ routes: [route([rule("/", "two")])] });
  assert.notEqual(cookieOf(await ask(scene, `Cookie: ${pair}`)), undefined);
});

test("an error of our own begins no session", async (t) => {
  const { scene } = await one(t, byCookie);
  const answer = await ask(scene);
  assert.equal(answer.status, 503);
  assert.equal(cookieOf(answer), undefined);
});

test("proxies with one secret know each other's sessions", async (t) => {
  const endpoints = await named(t, "a", "b", "c");
  const edit = {
    routes: [route([rule("/", "main")])],
    backends: [{ ...backendOf("main", ...endpoints), persistence: byCookie }],
  };
  const secret = Buffer.alloc(32, 7);
  const first = await Scene.with(t, edit, secret);
  const second = await Scene.with(t, edit, secret);
  const stranger = await Scene.with(t, edit);
  const answer = await ask(first);
  const { pair } = cookieOf(answer)!;
  assert.equal((await ask(second, `Cookie: ${pair}`)).body.toString(), answer.body.toString());
  assert.notEqual(cookieOf(await ask(stranger, `Cookie: ${pair}`)), undefined);
});

test("over TLS the cookie is for TLS only", async (t) => {
  const authority = makeAuthority();
  const { scene } = await one(t, byCookie, "a");
  await scene.edit({
    listeners: [listener(scene.address, scene.port, { protocol: "HTTPS", tls: { certificates: ["c"] } })],
    certificates: [certificate("c", makeLeaf(authority, { names: ["a.example"] }))],
  });
  const request = get({
    host: scene.address,
    port: scene.port,
    servername: "a.example",
    headers: { host: "a.example" },
    ca: authority.certificate,
    agent: false,
  });
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.resume();
  assert.match(
    response.headers["set-cookie"]!.join("|"),
    /sid=[\w-]{44}; Path=\/; HttpOnly; SameSite=Strict; Secure/,
  );
});

test("HTTP/2 clients have sessions too, with their cookies in one field or in many", async (t) => {
  const { scene } = await one(t, byCookie, "a", "b", "c");
  const first = await ask(scene);
  const { pair } = cookieOf(first)!;
  const session = connect(scene.origin);
  t.after(() => session.destroy());
  for (const cookie of [pair, ["x=1", pair, "y=2"], undefined]) {
    const stream = session.request({ ":path": "/", ...(cookie === undefined ? {} : { cookie }) });
    const [head] = (await once(stream, "response")) as [IncomingHttpHeaders];
    const body = Buffer.concat(await stream.toArray()).toString();
    if (cookie !== undefined) assert.equal(body, first.body.toString());
    assert.equal(head["set-cookie"]!.length, cookie === undefined ? 2 : 1);
  }
});
