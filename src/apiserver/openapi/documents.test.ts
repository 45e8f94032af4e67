import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { deployment, hat, kindOf, pod, shirt } from "../discovery/kinds.fixture.ts";
import { ApiError } from "../error.ts";
import { Registry } from "../registry.ts";
import { OpenApi, urlOf } from "./documents.ts";

const PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
const OLD_PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

function setUp() {
  const registry = new Registry([shirt, hat, pod, deployment]);
  return { registry, openApi: new OpenApi(registry) };
}

function json(document: { readonly body: Buffer } | undefined): JsonObject {
  return JSON.parse(document!.body.toString()) as JsonObject;
}

test("the index leads to every document", () => {
  const { openApi } = setUp();
  const paths = json(openApi.index())["paths"] as Readonly<Record<string, JsonObject>>;
  const groupVersions = [
    "api/v1",
    "apis/apps/v1",
    "apis/clothes.example.org/v1",
    "apis/clothes.example.org/v1beta1",
  ];
  assert.deepEqual(Object.keys(paths), groupVersions);
  for (const [path, { serverRelativeURL }] of Object.entries(paths)) {
    const document = openApi.v3(path, "application/json")!;
    assert.equal(serverRelativeURL, urlOf(path, document));
    assert.match(serverRelativeURL, /^\/openapi\/v3\/apis?\/.+\?hash=[0-9A-F]{32}$/);
    assert.equal(json(document)["openapi"], "3.0.0");
  }
});

test("no document for what is not served", () => {
  const { openApi } = setUp();
  for (const path of ["apis/clothes.example.org/v1alpha1", "apis/none/v1", "api", ""]) {
    assert.equal(openApi.v3(path, undefined), undefined, path);
  }
});

test("a change makes those documents anew that it is in", () => {
  const { registry, openApi } = setUp();
  openApi.index();
  const apps = openApi.v3("apis/apps/v1", undefined);
  const clothes = openApi.v3("apis/clothes.example.org/v1", undefined)!;
  const index = openApi.index();
  assert.equal(openApi.index(), index);
  registry.add(kindOf({ kind: "Sock", plural: "socks", group: "clothes.example.org" }));
  assert.equal(openApi.v3("apis/apps/v1", undefined), apps);
  assert.notEqual(openApi.v3("apis/clothes.example.org/v1", undefined)!.hash, clothes.hash);
  assert.notEqual(openApi.index().etag, index.etag);
  registry.remove("clothes.example.org", "socks");
  assert.equal(openApi.v3("apis/clothes.example.org/v1", undefined)!.hash, clothes.hash);
  assert.equal(openApi.index().etag, index.etag);
});

test("version 2 has all kinds, as JSON or as protobuf", () => {
  const { registry, openApi } = setUp();
  const document = openApi.v2("application/json");
  const { swagger, definitions, paths } = json(document);
  assert.equal(swagger, "2.0");
  for (const name of [
    "io.k8s.api.core.v1.Pod",
    "io.k8s.api.apps.v1.Deployment",
    "org.example.clothes.v1beta1.Shirt",
  ]) {
    assert.ok(Object.hasOwn(definitions as JsonObject, name), name);
  }
  const refs = [...document.body.toString().matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref!);
  assert.ok(refs.length > 0);
  for (const ref of refs)
    assert.ok(Object.hasOwn(definitions as JsonObject, ref.replace("#/definitions/", "")), ref);
  const one = (paths as Readonly<Record<string, JsonObject>>)["/apis/clothes.example.org/v1/hats/{name}"]!;
  const { consumes, produces, parameters } = one["patch"] as Readonly<Record<string, readonly unknown[]>>;
  assert.ok(consumes!.includes("application/merge-patch+json"));
  assert.deepEqual(produces, ["application/json"]);
  assert.equal((parameters![0] as JsonObject)["in"], "body");

  const protobuf = openApi.v2(OLD_PROTOBUF);
  assert.equal(protobuf.contentType, PROTOBUF);
  assert.equal(openApi.v2(PROTOBUF), protobuf);
  assert.ok(protobuf.body.includes("io.k8s.api.core.v1.Pod"));
  registry.remove("", "pods");
  assert.ok(!openApi.v2(PROTOBUF).body.includes("io.k8s.api.core.v1.Pod"));
});

test("a kind that keeps unknown fields says nothing of its fields in version 2", () => {
  const { registry, openApi } = setUp();
  const version = shirt.versions[0]!;
  const open = { ...version.schema, open: true };
  registry.add({ ...shirt, versions: [{ ...version, schema: open }] });
  const definitions = json(openApi.v2(undefined))["definitions"] as Readonly<Record<string, JsonObject>>;
  const schema = definitions["org.example.clothes.v1beta1.Shirt"]!;
  assert.deepEqual(Object.keys(schema), ["type", "description", "x-kubernetes-group-version-kind"]);
});

const refused: readonly (readonly [string, (openApi: OpenApi) => unknown])[] = [
  [
    "v3 protobuf",
    (openApi) => openApi.v3("api/v1", "application/com.github.proto-openapi.spec.v3@v1.0+protobuf"),
  ],
  ["v2 yaml", (openApi) => openApi.v2("application/yaml")],
];
for (const [name, call] of refused) {
  test(`${name} is not acceptable`, () => {
    assert.throws(
      () => call(setUp().openApi),
      (error) => error instanceof ApiError && error.code === 406,
    );
  });
}
