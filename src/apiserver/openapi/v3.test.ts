import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { deployment, hat, namespace, shirt } from "../discovery/kinds.fixture.ts";
import type { ServedKind } from "../registry.ts";
import { openApiV3 } from "./v3.ts";

function served(kind: ServedKind["kind"], name = "v1"): ServedKind {
  return { kind, version: kind.versions.find((each) => each.name === name)! };
}

/** `at(document, "paths", "/api")` */
function at(value: unknown, ...path: readonly (string | number)[]): JsonObject {
  let found: unknown = value;
  for (const key of path) found = (found as JsonObject)[key];
  return found as JsonObject;
}

const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";
const clothes = openApiV3([served(shirt), served(hat)]);
const apps = openApiV3([served(deployment)]);

test("schemas have the names of kube-apiserver", () => {
  const names = Object.keys(at(clothes, "components", "schemas"));
  for (const kind of ["Shirt", "ShirtList", "Hat", "HatList"]) {
    assert.ok(names.includes(`org.example.clothes.v1.${kind}`), kind);
  }
  assert.ok(names.includes(OBJECT_META));
  assert.ok(Object.hasOwn(at(apps, "components", "schemas"), "io.k8s.api.apps.v1.Deployment"));
});

test("every reference leads somewhere", () => {
  for (const document of [clothes, apps, openApiV3([served(namespace)])]) {
    const schemas = at(document, "components", "schemas");
    const refs = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g);
    for (const [, name] of refs) assert.ok(Object.hasOwn(schemas, name!), name!);
  }
});

test("a kind's schema has the metadata of all and says which kind it is", () => {
  const schema = at(clothes, "components", "schemas", "org.example.clothes.v1.Shirt");
  assert.equal(schema["description"], "A shirt.");
  assert.deepEqual(schema["required"], ["spec"]);
  assert.deepEqual(at(schema, "properties", "metadata", "allOf"), [
    { $ref: `#/components/schemas/${OBJECT_META}` },
  ]);
  const group = "clothes.example.org";
  assert.deepEqual(schema["x-kubernetes-group-version-kind"], [{ group, version: "v1", kind: "Shirt" }]);
  assert.deepEqual(schema["x-kubernetes-selectable-fields"], [{ fieldPath: "spec.color" }]);
  const color = at(schema, "properties", "spec", "properties", "color");
  assert.deepEqual(color, { description: "Its color.", type: "string", enum: ["blue", "red"] });
});

test("objects within objects have metadata too", () => {
  const path = ["components", "schemas", "org.example.clothes.v1.Shirt", "properties", "spec", "properties"];
  const inner = at(clothes, ...path, "inner");
  assert.deepEqual(Object.keys(at(inner, "properties")), ["spec", "apiVersion", "kind", "metadata"]);
  assert.deepEqual(inner["required"], ["kind", "apiVersion"]);
});

test("lists require their items", () => {
  const list = at(apps, "components", "schemas", "io.k8s.api.apps.v1.DeploymentList");
  assert.deepEqual(list["required"], ["items"]);
  const items = at(list, "properties", "items", "items");
  assert.deepEqual(items, { $ref: "#/components/schemas/io.k8s.api.apps.v1.Deployment" });
});

test("built-in kinds say how strategic merge patches treat their lists", () => {
  const spec = at(
    apps,
    "components",
    "schemas",
    "io.k8s.api.apps.v1.Deployment",
    "properties",
    "spec",
    "properties",
  );
  assert.equal(at(spec, "strategy")["x-kubernetes-patch-strategy"], "retainKeys");
  const containers = at(spec, "template", "properties", "spec", "properties", "containers");
  const ports = at(containers, "items", "properties", "ports");
  assert.equal(containers["x-kubernetes-list-type"], "map");
  for (const [list, key] of [
    [containers, "name"],
    [ports, "containerPort"],
  ] as const) {
    assert.equal(list["x-kubernetes-patch-merge-key"], key);
    assert.equal(list["x-kubernetes-patch-strategy"], "merge");
  }
  assert.doesNotMatch(
    JSON.stringify(at(clothes, "components", "schemas", "org.example.clothes.v1.Shirt")),
    /x-kubernetes-patch/,
  );
});

test("paths: all namespaces, one namespace, one object, its subresources", () => {
  const root = "/apis/apps/v1";
  const one = `${root}/namespaces/{namespace}/deployments`;
  const paths = [`${root}/deployments`, one, `${one}/{name}`, `${one}/{name}/scale`, `${one}/{name}/status`];
  assert.deepEqual(Object.keys(at(apps, "paths")), paths);
  assert.deepEqual(Object.keys(at(clothes, "paths")).slice(-2), [
    "/apis/clothes.example.org/v1/hats",
    "/apis/clothes.example.org/v1/hats/{name}",
  ]);
});

const operations: readonly (readonly [path: string, method: string, id: string, action: string])[] = [
  ["", "get", "listAppsV1NamespacedDeployment", "list"],
  ["", "post", "createAppsV1NamespacedDeployment", "post"],
  ["", "delete", "deleteAppsV1CollectionNamespacedDeployment", "deletecollection"],
  ["/{name}", "get", "readAppsV1NamespacedDeployment", "get"],
  ["/{name}", "put", "replaceAppsV1NamespacedDeployment", "put"],
  ["/{name}", "patch", "patchAppsV1NamespacedDeployment", "patch"],
  ["/{name}", "delete", "deleteAppsV1NamespacedDeployment", "delete"],
  ["/{name}/status", "patch", "patchAppsV1NamespacedDeploymentStatus", "patch"],
  ["/{name}/scale", "get", "readAppsV1NamespacedDeploymentScale", "get"],
];
for (const [path, method, id, action] of operations) {
  test(`operation ${id}`, () => {
    const operation = at(apps, "paths", `/apis/apps/v1/namespaces/{namespace}/deployments${path}`, method);
    assert.equal(operation["operationId"], id);
    assert.equal(operation["x-kubernetes-action"], action);
    const { kind } = at(operation, "x-kubernetes-group-version-kind");
    assert.equal(kind, path.endsWith("scale") ? "Scale" : "Deployment");
    assert.deepEqual(operation["tags"], ["apps_v1"]);
  });
}

test("a list of all namespaces has an operation of its own", () => {
  const operation = at(apps, "paths", "/apis/apps/v1/deployments", "get");
  assert.equal(operation["operationId"], "listAppsV1DeploymentForAllNamespaces");
});

test("patches: strategic ones for built-in kinds only, and fieldValidation for all", () => {
  const path = "/apis/apps/v1/namespaces/{namespace}/deployments/{name}";
  const built = at(apps, "paths", path, "patch");
  const custom = at(clothes, "paths", "/apis/clothes.example.org/v1/hats/{name}", "patch");
  const strategic = "application/strategic-merge-patch+json";
  assert.ok(Object.hasOwn(at(built, "requestBody", "content"), strategic));
  assert.ok(!Object.hasOwn(at(custom, "requestBody", "content"), strategic));
  for (const operation of [built, custom]) {
    const names = (operation["parameters"] as readonly JsonObject[]).map(({ name }) => name);
    assert.deepEqual(names, ["dryRun", "fieldManager", "fieldValidation", "force"]);
  }
});
