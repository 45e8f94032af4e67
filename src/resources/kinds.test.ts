import assert from "node:assert/strict";
import { test } from "node:test";
import { findKind, kinds } from "./kinds.ts";
import { check, edited, shown, type Json } from "./testing.ts";
import { patternError } from "./schema/pattern.ts";
import type { Schema } from "./schema/schema.ts";
import { validate } from "./schema/validate.ts";
import { childrenOf } from "./schema/walk.ts";

const GATEWAY_API = "gateway.networking.k8s.io";

test("Kinds are found in each served version, and in no other", () => {
  for (const kind of ["GatewayClass", "Gateway", "HTTPRoute", "ReferenceGrant"]) {
    const [v1, v1beta1] = ["v1", "v1beta1"].map((version) => findKind(`${GATEWAY_API}/${version}`, kind));
    assert.equal(v1!.kind, v1beta1!.kind);
    assert.deepEqual([v1!.version.name, v1beta1!.version.name], ["v1", "v1beta1"]);
    assert.equal(findKind(`${GATEWAY_API}/v1alpha2`, kind), undefined);
    assert.equal(findKind("v1", kind), undefined);
  }
  assert.equal(findKind(`${GATEWAY_API}/v1`, "ReferenceGrant")!.kind.storageVersion, "v1beta1");
  assert.equal(findKind("v1", "Service")!.kind.plural, "services");
  assert.equal(findKind("discovery.k8s.io/v1", "EndpointSlice")!.kind.namespaced, true);
});

test("No two kinds have the same name in a group, and each is kept in a version of its own", () => {
  const names = kinds.flatMap(({ group, kind, plural, singular, shortNames }) =>
    [...new Set([kind.toLowerCase(), plural, singular, ...shortNames])].map((name) => `${name}.${group}`),
  );
  assert.deepEqual(
    names.filter((name, index) => names.indexOf(name) < index),
    [],
  );
  for (const { kind, versions, storageVersion } of kinds) {
    assert.ok(
      versions.some(({ name }) => name === storageVersion),
      kind,
    );
  }
});

test("Every pattern means the same to the engine that takes linear time", () => {
  for (const pattern of kinds.flatMap(({ versions }) =>
    versions.flatMap(({ schema }) => patternsIn(schema)),
  )) {
    assert.equal(patternError(pattern), undefined, pattern);
  }
});

function patternsIn(schema: Schema): string[] {
  const own = schema.type === "string" && schema.pattern !== undefined ? [schema.pattern] : [];
  return [...own, ...childrenOf(schema).flatMap(([child]) => patternsIn(child))];
}

const gatewayClass: Json = {
  apiVersion: `${GATEWAY_API}/v1`,
  kind: "GatewayClass",
  metadata: { name: "class" },
  spec: {
    controllerName: "example.com/controller",
    description: "what it is for",
    parametersRef: { group: "example.com", kind: "Params", namespace: "a", name: "p" },
  },
};

test("GatewayClass", () => {
  assert.deepEqual(check(gatewayClass).errors, []);
  for (const name of ["example.com", "Example.com/a", "/a", "example.com/"]) {
    assert.equal(check(edited(gatewayClass, ["spec", "controllerName"], name)).errors.length, 1, name);
  }
  assert.deepEqual(
    shown(check(edited(gatewayClass, ["spec"], undefined)).errors),
    [': Missing field "spec"'].map((text) => `spec${text}`),
  );
  const { schema } = findKind(gatewayClass.apiVersion, "GatewayClass")!.version;
  const changed = edited(gatewayClass, ["spec", "controllerName"], "example.com/other");
  const [refused, ...others] = validate(schema, changed, { previous: gatewayClass }).errors;
  assert.deepEqual([refused!.path, others], [["spec", "controllerName"], []]);
  assert.deepEqual(validate(schema, gatewayClass, { previous: gatewayClass }).errors, []);
});

test("ReferenceGrant", () => {
  const grant: Json = {
    apiVersion: `${GATEWAY_API}/v1`,
    kind: "ReferenceGrant",
    metadata: { name: "grant" },
    spec: {
      from: [{ group: GATEWAY_API, kind: "HTTPRoute", namespace: "apps" }],
      to: [
        { group: "", kind: "Service" },
        { group: "", kind: "Secret", name: "cert" },
      ],
    },
  };
  assert.deepEqual(check(grant).errors, []);
  assert.deepEqual(shown(check(edited(grant, ["spec", "from"], [])).errors), [
    "spec.from: Too few entries: 0, at least 1",
  ]);
  assert.deepEqual(shown(check(edited(grant, ["spec", "to", 0, "group"], undefined)).errors), [
    'spec.to.0.group: Missing field "group"',
  ]);
  assert.equal(check(edited(grant, ["spec", "from", 0, "namespace"], "*")).errors.length, 1);
});

test("Service", () => {
  const service: Json = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "svc" },
    spec: {
      clusterIP: "None",
      selector: { app: "a" },
      sessionAffinity: "None",
      ports: [
        { name: "http", port: 80, targetPort: "web", appProtocol: "kubernetes.io/h2c" },
        { name: "dns", port: 80, protocol: "UDP", targetPort: 53 },
      ],
    },
    status: { loadBalancer: {} },
  };
  const { value, errors } = check(service);
  assert.deepEqual(errors, []);
  assert.equal(value.spec.type, "ClusterIP");
  assert.equal(value.spec.ports[0].protocol, "TCP");
  assert.equal(value.spec.sessionAffinity, "None");
  assert.deepEqual(
    check({ ...service, spec: { type: "ExternalName", externalName: "a.example.com" } }).value.spec.ports,
    [],
  );
  const ports = ["spec", "ports"];
  assert.deepEqual(shown(check(edited(service, [...ports, 0, "port"], "80")).errors), [
    "spec.ports.0.port: Expected a whole number, found a string",
  ]);
  assert.deepEqual(shown(check(edited(service, [...ports, 1, "protocol"], "TCP")).errors), [
    'spec.ports.1.port: Duplicate: port, protocol 80, "TCP" is in entry 0 of the list too',
  ]);
  assert.deepEqual(shown(check(edited(service, [...ports, 1, "name"], undefined)).errors), [
    "spec.ports.1.name: A Service with several ports must name each of them",
  ]);
  assert.deepEqual(shown(check(edited(service, [...ports, 1, "name"], "http")).errors), [
    'spec.ports.1.name: Port name "http" is taken by an earlier port',
  ]);
  assert.equal(check(edited(service, ["metadata", "name"], "a.b")).errors.length, 1);
});

test("EndpointSlice", () => {
  const slice: Json = {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "svc-abc", labels: { "kubernetes.io/service-name": "svc" } },
    addressType: "IPv4",
    endpoints: [
      {
        addresses: ["10.0.0.1"],
        conditions: { ready: true, serving: true, terminating: false },
        targetRef: { kind: "Pod", name: "p", uid: "u" },
        nodeName: "n",
        zone: "z",
        hints: { forZones: [] },
      },
      { addresses: ["10.0.0.2"] },
    ],
    ports: [{ name: "http", port: 8080, protocol: "TCP" }, { port: 9090 }],
  };
  const { value, errors } = check(slice);
  assert.deepEqual(errors, []);
  assert.deepEqual(value.endpoints[1], { addresses: ["10.0.0.2"], conditions: {} });
  assert.deepEqual(value.ports[1], { name: "", port: 9090, protocol: "TCP" });
  assert.deepEqual(check({ ...slice, endpoints: null, ports: null }).value.endpoints, []);
  assert.equal(check(edited(slice, ["addressType"], "ipv4")).errors[0]!.suggestion, "IPv4");
  assert.equal(check(edited(slice, ["endpoints", 0, "conditions", "ready"], "yes")).errors.length, 1);
  assert.equal(check(edited(slice, ["endpoints", 0, "addresses"], [])).errors.length, 1);
});

test("Secret", () => {
  const secret: Json = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s" },
    type: "kubernetes.io/tls",
    data: { "tls.crt": "aGVsbG8=", empty: "" },
    stringData: { "tls.key": "plain" },
    immutable: true,
  };
  assert.deepEqual(check(secret).errors, []);
  const [error] = check(edited(secret, ["data", "tls.crt"], "hunter2!")).errors;
  assert.match(error!.message, /not base64/);
  assert.doesNotMatch(error!.message, /hunter2/);
  assert.equal(check(edited(secret, ["stringData", "tls.key"], 1)).errors.length, 1);
});

test("ConfigMap and Namespace", () => {
  const config: Json = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c" },
    data: { a: "b" },
    binaryData: { c: "" },
  };
  assert.deepEqual(check(config).errors, []);
  assert.deepEqual(shown(check(edited(config, ["data", "a"], true)).errors), [
    "data.a: Expected a string, found true or false",
  ]);
  const namespace: Json = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "ns" },
    spec: { finalizers: ["kubernetes"] },
  };
  assert.deepEqual(check(namespace).errors, []);
  assert.equal(check(edited(namespace, ["metadata", "name"], "a.b")).errors.length, 1);
});
