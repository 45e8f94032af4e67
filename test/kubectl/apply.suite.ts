import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Kubectl } from "./kit/kubectl.ts";
import { configMap, shop } from "./kit/manifests.ts";

test("server-side apply: a conflict names the manager and the field; force takes it", async (context) => {
  const kubectl = await Kubectl.open(context);
  const paint = configMap("paint", "red");
  assert.match(await kubectl.apply(paint, "--server-side"), /serverside-applied/);
  await kubectl.apply(paint, "--server-side", "--field-manager=other");
  await kubectl.ok(["patch", "cm", "paint", "--type=merge", "-p", '{"data":{"color":"blue"}}']);
  const refusal = await kubectl.refused("apply --server-side -f -", paint);
  assert.match(
    refusal,
    /Apply failed with 1 conflict: conflict with "kubectl-patch" using v1: \.data\.color/,
  );
  await kubectl.apply(paint, "--server-side", "--force-conflicts");
  assert.equal(await kubectl.value("cm paint", ".data.color"), "red");
  const managers = await kubectl.ok(
    "get cm paint -o jsonpath={.metadata.managedFields[*].manager} --show-managed-fields",
  );
  assert.match(managers, /kubectl/);
});

test("diff: 0 when nothing would change, 1 with the change otherwise; nothing is written", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(configMap("paint", "red"));
  assert.deepEqual(await kubectl.run("diff -f -", configMap("paint", "red")), { code: 0, out: "", err: "" });
  const changed = await kubectl.run("diff -f -", configMap("paint", "blue"));
  assert.equal(changed.code, 1, changed.err);
  assert.match(changed.out, /^-  color: red$/m);
  assert.match(changed.out, /^\+  color: blue$/m);
  assert.equal(await kubectl.value("cm paint", ".data.color"), "red");
  const server = await kubectl.run("diff --server-side --force-conflicts -f -", configMap("paint", "blue"));
  assert.equal(server.code, 1, server.err);
  assert.equal((await kubectl.run("diff -f -", configMap("new", "red"))).code, 1);
});

test("diff of a map that was applied from the server's side shows no empty annotations", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(configMap("paint", "red"), "--server-side");
  assert.deepEqual(await kubectl.run("diff -f -", configMap("paint", "red")), { code: 0, out: "", err: "" });
});

test("dry runs, on either side, write nothing", async (context) => {
  const kubectl = await Kubectl.open(context);
  for (const side of ["client", "server"]) {
    assert.match(
      await kubectl.apply(configMap("paint", "red"), `--dry-run=${side}`),
      /created \((server )?dry run\)/,
    );
    assert.match(await kubectl.refused("get cm paint"), /NotFound/);
  }
  assert.match(
    await kubectl.refused("apply --dry-run=server -f -", shop.httpRoute.replace("PathPrefix", "Prefix")),
    /Prefix/,
  );
});

test("unknown fields: refused, warned of, or passed over in silence", async (context) => {
  const kubectl = await Kubectl.open(context);
  const yaml = shop.httpRoute.replace("spec:", "spec:\n  hostname: x");
  const strict = await kubectl.refused("apply -f -", yaml);
  assert.match(strict, /unknown field "spec\.hostname"/);
  const warned = await kubectl.run("apply --validate=warn -f -", yaml);
  assert.equal(warned.code, 0);
  assert.match(warned.err, /Warning: unknown field "spec\.hostname"/);
  const ignored = await kubectl.run("apply --validate=ignore -f -", yaml);
  assert.deepEqual([ignored.code, ignored.err], [0, ""]);
  assert.equal(await kubectl.value("httproute shop", ".spec.hostname"), "");
});

test("prune, kustomize, and what was last applied", async (context) => {
  const kubectl = await Kubectl.open(context);
  const both = `${configMap("one", "red", "{ set: paint }")}---${configMap("two", "red", "{ set: paint }")}`;
  await kubectl.apply(both);
  const pruned = await kubectl.apply(
    configMap("one", "red", "{ set: paint }"),
    "--prune",
    "-l",
    "set=paint",
    "--prune-allowlist=core/v1/ConfigMap",
  );
  assert.match(pruned, /configmap\/two pruned/);
  assert.match(await kubectl.ok("apply view-last-applied cm/one"), /color: red/);

  const folder = join(kubectl.folder, "kustomize");
  mkdirSync(folder);
  kubectl.file("kustomize/map.yaml", configMap("paint", "red"));
  kubectl.file("kustomize/kustomization.yaml", "resources: [map.yaml]\nnamePrefix: my-\n");
  assert.equal(await kubectl.ok(`apply -k ${folder}`), "configmap/my-paint created\n");
});
