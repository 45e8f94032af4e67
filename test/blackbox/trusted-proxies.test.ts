// Who may say of a request whom it came from: everybody, the proxies in front alone, or nobody.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Filter, HeaderField } from "../../src/program/program.ts";
import { HttpBackend } from "./kit/http-backend.ts";
import { exchange, http2Client } from "./kit/http2-scene.ts";
import { backend, listener, route, rule } from "./kit/program.ts";
import { Scene } from "./kit/scene.ts";

const claims = {
  "x-forwarded-for": "192.0.2.9, 198.51.100.1",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "shop.example.com",
  forwarded: "for=192.0.2.9;proto=https",
  "x-real-ip": "192.0.2.9",
};

/** What the backend is told, of a request with claims and of one without. */
async function told(
  t: TestContext,
  trustedProxies: readonly string[] | undefined,
  edits?: { readonly set?: readonly HeaderField[]; readonly add?: readonly HeaderField[] },
) {
  const server = await HttpBackend.start(t, ({ headers }, response) => response.end(JSON.stringify(headers)));
  const type = "RequestHeaderModifier";
  const filters: readonly Filter[] =
    edits === undefined ? [] : [{ type, set: [], add: [], remove: [], ...edits }];
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main", { filters })])],
    backends: [backend("main", server)],
  });
  await scene.edit({
    listeners: [listener(scene.address, scene.port, trustedProxies && { trustedProxies })],
  });
  const session = await http2Client(t, scene);
  const seen: unknown[] = [];
  for (const fields of [claims, {}]) {
    const { body } = await exchange(session, { ":path": "/", ":authority": "inner", ...fields });
    const headers = JSON.parse(body.toString()) as Record<string, string>;
    const names = ["x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "x-real-ip"];
    seen.push(names.map((name) => headers[name]));
  }
  return seen;
}

/** Scenes have 127.0.0.0/8 to themselves, and clients come from 127.0.0.1. */
const self = "127.0.0.1";
const silent = [self, "http", "inner", undefined, undefined];
const said = [claims.forwarded, claims["x-real-ip"]];
const believed = [`192.0.2.9, 198.51.100.1, ${self}`, "https", "shop.example.com", ...said];

for (const [what, ranges, expected] of [
  [
    "without ranges the chain and the other fields are passed on, and scheme and host are ours",
    undefined,
    [`192.0.2.9, 198.51.100.1, ${self}`, "http", "inner", ...said],
  ],
  ["a proxy in a range is believed", ["10.0.0.0/8", "127.0.0.0/8"], believed],
  ["a range of one address", ["127.0.0.1/32"], believed],
  ["whoever is in no range is not", ["10.0.0.0/8", "2001:db8::/32"], silent],
  ["nobody is, with no range at all", [], silent],
] as const) {
  test(what, async (t) => {
    assert.deepEqual(await told(t, ranges), [expected, silent]);
  });
}

test("a filter of the route has the last word, whoever is believed", async (t) => {
  const set = [{ name: "X-Forwarded-Proto", value: "ws" }];
  const [first] = await told(t, ["127.0.0.0/8"], { set });
  assert.deepEqual(first, [believed[0], "ws", ...believed.slice(2)]);
});

test("a filter that adds to a field brings back nothing that was not believed", async (t) => {
  const add = ["Forwarded", "X-Real-IP", "X-Forwarded-For"].map((name) => ({ name, value: "ours" }));
  const [first] = await told(t, [], { add });
  assert.deepEqual(first, ["ours", "http", "inner", "ours", "ours"]);
});
