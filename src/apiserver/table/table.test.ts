import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import type { Column } from "../../resources/kind.ts";
import { object } from "../../resources/schema/schema.ts";
import type { ServedKind } from "../registry.ts";
import { tableOf, type IncludeObject } from "./table.ts";

const now = new Date("2030-01-02T00:00:00Z");

function served(columns: readonly Column[], group = "example.org"): ServedKind {
  const version = { name: "v1", served: true, schema: object({}), columns, status: false };
  const kind = {
    kind: "Shirt",
    listKind: "ShirtList",
    group,
    plural: "shirts",
    singular: "shirt",
    shortNames: [],
    categories: [],
    namespaced: true,
    versions: [version],
    storageVersion: "v1",
  };
  return { kind, version };
}

function cells(columns: readonly Column[], shirt: JsonObject, group?: string): readonly unknown[] {
  const table = tableOf({
    served: served(columns, group),
    objects: [shirt],
    includeObject: "None",
    now,
    listMeta: {},
  });
  const [row] = table["rows"] as readonly { cells: readonly unknown[] }[];
  return row!.cells.slice(1);
}

const shirt: JsonObject = {
  apiVersion: "example.org/v1",
  kind: "Shirt",
  metadata: { name: "plain", namespace: "here", creationTimestamp: "2030-01-01T00:00:00Z" },
  spec: {
    color: "blue",
    size: 3,
    price: 9.5,
    clean: true,
    hostnames: ["a.example", "<b>"],
    box: { z: 1, a: { d: 1, c: 2 } },
    nothing: null,
    time: "2030-01-01T23:59:00+00:00",
    wrongTime: "yesterday",
    noTime: "",
    later: "2030-02-01T00:00:00Z",
  },
  status: {
    conditions: [{ type: "Ready", status: "True" }],
    addresses: [{ value: "::1" }, { value: "::2" }],
  },
};

const values: readonly (readonly [Column["type"], path: string, cell: unknown])[] = [
  ["string", ".spec.color", "blue"],
  ["string", ".spec.size", "3"],
  ["string", ".spec.clean", "true"],
  ["string", ".spec.hostnames", String.raw`["a.example","\u003cb\u003e"]`],
  ["string", ".spec.box", '{"a":{"c":2,"d":1},"z":1}'],
  ["string", ".spec.nothing", "<no value>"],
  ["string", ".spec.missing", null],
  ["string", ".status.addresses[*].value", "::1"],
  ["string", '.status.conditions[?(@.type=="Ready")].status', "True"],
  ["string", '.status.conditions[?(@.type=="Other")].status', null],
  ["string", ".spec.color[", null],
  ["integer", ".spec.size", 3],
  ["integer", ".spec.price", 9],
  ["integer", ".spec.color", null],
  ["number", ".spec.price", 9.5],
  ["number", ".spec.color", null],
  ["boolean", ".spec.clean", true],
  ["boolean", ".spec.color", null],
  ["date", ".metadata.creationTimestamp", "24h"],
  ["date", ".spec.time", "60s"],
  ["date", ".spec.wrongTime", "<invalid>"],
  ["date", ".spec.noTime", "<unknown>"],
  ["date", ".spec.later", "<invalid>"],
  ["date", ".spec.size", null],
  ["date", ".spec.missing", null],
];

for (const [type, path, cell] of values) {
  test(`${type} column ${path}`, () => assert.deepEqual(cells([{ name: "X", type, path }], shirt), [cell]));
}

test("columns in code, which may fail", () => {
  const broken = () => {
    throw new TypeError("no such field");
  };
  const columns: readonly Column[] = [
    { name: "Count", type: "integer", cell: () => 7 },
    { name: "Broken", type: "string", cell: broken },
  ];
  assert.deepEqual(cells(columns, shirt), [7, null]);
});

test("kinds without columns show their age, built-in ones their time of creation", () => {
  assert.deepEqual(cells([], shirt), ["24h"]);
  assert.deepEqual(cells([], shirt, "rbac.authorization.k8s.io"), ["2030-01-01T00:00:00Z"]);
});

test("definitions carry every member", () => {
  const columns: readonly Column[] = [
    {
      name: "Color",
      type: "string",
      path: ".spec.color",
      description: "Its color.",
      priority: 1,
      format: "byte",
    },
    { name: "Size", type: "integer", path: ".spec.size" },
  ];
  const table = tableOf({
    served: served(columns),
    objects: [],
    includeObject: "None",
    now,
    listMeta: { resourceVersion: "12", continue: "next" },
  });
  assert.deepEqual(table["metadata"], { resourceVersion: "12", continue: "next" });
  assert.deepEqual(table["rows"], []);
  const [name, color, size] = table["columnDefinitions"] as readonly JsonObject[];
  assert.equal(name!["name"], "Name");
  assert.equal(name!["format"], "name");
  assert.deepEqual(color, {
    name: "Color",
    type: "string",
    format: "byte",
    description: "Its color.",
    priority: 1,
  });
  const description = "Custom resource definition column (in JSONPath format): .spec.size";
  assert.deepEqual(size, { name: "Size", type: "integer", format: "", description, priority: 0 });
});

const shown: readonly (readonly [IncludeObject, unknown])[] = [
  ["None", null],
  ["Object", shirt],
  [
    "Metadata",
    { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1beta1", metadata: shirt["metadata"] },
  ],
];

for (const [includeObject, expected] of shown) {
  test(`rows include ${includeObject}`, () => {
    const table = tableOf({
      served: served([]),
      objects: [shirt],
      includeObject,
      now,
      listMeta: {},
      apiVersion: "meta.k8s.io/v1beta1",
      noHeaders: true,
    });
    assert.equal(table["apiVersion"], "meta.k8s.io/v1beta1");
    assert.equal(table["columnDefinitions"], null);
    assert.deepEqual((table["rows"] as readonly JsonObject[])[0]!["object"], expected);
  });
}
