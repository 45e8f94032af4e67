import assert from "node:assert/strict";
import { test } from "node:test";
import { Kubectl } from "./kit/kubectl.ts";
import { configMap, deployment } from "./kit/manifests.ts";

test("finalizers keep an object until they are gone; wait --for=delete sees it go", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(
    configMap("held", "red").replace("name: held", "name: held, finalizers: [x.example/hold]"),
  );
  assert.match(await kubectl.refused("delete cm held --timeout=1s"), /timed out/);
  assert.notEqual(await kubectl.value("cm held", ".metadata.deletionTimestamp"), "");
  const patch = (finalizers: unknown) => [
    "patch",
    "cm",
    "held",
    "--type=merge",
    "-p",
    JSON.stringify({ metadata: { finalizers } }),
  ];
  assert.match(
    await kubectl.refused(patch(["x.example/hold", "x.example/more"])),
    /no new finalizers can be added/,
  );
  const waiting = kubectl.start("wait --for=delete cm/held --timeout=60s");
  await kubectl.ok(patch(null));
  const said = await waiting.said;
  assert.equal(said.code, 0, said.err);
  assert.match(await kubectl.refused("get cm held"), /NotFound/);
});

test("cascades: dependents go, stay as orphans, or go first", async (context) => {
  const kubectl = await Kubectl.open(context);
  for (const [cascade, stays] of [
    ["background", false],
    ["orphan", true],
    ["foreground", false],
  ] as const) {
    await kubectl.apply(deployment("owner", 0));
    const uid = await kubectl.value("deploy owner", ".metadata.uid");
    const owner = `{ apiVersion: apps/v1, kind: Deployment, name: owner, uid: ${uid} }`;
    await kubectl.apply(configMap("dependent", "red").replace("labels: {}", `ownerReferences: [${owner}]`));
    await kubectl.ok(`delete deploy owner --cascade=${cascade}`);
    if (stays) assert.equal(await kubectl.value("cm dependent", ".metadata.ownerReferences"), "");
    else await kubectl.ok("wait --for=delete cm/dependent --timeout=30s");
  }
});

test("a namespace goes with all that is in it", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.ok("create ns gone");
  await kubectl.apply(configMap("paint", "red"), "-n", "gone");
  assert.match(await kubectl.ok("delete ns gone --timeout=60s"), /deleted/);
  assert.match(await kubectl.refused("get ns gone"), /NotFound/);
  assert.match(
    await kubectl.refused(["create", "-n", "gone", "-f", "-"], configMap("paint", "red")),
    /namespaces "gone" not found/,
  );
  assert.match(await kubectl.refused("delete ns default"), /Forbidden/);
});

test("many at once, by label, and what is not there", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.apply(
    ["a", "b", "c"]
      .map((name) => configMap(name, "red", `{ set: ${name === "c" ? "other" : "x"} }`))
      .join("---"),
  );
  assert.equal(
    await kubectl.ok("delete cm -l set=x"),
    'configmap "a" deleted from default namespace\nconfigmap "b" deleted from default namespace\n',
  );
  assert.match(await kubectl.refused("delete cm a"), /NotFound/);
  assert.equal(await kubectl.ok("delete cm a --ignore-not-found"), "");
  assert.match(await kubectl.ok("delete cm c --wait=false"), /deleted/);
});
