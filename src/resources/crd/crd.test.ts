import assert from "node:assert/strict";
import { test } from "node:test";
import type { KindVersion } from "../kind.ts";
import { kinds } from "../kinds.ts";
import { edited, type Json } from "../testing.ts";
import { validate } from "../schema/validate.ts";
import { crdFromKind } from "./crd-from-kind.ts";
import { kindFromCrd } from "./kind-from-crd.ts";
import { byPriority } from "./version-order.ts";

const schema = {
  type: "object",
  properties: {
    metadata: { type: "object", properties: { name: { type: "string", maxLength: 5 } } },
    spec: {
      type: "object",
      required: ["size"],
      properties: {
        size: { type: "integer", minimum: 1, default: 3 },
        colour: { type: "string", enum: ["red", "blue"] },
      },
      "x-kubernetes-validations": [
        { rule: "self.size < 10 || self.colour == 'red'", message: "too big for blue" },
      ],
    },
    status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
  },
};

const crd: Json = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "things.example.com", annotations: { note: "a" }, creationTimestamp: null },
  spec: {
    group: "example.com",
    names: { plural: "things", kind: "Thing", shortNames: ["th"], categories: ["all"] },
    scope: "Namespaced",
    versions: [
      {
        name: "v1alpha1",
        served: true,
        storage: false,
        deprecated: true,
        deprecationWarning: "write v1",
        schema: { openAPIV3Schema: schema },
      },
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        subresources: {
          status: {},
          scale: {
            specReplicasPath: ".spec.size",
            statusReplicasPath: ".status.size",
            labelSelectorPath: ".status.selector",
          },
        },
        additionalPrinterColumns: [{ name: "Size", type: "integer", jsonPath: ".spec.size", priority: 1 }],
        selectableFields: [{ jsonPath: ".spec.colour" }],
      },
    ],
  },
};

function withoutSchema(version: KindVersion): Partial<KindVersion> {
  const { schema: _, ...rest } = version;
  return rest;
}

const at = (index: number, ...rest: (string | number)[]) => ["spec", "versions", index, ...rest];

test("A definition becomes a kind: names, versions, columns, subresources", () => {
  const { kind, errors } = kindFromCrd(crd);
  assert.deepEqual(errors, []);
  const { versions, ...rest } = kind!;
  assert.deepEqual(rest, {
    kind: "Thing",
    listKind: "ThingList",
    group: "example.com",
    plural: "things",
    singular: "thing",
    shortNames: ["th"],
    categories: ["all"],
    namespaced: true,
    storageVersion: "v1",
    crd: { annotations: { note: "a" }, labels: {} },
  });
  const said = versions.map(withoutSchema);
  assert.deepEqual(said, [
    {
      name: "v1",
      served: true,
      columns: [{ name: "Size", type: "integer", path: ".spec.size", priority: 1 }],
      status: true,
      scale: {
        specReplicas: ".spec.size",
        statusReplicas: ".status.size",
        labelSelector: ".status.selector",
      },
      selectable: [".spec.colour"],
    },
    { name: "v1alpha1", served: true, columns: [], status: false, deprecated: "write v1" },
  ]);
});

test("Objects of a defined kind are checked, with the metadata that all objects have", () => {
  const { kind } = kindFromCrd(crd);
  const thing: Json = {
    apiVersion: "example.com/v1",
    kind: "Thing",
    metadata: { name: "a", labels: { team: "x" } },
    spec: { colour: "red" },
    status: { free: 1 },
  };
  const check = (object: Json) => validate(kind!.versions[0]!.schema, object);
  assert.deepEqual(check(thing).errors, []);
  assert.equal((check(thing).value as Json).spec.size, 3);
  const faults = [
    [["spec"], { size: 10, colour: "blue" }, "spec"],
    [["spec", "size"], 0, "spec.size"],
    [["metadata", "name"], "A", "metadata.name"],
    [["metadata", "name"], "abcdef", "metadata.name"],
    [["metadata", "labels"], { "-": "x" }, "metadata.labels.-"],
    [["metadata", "unheard"], 1, "metadata.unheard"],
    [["unheard"], 1, "unheard"],
  ] as const;
  for (const [path, value, where] of faults) {
    const { errors } = check(edited(thing, path, value));
    assert.deepEqual(
      errors.map((error) => error.path.join(".")),
      [where],
      where,
    );
  }
});

const refused: readonly (readonly [path: (string | number)[], value: unknown, where?: string])[] = [
  [["metadata", "name"], "thing.example.com"],
  [["spec", "group"], "example", "metadata.name"],
  [["spec", "scope"], "Global"],
  [["spec", "names", "plural"], "Things"],
  [["spec", "names", "kind"], undefined],
  [["spec", "names", "kind"], "1Thing"],
  [["spec", "names", "listKind"], "Thing"],
  [["spec", "names", "shortNames"], ["T"], "spec.names.shortNames.0"],
  [["spec", "versions"], []],
  [at(0, "name"), "v1", "spec.versions.1.name"],
  [at(0, "name"), "V1"],
  [at(0, "storage"), true, "spec.versions"],
  [at(0, "schema"), undefined],
  [at(0, "schema"), {}, "spec.versions.0.schema.openAPIV3Schema"],
  [at(0, "schema", "openAPIV3Schema"), { type: "string" }, "spec.versions.0.schema.openAPIV3Schema.type"],
  [at(0, "deprecated"), false, "spec.versions.0.deprecationWarning"],
  [
    at(1, "schema", "openAPIV3Schema"),
    { ...schema, minProperties: 1 },
    "spec.versions.1.schema.openAPIV3Schema.minProperties",
  ],
  [at(1, "additionalPrinterColumns", 0, "type"), "text"],
  [at(1, "additionalPrinterColumns", 0, "jsonPath"), "spec.size"],
  [at(1, "subresources", "scale", "specReplicasPath"), ".status.size"],
  [at(1, "selectableFields"), [{ jsonPath: ".spec" }], "spec.versions.1.selectableFields.0.jsonPath"],
  [
    at(1, "selectableFields"),
    [{ jsonPath: ".metadata.name" }],
    "spec.versions.1.selectableFields.0.jsonPath",
  ],
  [["spec", "preserveUnknownFields"], true],
  [["spec", "conversion"], { strategy: "Webhook" }, "spec.conversion.strategy"],
];

test("What an API server refuses in a definition is refused, at its place", () => {
  for (const [path, value, where = path.join(".")] of refused) {
    const { kind, errors } = kindFromCrd(edited(crd, path, value));
    assert.equal(kind, undefined, path.join("."));
    assert.ok(
      errors.map((error) => error.path.join(".")).includes(where),
      `${where}: ${JSON.stringify(errors)}`,
    );
  }
  const [webhook] = kindFromCrd(edited(crd, ["spec", "conversion"], { strategy: "Webhook" })).errors;
  assert.match(webhook!.message, /Webhook is not supported.*Allowed is None/);
});

test("Groups of the Kubernetes community need an approval", () => {
  const community = (approval?: string) => {
    const changed = edited(
      edited(crd, ["spec", "group"], "things.k8s.io"),
      ["metadata", "name"],
      "things.things.k8s.io",
    );
    const annotations = approval === undefined ? {} : { "api-approved.kubernetes.io": approval };
    return kindFromCrd(edited(changed, ["metadata", "annotations"], annotations)).errors.length;
  };
  assert.equal(community(), 1);
  assert.equal(community("no"), 1);
  assert.equal(community("unapproved, experimental"), 0);
  assert.equal(community("https://example.com/1"), 0);
});

test("Anything may be given as a definition", () => {
  for (const value of [
    {},
    { spec: null },
    { ...crd, spec: [] },
    edited(crd, ["spec", "versions"], { a: 1 }),
  ]) {
    assert.notDeepEqual(kindFromCrd(value).errors, []);
  }
});

test("Versions are in the order of their stability", () => {
  const names = ["foo", "v1alpha1", "v10", "v2", "v1beta2", "v1", "v2beta1", "bar", "v1alpha10"];
  assert.deepEqual(
    names
      .map((name) => ({ name }))
      .toSorted(byPriority)
      .map(({ name }) => name),
    ["v10", "v2", "v1", "v2beta1", "v1beta2", "v1alpha10", "v1alpha1", "bar", "foo"],
  );
});

test("The definitions of our kinds are accepted, and define what we have", () => {
  for (const kind of kinds.filter(({ crd: own }) => own !== undefined)) {
    const { kind: back, errors } = kindFromCrd(JSON.parse(JSON.stringify(crdFromKind(kind))));
    assert.deepEqual(errors, [], kind.kind);
    const said = ({ versions, ...rest }: typeof kind) => ({
      ...rest,
      versions: versions.toSorted(byPriority).map(withoutSchema),
    });
    assert.deepEqual(said(back!), said(kind));
  }
});
