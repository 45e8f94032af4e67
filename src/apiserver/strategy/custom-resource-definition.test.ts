import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { Api, route, routes, type Answer } from "../testing.ts";
import { until } from "../testing-until.ts";

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const name = "shelves.example.com";
const shelves = "/apis/example.com/v1/namespaces/default/shelves";

const specSchema = {
  type: "object",
  required: ["boards"],
  properties: {
    boards: { type: "integer", minimum: 1 },
    wood: { type: "string", default: "oak" },
    wall: {
      type: "string",
      "x-kubernetes-validations": [{ rule: "self == oldSelf", message: "it is nailed" }],
    },
  },
  "x-kubernetes-validations": [
    {
      rule: "self.wood != 'cork' || self.boards < 3",
      messageExpression: "'cork holds 2, not ' + string(self.boards)",
    },
  ],
};

function version(versionName: string, spec: JsonObject = specSchema, more: JsonObject = {}): JsonObject {
  const openAPIV3Schema = { type: "object", properties: { spec, status: { type: "object" } } };
  return { name: versionName, served: true, storage: true, schema: { openAPIV3Schema }, ...more };
}

function definition(spec: JsonObject = {}, names: JsonObject = {}): JsonObject {
  const given = { plural: "shelves", kind: "Shelf", shortNames: ["shf"], ...names };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${given.plural}.example.com` },
    spec: { group: "example.com", scope: "Namespaced", names: given, versions: [version("v1")], ...spec },
  };
}

function shelf(shelfName: string, spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: "example.com/v1", kind: "Shelf", metadata: { name: shelfName, ...metadata }, spec };
}

async function open(context: Parameters<typeof Api.open>[0], given = definition()): Promise<Api> {
  const api = await Api.open(context);
  const { code, text } = await api.post(definitions, given);
  assert.equal(code, 201, text);
  return api;
}

function causesOf({ code, body, text }: Answer): readonly string[] {
  assert.equal(code, 422, text);
  const { causes } = body["details"] as { causes: readonly { field: string; message: string }[] };
  return causes.map(({ field, message }) => `${field}: ${message}`);
}

test("a kind is served when its definition has been answered", async (context) => {
  const api = await open(context);
  const { body } = await api.get(`${definitions}/${name}`);
  const { conditions, acceptedNames, storedVersions } = body["status"] as {
    conditions: readonly { type: string; status: string }[];
    acceptedNames: JsonObject;
    storedVersions: unknown;
  };
  assert.deepEqual(
    conditions.map(({ type, status }) => `${type} ${status}`),
    ["NamesAccepted True", "Established True"],
  );
  assert.deepEqual(acceptedNames, {
    plural: "shelves",
    singular: "shelf",
    kind: "Shelf",
    listKind: "ShelfList",
    shortNames: ["shf"],
  });
  assert.deepEqual(storedVersions, ["v1"]);
  const { resources } = (await api.get("/apis/example.com/v1")).body as { resources: readonly JsonObject[] };
  assert.equal(resources[0]?.["kind"], "Shelf");
  assert.equal((await api.get(shelves)).body["kind"], "ShelfList");
});

test("objects get defaults, lose what is unknown, and are held to the rules", async (context) => {
  const api = await open(context);
  const made = await api.post(shelves, shelf("a", { boards: 2, odd: 1 }));
  assert.deepEqual([made.code, made.body["spec"]], [201, { boards: 2, wood: "oak" }]);
  assert.match(String(made.headers["warning"]), /unknown field .*spec\.odd/);
  assert.match(causesOf(await api.post(shelves, shelf("b", {})))[0]!, /^spec\.boards: Required/);
  assert.match(causesOf(await api.post(shelves, shelf("b", { boards: 0 })))[0]!, /^spec\.boards: Invalid/);
  const cork = await api.post(shelves, shelf("b", { boards: 3, wood: "cork" }));
  assert.match(causesOf(cork)[0]!, /^spec: .*cork holds 2, not 3/);
  assert.equal((await api.post(shelves, shelf("b", { boards: 2, wood: "cork" }))).code, 201);
});

test("rules of change compare with what was, when there was something", async (context) => {
  const api = await open(context);
  await api.post(shelves, shelf("a", { boards: 1 }));
  const set = (wall: string) => api.patch(`${shelves}/a`, "merge", { spec: { wall } });
  assert.equal((await set("north")).code, 200);
  assert.match(causesOf(await set("south"))[0]!, /^spec\.wall: .*it is nailed/);
  assert.equal((await set("north")).code, 200);
});

test("a changed definition holds for the next request", async (context) => {
  const api = await open(context);
  await api.post(shelves, shelf("a", { boards: 1 }));
  const { properties, ...rest } = specSchema;
  const spec = { ...rest, properties: { ...properties, paint: { type: "string", default: "white" } } };
  const versions = [version("v1", specSchema, { storage: false }), version("v2", spec)];
  const events = await api.watch(context, shelves);
  assert.deepEqual(await events.take(1), ["ADDED a"]);
  const changed = await api.patch(`${definitions}/${name}`, "merge", { spec: { versions } });
  assert.equal(changed.code, 200, changed.text);
  assert.deepEqual((changed.body["status"] as JsonObject)["storedVersions"], ["v1", "v2"]);
  // It began under the definition as it was.
  assert.equal(await events.ended(), true);
  const next = shelves.replace("/v1/", "/v2/");
  const made = await api.post(next, { ...shelf("b", { boards: 1 }), apiVersion: "example.com/v2" });
  assert.deepEqual(made.body["spec"], { boards: 1, wood: "oak", paint: "white" });
  assert.deepEqual((await api.get(`${shelves}/b`)).body["spec"], { boards: 1, wood: "oak" });
  assert.equal((await api.get(`${next}/a`)).body["apiVersion"], "example.com/v2");
});

test("what objects are stored under cannot be changed", async (context) => {
  const api = await open(context);
  const path = `${definitions}/${name}`;
  for (const spec of [{ scope: "Cluster" }, { names: { kind: "Rack" } }, { versions: [version("v2")] }]) {
    const { code, text } = await api.patch(path, "merge", { spec });
    assert.equal(code, 422, `${JSON.stringify(spec).slice(0, 40)}: ${text}`);
  }
  assert.equal((await api.get(shelves)).code, 200);
});

test("a definition that came with the program gives way to the user's, older versions and all", async (context) => {
  const api = await Api.open(context, { controllers: false });
  await api.post(routes, route("a"));
  const path = `${definitions}/httproutes.gateway.networking.k8s.io`;
  const { metadata, spec } = (await api.get(path)).body;
  const { annotations } = metadata as { annotations: JsonObject };
  const own = { ...(spec as JsonObject), versions: [version("v1beta1", { type: "object" })] };
  const wanted = { ...definition(), metadata: { name: "httproutes.gateway.networking.k8s.io", annotations } };
  const { code, body, text } = await api.put(path, { ...wanted, spec: own });
  assert.equal(code, 200, text);
  assert.deepEqual((body["status"] as JsonObject)["storedVersions"], ["v1beta1"]);
  assert.equal((await api.get(`${routes.replace("/v1/", "/v1beta1/")}/a`)).code, 200);
  assert.equal((await api.get(routes)).code, 404);
  const versions = [version("v1", { type: "object" })];
  assert.equal((await api.patch(path, "merge", { spec: { versions } })).code, 422);
});

test("objects go with their definition, and then the kind", async (context) => {
  const api = await open(context);
  await api.post(shelves, shelf("a", { boards: 1 }));
  await api.post(shelves, shelf("held", { boards: 1 }, { finalizers: ["example.com/held"] }));
  const events = await api.watch(context, `${shelves}?resourceVersion=${api.server.revision}`);
  const deleted = await api.delete(`${definitions}/${name}`);
  assert.equal(deleted.code, 200);
  assert.deepEqual(await events.take(2), ["DELETED a", "MODIFIED held"]);
  const late = await api.post(shelves, shelf("late", { boards: 1 }));
  assert.deepEqual([late.code, late.body["reason"]], [405, "MethodNotAllowed"]);
  assert.equal((await api.get(`${definitions}/${name}`)).code, 200);
  await api.patch(`${shelves}/held`, "merge", { metadata: { finalizers: null } });
  assert.deepEqual(await events.take(1), ["DELETED held"]);
  await until("the kind is gone", async () => (await api.get(shelves)).code === 404);
  assert.equal(await events.ended(), true);
  assert.equal((await api.get(`${definitions}/${name}`)).code, 404);
  assert.equal((await api.get("/apis/example.com/v1")).code, 404);
  assert.equal((await api.post(definitions, definition())).code, 201);
  assert.deepEqual((await api.get(shelves)).body["items"], []);
});

test("a definition does not take the place or the names of another kind", async (context) => {
  const api = await open(context);
  const same = await api.post(definitions, definition({}, { plural: "racks" }));
  assert.match(causesOf(same)[0]!, /^spec\.names\.kind: Duplicate.*shelves\.example\.com/);
  const core = definition({ group: "apps" }, { plural: "deployments", kind: "Deployment" });
  const metadata = {
    name: "deployments.apps",
    annotations: { "api-approved.kubernetes.io": "https://example.com" },
  };
  const builtIn = causesOf(await api.post(definitions, { ...core, metadata }));
  assert.match(builtIn.join("\n"), /spec\.names\.plural: Forbidden/);
  assert.equal((await api.get("/apis/apps/v1/deployments")).code, 200);
});

test("definitions that cannot be served are refused, with the place", async (context) => {
  const api = await Api.open(context, { controllers: false });
  const broken: readonly (readonly [string, JsonObject])[] = [
    ["metadata.name", { ...definition(), metadata: { name: "other.example.com" } }],
    ["spec.versions", definition({ versions: [] })],
    ["spec.versions", definition({ versions: [version("v1"), version("v2")] })],
    [
      "spec.versions[0].schema.openAPIV3Schema",
      definition({
        versions: [version("v1", { type: "object", "x-kubernetes-validations": [{ rule: "self.nothing" }] })],
      }),
    ],
  ];
  for (const [field, given] of broken) {
    const causes = causesOf(await api.post(definitions, given));
    assert.ok(
      causes.some((each) => each.startsWith(field)),
      `${field}: ${causes.join("\n")}`,
    );
  }
  assert.equal((await api.get("/apis/example.com/v1")).code, 404);
});
