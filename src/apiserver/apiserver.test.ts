import assert from "node:assert/strict";
import { connect } from "node:tls";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { ApiServer } from "./apiserver.ts";
import { Api, configMap, configMaps, route, routes } from "./testing.ts";

interface Named {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly uid: string;
  };
}

function named(body: unknown): Named {
  return body as Named;
}

test("an object is created, read, changed and deleted", async (context) => {
  const api = await Api.open(context);
  const created = await api.post(routes, route("a"));
  assert.equal(created.code, 201);
  const { metadata } = named(created.body);
  assert.equal(metadata.generation, 1);
  const read = await api.get(`${routes}/a`);
  assert.deepEqual(read.body, created.body);
  const again = await api.post(routes, route("a"));
  assert.deepEqual([again.code, again.body["reason"]], [409, "AlreadyExists"]);
  const changed = await api.put(`${routes}/a`, { ...created.body, spec: { hostnames: ["a.example.com"] } });
  assert.equal(changed.code, 200);
  assert.equal(named(changed.body).metadata.generation, 2);
  const stale = await api.put(`${routes}/a`, created.body);
  assert.deepEqual([stale.code, stale.body["reason"]], [409, "Conflict"]);
  const deleted = await api.delete(`${routes}/a`);
  assert.deepEqual([deleted.code, deleted.body["status"]], [200, "Success"]);
  assert.equal((await api.get(`${routes}/a`)).code, 404);
});

test("defaults are filled in, and a write that changes nothing is none", async (context) => {
  const api = await Api.open(context);
  const { body } = await api.post(routes, route("a"));
  const rules = (body["spec"] as { rules: { matches: unknown }[] }).rules;
  assert.deepEqual(rules[0]?.matches, [{ path: { type: "PathPrefix", value: "/" } }]);
  const same = await api.patch(`${routes}/a`, "merge", {
    spec: { parentRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "web" }] },
  });
  assert.equal(named(same.body).metadata.resourceVersion, named(body).metadata.resourceVersion);
});

test("an invalid object is refused with every fault at its place", async (context) => {
  const api = await Api.open(context);
  const wrong = route("a", { hostnames: ["UPPER"], rules: [{ matches: [{ path: { type: "Exactly" } }] }] });
  const { code, body } = await api.post(routes, wrong);
  assert.equal(code, 422);
  const { causes } = body["details"] as { causes: { field: string; reason: string }[] };
  assert.deepEqual(causes.map(({ field, reason }) => `${field} ${reason}`).toSorted(), [
    "spec.hostnames[0] FieldValueInvalid",
    "spec.rules[0].matches[0].path.type FieldValueNotSupported",
  ]);
  assert.match(String(body["message"]), /^HTTPRoute\.gateway\.networking\.k8s\.io "a" is invalid: \[/);
});

test("unknown fields are refused, warned of or passed over", async (context) => {
  const api = await Api.open(context);
  const odd = { ...route("a"), extra: 1 };
  const strict = await api.post(`${routes}?fieldValidation=Strict`, odd);
  assert.deepEqual(
    [strict.code, strict.body["message"]],
    [400, 'strict decoding error: unknown field "extra"'],
  );
  const warned = await api.post(`${routes}?fieldValidation=Warn`, odd);
  assert.deepEqual([warned.code, warned.headers["warning"]], [201, '299 - "unknown field \\"extra\\""']);
  assert.equal(warned.body["extra"], undefined);
  const ignored = await api.post(`${routes}?fieldValidation=Ignore`, {
    ...odd,
    metadata: { name: "b", odd: 1 },
  });
  assert.deepEqual([ignored.code, ignored.headers["warning"]], [201, undefined]);
  assert.equal((ignored.body["metadata"] as Record<string, unknown>)["odd"], undefined);
});

test("a dry run says what would be, and leaves everything as it is", async (context) => {
  const api = await Api.open(context);
  assert.equal((await api.post(`${routes}?dryRun=All`, route("a"))).code, 201);
  assert.equal((await api.get(`${routes}/a`)).code, 404);
  assert.equal((await api.post(`${routes}?dryRun=Some`, route("a"))).code, 400);
});

test("the status has a life of its own", async (context) => {
  const api = await Api.open(context);
  const condition = {
    type: "Accepted",
    status: "True",
    reason: "Accepted",
    message: "",
    lastTransitionTime: "2026-11-01T00:00:00Z",
  };
  const parents = [{ parentRef: { name: "web" }, controllerName: "example.com/x", conditions: [condition] }];
  const { body } = await api.post(routes, { ...route("a"), status: { parents } });
  assert.equal(body["status"], undefined);
  const written = await api.patch(`${routes}/a/status`, "merge", {
    status: { parents },
    spec: { hostnames: ["no.example.com"] },
  });
  assert.equal(written.code, 200);
  assert.equal(named(written.body).metadata.generation, 1);
  assert.equal((written.body["spec"] as { hostnames?: unknown }).hostnames, undefined);
  const kept = await api.put(`${routes}/a`, { ...route("a", { hostnames: ["a.example.com"] }) });
  assert.deepEqual(kept.body["status"], written.body["status"]);
});

test("versions of one kind show the same objects", async (context) => {
  const api = await Api.open(context);
  await api.post(routes, route("a"));
  const { body } = await api.get(`${routes.replace("/v1/", "/v1beta1/")}/a`);
  assert.equal(body["apiVersion"], "gateway.networking.k8s.io/v1beta1");
});

test("nobody gets in without credentials, and health needs none", async (context) => {
  const api = await Api.open(context);
  for (const path of ["/api", "/version", routes, "/openapi/v3", "/"]) {
    assert.equal((await api.get(path, { token: "" })).code, 401, path);
    assert.equal((await api.get(path, { token: "wrong" })).code, 401, path);
  }
  for (const path of ["/healthz", "/readyz", "/livez"]) {
    assert.deepEqual(
      [(await api.get(path, { token: "" })).code, (await api.get(path, { token: "" })).text],
      [200, "ok"],
    );
  }
});

test("bodies that are too large, broken or of a foreign type are refused", async (context) => {
  const api = await Api.open(context);
  const large = await api.post(configMaps, configMap("large", { a: "x".repeat(3 * 1024 * 1024) }));
  assert.deepEqual([large.code, large.body["reason"]], [413, "RequestEntityTooLarge"]);
  assert.equal((await api.post(configMaps, '{"a":')).code, 400);
  assert.equal((await api.post(configMaps, "[]")).code, 400);
  assert.equal(
    (await api.post(configMaps, "k8s\0", { type: "application/vnd.kubernetes.protobuf" })).code,
    415,
  );
  const deep = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"data":${"[".repeat(5000)}${"]".repeat(5000)}}`;
  assert.equal((await api.post(configMaps, deep)).code, 400);
  const polluted = await api.post(
    configMaps,
    '{"metadata":{"name":"p"},"data":{"__proto__":"x","constructor":"y"}}',
  );
  assert.equal(polluted.code, 201);
  assert.match(polluted.text, /"__proto__":"x"/);
  assert.equal((await api.get("/healthz")).code, 200);
});

test("a slow head does not hold a connection for ever, nor does TLS without a request", async (context) => {
  const api = await Api.open(context);
  const { hostname, port } = new URL(api.server.url);
  const socket = connect({ host: hostname, port: Number(port), ca: api.server.ca });
  await once(socket, "secureConnect");
  socket.write("GET /healthz HTTP/1.1\r\nHost: a\r\nX: ");
  const started = performance.now();
  socket.resume();
  await once(socket, "close");
  assert.ok(performance.now() - started < 45_000);
});

function folder(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "gatewright-api-"));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test("a data folder keeps objects, certificates and the token; two servers cannot share it", async (context) => {
  const dataDir = folder(context);
  const first = await ApiServer.open({ version: "0.0.0", dataDir });
  first.ownership("test").apply(configMap("kept", { a: "1" }, { namespace: "default" }));
  const { ca, token, revision } = first;
  await assert.rejects(ApiServer.open({ version: "0.0.0", dataDir }), /in use|locked|another/i);
  await first.close();
  const api = await Api.open(context, { dataDir });
  assert.deepEqual([api.server.ca, api.server.token], [ca, token]);
  assert.ok(api.server.revision >= revision);
  assert.deepEqual((await api.get(`${configMaps}/kept`)).body["data"], { a: "1" });
});
