import assert from "node:assert/strict";
import { test } from "node:test";
import { compileRule } from "../cel/cel.ts";
import { fullObjects } from "./full.fixture.ts";
import { gatewayKinds } from "./gateway-kinds.ts";
import { fieldPath } from "../schema/rules.ts";
import type { Schema } from "../schema/schema.ts";
import { check, shown, type Json } from "../testing.ts";

/** Kinds of other APIs, with their groups; they have no channel. */
const others: ReadonlyMap<string, readonly [string, undefined]> = new Map([
  ["InferencePool", ["inference.networking.k8s.io", undefined]],
  ["ServiceImport", ["multicluster.x-k8s.io", undefined]],
]);

/** One line per kind: versions (first preferred, * stored, ! deprecated), scope, short names, columns. */
test("Kinds are those of Gateway API v1.7.0", () => {
  const lines = gatewayKinds.map((kind) => {
    const versions = kind.versions.map(
      ({ name, deprecated }) =>
        `${name}${name === kind.storageVersion ? "*" : ""}${deprecated === undefined ? "" : "!"}`,
    );
    const columns = kind.versions[0]!.columns.map(({ name, priority = 0 }) => name + "+".repeat(priority));
    const scope = kind.namespaced ? "ns" : "cluster";
    return [kind.kind, versions, scope, kind.shortNames, columns].join(" | ");
  });
  assert.deepEqual(lines, [
    "GatewayClass | v1*,v1beta1 | cluster | gc | Controller,Accepted,Age,Description+",
    "Gateway | v1*,v1beta1 | ns | gtw | Class,Address,Programmed,Age",
    "ListenerSet | v1* | ns | lset | Accepted,Programmed,Age",
    "HTTPRoute | v1*,v1beta1 | ns |  | Hostnames,Age",
    "GRPCRoute | v1* | ns |  | Hostnames,Age",
    "TLSRoute | v1*,v1alpha2!,v1alpha3! | ns |  | Age",
    "TCPRoute | v1*,v1alpha2! | ns |  | Age",
    "UDPRoute | v1*,v1alpha2! | ns |  | Age",
    "ReferenceGrant | v1,v1beta1* | ns | refgrant | Age",
    "BackendTLSPolicy | v1*,v1alpha3! | ns | btlspolicy | Age",
    "XBackend | v1alpha1* | ns | xbackend | Age",
    "XBackendTrafficPolicy | v1alpha1* | ns | xbtrafficpolicy | Age",
    "XMesh | v1alpha1* | cluster | mesh | Accepted,Age",
    "XTelemetryPolicy | v1alpha1* | ns | xtelemetrypolicy | Age",
    "InferencePool | v1* | ns | infpool | ",
    "ServiceImport | v1beta1*,v1alpha1 | ns | svcim,svcimport | Type,IP,Age",
  ]);
  for (const kind of gatewayKinds) {
    assert.equal(kind.listKind, `${kind.kind}List`);
    assert.equal(kind.singular, kind.kind.toLowerCase());
    const [group, channel] = kind.kind.startsWith("X")
      ? ["gateway.networking.x-k8s.io", "experimental"]
      : (others.get(kind.kind) ?? ["gateway.networking.k8s.io", "experimental"]);
    assert.equal(kind.group, group);
    assert.equal(kind.crd!.annotations["gateway.networking.k8s.io/channel"], channel);
    assert.equal("gateway.networking.k8s.io/policy" in kind.crd!.labels, kind.kind.endsWith("Policy"));
    for (const version of kind.versions) assert.equal(version.status, kind.kind !== "ReferenceGrant");
  }
});

test("Full objects are accepted in every version that has the same schema", () => {
  for (const full of fullObjects) {
    const kind = gatewayKinds.find((each) => each.kind === full.kind)!;
    const written = kind.versions.find(({ name }) => full.apiVersion === `${kind.group}/${name}`)!;
    for (const { name, schema } of kind.versions) {
      if (schema !== written.schema) continue;
      assert.deepEqual(shown(check({ ...full, apiVersion: `${kind.group}/${name}` }).errors), [], full.kind);
    }
  }
});

/** Every schema of the kinds with its path, metadata left out: its fields are not ours. */
function* schemas(): Generator<[path: string, schema: Schema]> {
  function* below(path: string, schema: Schema): Generator<[string, Schema]> {
    yield [path, schema];
    if (schema.type === "array") yield* below(`${path}[]`, schema.items);
    if (schema.type === "map") yield* below(`${path}{}`, schema.values);
    if (schema.type !== "object") return;
    for (const [name, field] of Object.entries(schema.fields)) {
      if (name !== "metadata") yield* below(`${path}.${name}`, field);
    }
  }
  for (const kind of gatewayKinds) {
    for (const { name, schema } of kind.versions) yield* below(`${kind.kind} ${name} `, schema);
  }
}

test("Every field has a description", () => {
  const bare = [...schemas()].filter(
    ([path, schema]) => schema.description === undefined && !/(\[\]|\{\})$/.test(path),
  );
  assert.deepEqual(bare, []);
  for (const [path, { description }] of schemas()) {
    if (description !== undefined) assert.match(description, /^[A-Z*].*[.]$/, path);
  }
});

test("Rules compile, say something, and speak of fields that there are", () => {
  for (const [path, schema] of schemas()) {
    for (const rule of schema.rules ?? []) {
      assert.equal(compileRule(rule, schema).usesOldSelf, path.endsWith(".controllerName"), path);
      assert.ok((rule.message ?? rule.messageExpression ?? "") !== "", path);
      let at: Schema | undefined = schema;
      for (const name of fieldPath(rule.fieldPath ?? "")) {
        at = at?.type === "object" ? at.fields[name as string] : undefined;
      }
      assert.ok(at !== undefined, `${path} ${rule.fieldPath}`);
    }
  }
});

test("Objects that no controller has seen say so", () => {
  const pending = (type: string) => ({
    type,
    status: "Unknown",
    reason: "Pending",
    message: "Waiting for controller",
    lastTransitionTime: "1970-01-01T00:00:00Z",
  });
  const status = (kind: string, given?: Json) => {
    const full = fullObjects.find((each) => each.kind === kind)!;
    const { value, errors } = check({ ...full, status: given });
    assert.deepEqual(errors, []);
    return value.status;
  };
  const both = { conditions: [pending("Accepted"), pending("Programmed")] };
  const accepted = { conditions: [pending("Accepted")] };
  assert.deepEqual(status("GatewayClass"), accepted);
  assert.deepEqual(status("GatewayClass", {}), accepted);
  assert.deepEqual(status("Gateway"), both);
  assert.deepEqual(status("Gateway", { listeners: [] }), { ...both, listeners: [] });
  assert.deepEqual(status("ListenerSet"), both);
  assert.deepEqual(status("XMesh"), accepted);
  assert.deepEqual(status("XMesh", {}), both);
  assert.equal(status("HTTPRoute"), undefined);
});
