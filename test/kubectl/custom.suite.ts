import assert from "node:assert/strict";
import { test } from "node:test";
import { Kubectl, rows } from "./kit/kubectl.ts";

const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: lamps.light.example }
spec:
  group: light.example
  scope: Namespaced
  names: { plural: lamps, singular: lamp, kind: Lamp, shortNames: [lmp], categories: [all] }
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: { specReplicasPath: .spec.bulbs, statusReplicasPath: .status.bulbs }
    selectableFields: [{ jsonPath: .spec.color }]
    additionalPrinterColumns:
    - { name: Color, type: string, jsonPath: .spec.color }
    - { name: Bulbs, type: integer, jsonPath: .spec.bulbs }
    - { name: Note, type: string, jsonPath: .spec.note, priority: 1 }
    schema:
      openAPIV3Schema:
        type: object
        properties:
          status: { type: object, properties: { bulbs: { type: integer } } }
          spec:
            type: object
            required: [color]
            x-kubernetes-validations:
            - { rule: "!has(self.most) || self.bulbs <= self.most", message: more bulbs than fit }
            properties:
              color: { type: string, enum: [red, green] }
              note: { type: string, maxLength: 10 }
              bulbs: { type: integer, minimum: 0, default: 1 }
              most: { type: integer }
              address: { type: string, x-kubernetes-validations: [{ rule: isIP(self), message: no address }] }
              since: { type: string, format: date-time }
              serial: { type: string, x-kubernetes-validations: [{ rule: self == oldSelf, message: serial stays }] }
              free: { type: object, x-kubernetes-preserve-unknown-fields: true }
  - name: v1beta1
    served: true
    storage: false
    deprecated: true
    schema:
      openAPIV3Schema:
        type: object
        properties: { spec: { type: object, properties: { color: { type: string } } } }
`;
const lamp = `
apiVersion: light.example/v1
kind: Lamp
metadata: { name: desk }
spec: { color: red, serial: "1", free: { any: { depth: 1 } } }
`;

test("a definition: its kind is served at once, with columns, scale, status and selectable fields", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(definition);
  await kubectl.ok("wait --for=condition=Established crd/lamps.light.example --timeout=20s");
  await kubectl.apply(lamp);
  assert.deepEqual(rows(await kubectl.ok("get lmp")), [
    ["NAME", "COLOR", "BULBS"],
    ["desk", "red", "1"],
  ]);
  assert.deepEqual(rows(await kubectl.ok("get lmp -o wide"))[0], ["NAME", "COLOR", "BULBS", "NOTE"]);
  assert.equal(await kubectl.value("lamp desk", ".spec.free.any.depth"), "1");
  assert.equal(await kubectl.ok("get lamp --field-selector spec.color=green -o name"), "");
  assert.match(await kubectl.refused("get lamp --field-selector spec.note=x"), /spec\.note/);
  assert.match(await kubectl.ok("scale lamp desk --replicas=3"), /scaled/);
  const status = [
    "patch",
    "lamp",
    "desk",
    "--subresource=status",
    "--type=merge",
    "-p",
    '{"spec":{"color":"green"},"status":{"bulbs":2}}',
  ];
  await kubectl.ok(status);
  assert.equal(
    await kubectl.ok(
      "get lamp desk -o jsonpath={.spec.color}/{.spec.bulbs}/{.status.bulbs}/{.metadata.generation}",
    ),
    "red/3/2/2",
  );
  assert.match(
    await kubectl.ok("explain lamp.spec --api-version=light.example/v1"),
    /color\t<string> -required-/,
  );
  const older = await kubectl.run("get lamps.v1beta1.light.example desk -o jsonpath={.spec}");
  assert.equal(older.out, '{"color":"red"}');
  assert.match(older.err, /Warning: light\.example\/v1beta1 Lamp is deprecated/);
  assert.match(await kubectl.ok("get all -o name"), /lamp\.light\.example\/desk/);
});

test("what a definition does not allow is refused", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(definition);
  await kubectl.apply(lamp);
  const bad = lamp
    .replace("desk", "bad")
    .replace("color: red", "color: pink, bulbs: -1, note: far too long, address: 1.2.3, since: noon");
  const refusal = await kubectl.refused("create -f -", bad);
  for (const part of [
    /spec\.color: Unsupported value: "pink".*red, green/,
    /spec\.bulbs: Invalid value: -1/,
    /spec\.note: Too long/,
    /spec\.since: Invalid value: "noon"/,
  ]) {
    assert.match(refusal, part);
  }
  const patch = (spec: unknown) => ["patch", "lamp", "desk", "--type=merge", "-p", JSON.stringify({ spec })];
  assert.match(await kubectl.refused(patch({ address: "1.2.3" })), /spec\.address: .*no address/);
  assert.match(await kubectl.refused(patch({ serial: "2" })), /spec\.serial: .*serial stays/);
  assert.match(await kubectl.refused(patch({ most: 0 })), /more bulbs than fit/);
  const pruned = await kubectl.run(patch({ bogus: 1 }));
  assert.match(pruned.err, /Warning: unknown field "spec\.bogus"/);
  assert.equal(await kubectl.value("lamp desk", ".spec.bogus"), "");
  assert.match(
    await kubectl.refused("create -f -", definition.replace("lamps.light.example", "other.light.example")),
    /metadata\.name/,
  );
});

test("a definition goes with its objects", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(definition);
  await kubectl.apply(lamp);
  await kubectl.ok("delete crd lamps.light.example --timeout=60s");
  assert.match(await kubectl.refused("get --raw /apis/light.example/v1/lamps"), /NotFound/);
  await kubectl.apply(definition);
  assert.equal(await kubectl.ok("get --raw /apis/light.example/v1/lamps -o json").catch(() => ""), "");
  assert.equal(await kubectl.ok("get lamps.light.example -o name"), "");
});
