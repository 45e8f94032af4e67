import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { Api } from "../testing.ts";

const accounts = "/api/v1/namespaces/default/serviceaccounts";
const secrets = "/api/v1/namespaces/default/secrets";
const reviews = "/apis/authentication.k8s.io/v1/tokenreviews";
const selfReviews = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

async function open(context: Parameters<typeof Api.open>[0]): Promise<Api> {
  const api = await Api.open(context, { controllers: false });
  assert.equal((await api.post(accounts, { metadata: { name: "robot" } })).code, 201);
  return api;
}

async function request(api: Api, spec: JsonObject = {}): Promise<string> {
  const { code, body, text } = await api.post(`${accounts}/robot/token`, { spec });
  assert.equal(code, 201, text);
  return (body["status"] as { token: string }).token;
}

async function review(api: Api, spec: JsonObject): Promise<JsonObject> {
  const { code, body } = await api.post(reviews, { spec });
  assert.equal(code, 201);
  return body["status"] as JsonObject;
}

test("a token is its account, for as long as was asked", async (context) => {
  const api = await open(context);
  const { body } = await api.post(`${accounts}/robot/token`, { spec: { expirationSeconds: 1200 } });
  const { token, expirationTimestamp } = body["status"] as { token: string; expirationTimestamp: string };
  const left = Date.parse(expirationTimestamp) - Date.now();
  assert.ok(left > 1_100_000 && left <= 1_201_000, String(left));
  assert.equal((await api.post(selfReviews, {}, { token })).code, 201);
  const { authenticated, user } = await review(api, { token });
  assert.equal(authenticated, true);
  assert.equal((user as JsonObject)["username"], "system:serviceaccount:default:robot");
});

test("a token of another audience does not let in here, and is known there", async (context) => {
  const api = await open(context);
  const token = await request(api, { audiences: ["vault"] });
  assert.equal((await api.post(selfReviews, {}, { token })).code, 401);
  assert.equal((await review(api, { token }))["authenticated"], false);
  const known = await review(api, { token, audiences: ["vault", "other"] });
  assert.deepEqual([known["authenticated"], known["audiences"]], [true, ["vault"]]);
});

test("a token ends with its account, and with the object that it is bound to", async (context) => {
  const api = await open(context);
  await api.post(secrets, { metadata: { name: "s" } });
  const boundObjectRef = { kind: "Secret", apiVersion: "v1", name: "s" };
  const bound = await request(api, { boundObjectRef });
  const free = await request(api);
  for (const token of [bound, free]) assert.equal((await api.post(selfReviews, {}, { token })).code, 201);
  await api.delete(`${secrets}/s`);
  assert.equal((await api.post(selfReviews, {}, { token: bound })).code, 401);
  assert.equal((await api.post(selfReviews, {}, { token: free })).code, 201);
  await api.delete(`${accounts}/robot`);
  await api.post(accounts, { metadata: { name: "robot" } });
  assert.equal((await api.post(selfReviews, {}, { token: free })).code, 401);
});

test("requests that make no sense are refused", async (context) => {
  const api = await open(context);
  await api.post(secrets, { metadata: { name: "s" } });
  const bind = (reference: JsonObject) => ({ boundObjectRef: { apiVersion: "v1", ...reference } });
  const cases: readonly (readonly [number, JsonObject])[] = [
    [400, { expirationSeconds: "x" }],
    [422, { expirationSeconds: 10 }],
    [400, bind({ kind: "ConfigMap", name: "a" })],
    [404, bind({ kind: "Secret", name: "none" })],
    [409, bind({ kind: "Secret", name: "s", uid: "00000000-0000-0000-0000-000000000000" })],
  ];
  for (const [expected, spec] of cases) {
    const { code, text } = await api.post(`${accounts}/robot/token`, { spec });
    assert.equal(code, expected, text);
  }
  assert.equal((await api.post(`${accounts}/none/token`, {})).code, 404);
  assert.equal((await api.get(`${accounts}/robot/token`)).code, 405);
});
