import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { apiVersionOf, resourceName } from "../kind.ts";
import { validate } from "../schema/validate.ts";
import { coreDefaults } from "./core-defaults.ts";
import { coreKinds } from "./core-kinds.ts";
import { verdict } from "./core.fixture.ts";
import { manifests } from "./manifests.fixture.ts";

test("Every kind has its own path and its own type", () => {
  const resources = coreKinds.map(resourceName);
  assert.equal(new Set(resources).size, resources.length);
  const types = coreKinds.flatMap((kind) =>
    kind.versions.map((version) => `${apiVersionOf(kind.group, version.name)} ${kind.kind}`),
  );
  assert.equal(new Set(types).size, types.length);
  for (const name of Object.keys(coreDefaults)) assert.ok(resources.includes(name), name);
});

test("Short names mean one kind in a group", () => {
  for (const group of new Set(coreKinds.map((kind) => kind.group))) {
    const kinds = coreKinds.filter((kind) => kind.group === group);
    const names = kinds.flatMap((kind) => [...kind.shortNames, kind.plural]);
    assert.equal(new Set(names).size, names.length, group);
  }
});

for (const manifest of manifests) {
  test(`${String(manifest["apiVersion"])} ${String(manifest["kind"])} is taken as people write it`, () => {
    const { faults, unknown, value } = verdict(manifest);
    assert.deepEqual({ faults, unknown }, { faults: [], unknown: [] });
    assert.deepEqual(verdict(value).value, value, "what is stored is stored again as it is");
  });
}

test("Unknown fields of every full kind are found", () => {
  for (const manifest of manifests) {
    assert.deepEqual(verdict({ ...manifest, extra: 1 }).unknown, ["extra"], String(manifest["kind"]));
  }
});

test("Nulls are as good as absent", () => {
  const { faults, value } = verdict({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", creationTimestamp: null, labels: null },
    data: null,
    immutable: null,
  });
  assert.deepEqual(faults, []);
  assert.deepEqual(Object.keys(value), ["apiVersion", "kind", "metadata"]);
});

test("No JSON makes defaults, validation or columns throw, or changes what it was given", () => {
  const now = new Date();
  const names = coreKinds.flatMap(({ versions }) =>
    versions.flatMap(({ schema }) => Object.keys(schema.fields)),
  );
  const inner = [
    ...new Set([...names, "containers", "template", "conditions", "ports", "resources", "limits"]),
  ];
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.constantFrom<unknown>(null, true, 0, 1.5, "", "a", "__proto__"),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...inner), tie("tree"), { maxKeys: 6, noNullPrototype: true }),
    ),
  }));
  const objects = fc.dictionary(fc.constantFrom(...inner), tree, { maxKeys: 8, noNullPrototype: true });
  fc.assert(
    fc.property(fc.constantFrom(...coreKinds.map(resourceName)), objects, (name, object) => {
      const kind = coreKinds.find((one) => resourceName(one) === name)!;
      const before = structuredClone(object);
      const defaulted = coreDefaults[name]?.(object) ?? object;
      validate(kind.versions[0]!.schema, defaulted, { unknown: "prune", previous: object });
      for (const column of kind.versions[0]!.columns) column.cell!(object, now);
      assert.deepEqual(object, before);
    }),
    { numRuns: 400 },
  );
});

test("Kinds that are kept keep what they are given", () => {
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data", namespace: "apps" },
    spec: { accessModes: ["ReadWriteOnce"], anything: { at: ["all"] } },
  };
  const { faults, unknown, value } = verdict(claim);
  assert.deepEqual({ faults, unknown }, { faults: [], unknown: [] });
  assert.deepEqual(value.spec, { ...claim.spec, volumeMode: "Filesystem" });
});

test("Pods of a StatefulSet may mount volumes that it makes", () => {
  const set = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "db", namespace: "apps" },
    spec: {
      selector: { matchLabels: { app: "db" } },
      volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { accessModes: ["ReadWriteOnce"] } }],
      template: {
        metadata: { labels: { app: "db" } },
        spec: {
          containers: [{ name: "db", image: "db:1", volumeMounts: [{ name: "data", mountPath: "/data" }] }],
        },
      },
    },
  };
  assert.deepEqual(verdict(set).faults, []);
});
