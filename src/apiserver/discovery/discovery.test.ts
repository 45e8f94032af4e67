import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { ApiError } from "../error.ts";
import { Registry } from "../registry.ts";
import { Discovery } from "./discovery.ts";
import { deployment, hat, kindOf, namespace, pod, shirt } from "./kinds.fixture.ts";
import { findVirtual } from "./virtual.ts";

const all = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
const readWrite = ["get", "patch", "update"];
const serverAddressByClientCIDRs = [{ clientCIDR: "0.0.0.0/0", serverAddress: "127.0.0.1:6443" }];
const AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const OLD_AGGREGATED = AGGREGATED.replace("v=v2", "v=v2beta1");

const registry = new Registry([shirt, pod, hat, deployment, namespace]);
const discovery = new Discovery(registry, "127.0.0.1:6443");

function get(path: string, accept?: string): JsonObject {
  const document = discovery.find(path, accept);
  assert.ok(document, `${path} is there`);
  return JSON.parse(document.body.toString()) as JsonObject;
}

function resource(path: string, name: string): JsonObject | undefined {
  return (get(path)["resources"] as readonly JsonObject[]).find((each) => each["name"] === name);
}

test("/api names the versions of the core group", () => {
  assert.deepEqual(get("/api"), { kind: "APIVersions", versions: ["v1"], serverAddressByClientCIDRs });
});

test("/apis lists groups, each with its preferred version", () => {
  const { kind, apiVersion, groups } = get("/apis");
  assert.deepEqual({ kind, apiVersion }, { kind: "APIGroupList", apiVersion: "v1" });
  const names = (groups as readonly JsonObject[]).map(({ name }) => name);
  assert.deepEqual(
    names.filter((name) => !String(name).includes(".networking.")),
    ["apps", "authentication.k8s.io", "authorization.k8s.io", "clothes.example.org"],
  );
  const v1 = { groupVersion: "clothes.example.org/v1", version: "v1" };
  const v1beta1 = { groupVersion: "clothes.example.org/v1beta1", version: "v1beta1" };
  const clothes = { name: "clothes.example.org", versions: [v1, v1beta1], preferredVersion: v1 };
  assert.deepEqual(
    (groups as readonly JsonObject[]).find(({ name }) => name === clothes.name),
    clothes,
  );
  const group = { kind: "APIGroup", apiVersion: "v1", ...clothes, serverAddressByClientCIDRs };
  assert.deepEqual(get("/apis/clothes.example.org"), group);
});

test("a resource list has resources and their subresources", () => {
  assert.deepEqual(get("/apis/apps/v1"), {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion: "apps/v1",
    resources: [
      {
        name: "deployments",
        singularName: "deployment",
        namespaced: true,
        kind: "Deployment",
        verbs: all,
        storageVersionHash: "8aSe+NMegvE=",
      },
      {
        name: "deployments/scale",
        singularName: "",
        namespaced: true,
        group: "autoscaling",
        version: "v1",
        kind: "Scale",
        verbs: readWrite,
      },
      {
        name: "deployments/status",
        singularName: "",
        namespaced: true,
        kind: "Deployment",
        verbs: readWrite,
      },
    ],
  });
});

test("the core group's list has no apiVersion, and the names that pods have there", () => {
  const { resources, ...rest } = get("/api/v1");
  assert.deepEqual(rest, { kind: "APIResourceList", groupVersion: "v1" });
  assert.deepEqual(resource("/api/v1", "pods"), {
    name: "pods",
    singularName: "pod",
    namespaced: true,
    kind: "Pod",
    verbs: all,
    shortNames: ["po"],
    categories: ["all"],
    storageVersionHash: "xPOwRZ+Yhw8=",
  });
  const names = (resources as readonly JsonObject[]).map(({ name }) => name);
  const pods = ["attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "resize", "status"];
  const namespaces = ["namespaces", "namespaces/finalize", "namespaces/status"];
  assert.deepEqual(names, [...namespaces, "pods", ...pods.map((name) => `pods/${name}`)]);
  const eviction = resource("/api/v1", "pods/eviction");
  assert.deepEqual(
    [eviction!["group"], eviction!["version"], eviction!["kind"]],
    ["policy", "v1", "Eviction"],
  );
});

test("namespaces are deleted one by one", () => {
  assert.deepEqual(
    resource("/api/v1", "namespaces")!["verbs"],
    all.filter((verb) => verb !== "deletecollection"),
  );
});

test("resources without storage can be created only", () => {
  assert.deepEqual(resource("/apis/authorization.k8s.io/v1", "localsubjectaccessreviews"), {
    name: "localsubjectaccessreviews",
    singularName: "localsubjectaccessreview",
    namespaced: true,
    kind: "LocalSubjectAccessReview",
    verbs: ["create"],
  });
  assert.equal(findVirtual("authentication.k8s.io", "v1", "tokenreviews")?.kind, "TokenReview");
  assert.equal(findVirtual("authentication.k8s.io", "v1beta1", "tokenreviews"), undefined);
});

test("versions that are not served are not shown, and status only where there is one", () => {
  assert.equal(discovery.find("/apis/clothes.example.org/v1alpha1", undefined), undefined);
  assert.equal(resource("/apis/clothes.example.org/v1beta1", "shirts/status"), undefined);
  assert.ok(resource("/apis/clothes.example.org/v1", "shirts/status"));
});

for (const path of [
  "/apis/none",
  "/apis/apps/v2",
  "/apis/apps/v1/more",
  "/api/v2",
  "/api/v1/pods",
  "/apix",
  "/apis//v1",
  "/",
  "",
]) {
  test(`nothing at ${path}`, () => assert.equal(discovery.find(path, undefined), undefined));
}

const versions = [
  [AGGREGATED, "v2"],
  [OLD_AGGREGATED, "v2beta1"],
] as const;
for (const [accept, version] of versions) {
  test(`aggregated discovery ${version}`, () => {
    const document = discovery.find("/apis", `${accept},application/json`)!;
    assert.equal(document.contentType, accept);
    assert.match(document.etag, /^"[0-9A-F]{32}"$/);
    const { kind, apiVersion, metadata, items } = JSON.parse(document.body.toString()) as JsonObject;
    assert.deepEqual(
      [kind, apiVersion, metadata],
      ["APIGroupDiscoveryList", `apidiscovery.k8s.io/${version}`, {}],
    );
    const type = (kind: string, group = "apps") => ({ group, version: "v1", kind });
    const deployments = {
      resource: "deployments",
      responseKind: type("Deployment"),
      scope: "Namespaced",
      singularResource: "deployment",
      verbs: all,
      subresources: [
        { subresource: "scale", responseKind: type("Scale", "autoscaling"), verbs: readWrite },
        { subresource: "status", responseKind: type("Deployment"), verbs: readWrite },
      ],
    };
    assert.deepEqual((items as readonly JsonObject[])[0], {
      metadata: { name: "apps" },
      versions: [{ version: "v1", resources: [deployments], freshness: "Current" }],
    });
  });
}

test("aggregated discovery of the core group has no name", () => {
  const items = get("/api", AGGREGATED)["items"] as readonly JsonObject[];
  assert.equal(items.length, 1);
  assert.deepEqual(items[0]!["metadata"], {});
});

const accepted = [
  [undefined, "application/json"],
  ["*/*", "application/json"],
  ["application/*", "application/json"],
  ["application/vnd.kubernetes.protobuf,application/json;q=0.5", "application/json"],
  [`application/json;q=0.5,${AGGREGATED}`, AGGREGATED],
  [`application/json,${AGGREGATED}`, "application/json"],
  [`${AGGREGATED.replace("v=v2", "v=v3")},${OLD_AGGREGATED}`, OLD_AGGREGATED],
] as const;
for (const [accept, contentType] of accepted) {
  test(`Accept: ${accept} of /apis`, () => {
    assert.equal(discovery.find("/apis", accept)?.contentType, contentType);
  });
}

for (const accept of [
  "application/yaml",
  "text/html",
  "application/json;q=0",
  "application/json;as=Table;v=v1;g=meta.k8s.io",
]) {
  test(`Accept: ${accept} is not acceptable`, () => {
    assert.throws(
      () => discovery.find("/apis", accept),
      (error) => error instanceof ApiError && error.code === 406,
    );
  });
}

test("documents are kept until the registry changes", () => {
  const changing = new Registry([pod]);
  const documents = new Discovery(changing, "127.0.0.1:1");
  const before = documents.find("/apis", undefined)!;
  assert.equal(documents.find("/apis", undefined), before);
  assert.equal(documents.find("/apis/example.org/v1", undefined), undefined);
  changing.add(kindOf({ kind: "Sock", plural: "socks", group: "example.org" }));
  assert.notEqual(documents.find("/apis", undefined)!.etag, before.etag);
  assert.ok(documents.find("/apis/example.org/v1", undefined));
  changing.remove("example.org", "socks");
  assert.equal(documents.find("/apis", undefined)!.etag, before.etag);
});
