import assert from "node:assert/strict";
import { test } from "node:test";
import { Kubectl } from "./kit/kubectl.ts";
import { configMap } from "./kit/manifests.ts";

test("who somebody is and what they may do", async (context) => {
  const kubectl = await Kubectl.open(context);
  assert.equal(await kubectl.ok("auth can-i create pods"), "yes\n");
  assert.equal((await kubectl.run("auth can-i create pods --as=bob")).out, "no\n");
  assert.match(
    await kubectl.ok("auth whoami --as=bob --as-group=devs"),
    /Username +bob\nGroups +\[devs system:authenticated\]/,
  );
  assert.match(
    await kubectl.ok("auth can-i --list --as=bob"),
    /selfsubjectreviews\.authentication\.k8s\.io .*\[create\]/,
  );
  assert.match(await kubectl.refused("get cm --as=bob"), /Forbidden.*bob/);
});

test("a role, its binding and a token of the account that has it", async (context) => {
  const kubectl = await Kubectl.open(context);
  await kubectl.ok("create sa robot");
  await kubectl.ok("create role reader --verb=get,list --resource=configmaps");
  await kubectl.ok("create rolebinding reader --role=reader --serviceaccount=default:robot");
  await kubectl.apply(configMap("paint", "red"));
  const robot = "--as=system:serviceaccount:default:robot";
  assert.match(await kubectl.ok(`get cm paint -o name ${robot}`), /configmap\/paint/);
  assert.match(await kubectl.refused(`delete cm paint ${robot}`), /Forbidden/);
  const token = (await kubectl.ok("create token robot --duration=1h")).trim();
  assert.equal(token.split(".").length, 3);
  const whoami = await kubectl.ok(["config", "set-credentials", "robot", `--token=${token}`]);
  assert.match(whoami, /set/);
  assert.match(await kubectl.ok("auth whoami --user=robot"), /system:serviceaccount:default:robot/);
  assert.match(await kubectl.refused("create cm other --user=robot"), /Forbidden/i);
  // Here --user is the subject, not the credentials.
  await kubectl.ok("config set-context --current --user=robot");
  assert.match(
    await kubectl.refused("create rolebinding more --clusterrole=cluster-admin --user=x"),
    /forbidden/i,
  );
});
