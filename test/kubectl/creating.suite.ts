import assert from "node:assert/strict";
import { test } from "node:test";
import { Kubectl } from "./kit/kubectl.ts";

/** Commands whose objects kubectl sends as protobuf, and what is looked at afterwards. */
const commands: readonly (readonly [create: string, object: string, path: string, value: string])[] = [
  ["create ns extra", "ns extra", ".status.phase", "Active"],
  ["create cm c --from-literal=a=b", "cm c", ".data.a", "b"],
  ["create secret generic s --from-literal=a=b", "secret s", ".data.a", "Yg=="],
  ["create sa robot", "sa robot", ".metadata.name", "robot"],
  ["create deployment d --image=x --replicas=0 --port=80", "deploy d", ".spec.replicas", "0"],
  ["create job j --image=x", "job j", ".spec.template.spec.containers[0].image", "x"],
  ["create service clusterip s1 --tcp=80:8080", "svc s1", ".spec.ports[0].targetPort", "8080"],
  ["create service nodeport s2 --tcp=80:http", "svc s2", ".spec.ports[0].targetPort", "http"],
  ["create service externalname s3 --external-name=x.example", "svc s3", ".spec.externalName", "x.example"],
  [
    "create ingress i --rule=a.example/*=s1:80",
    "ingress i",
    ".spec.rules[0].http.paths[0].backend.service.name",
    "s1",
  ],
  ["create quota q --hard=pods=1", "quota q", ".spec.hard.pods", "1"],
  ["create pdb p --min-available=1 --selector=a=b", "pdb p", ".spec.minAvailable", "1"],
  ["create priorityclass pc --value=10", "priorityclass pc", ".value", "10"],
  ["create role r --verb=get --resource=pods", "role r", ".rules[0].verbs[0]", "get"],
  [
    "create clusterrole cr --verb=* --resource=gateways.gateway.networking.k8s.io",
    "clusterrole cr",
    ".rules[0].apiGroups[0]",
    "gateway.networking.k8s.io",
  ],
  ["create rolebinding rb --role=r --user=bob", "rolebinding rb", ".subjects[0].name", "bob"],
  [
    "create clusterrolebinding crb --clusterrole=cr --group=devs",
    "clusterrolebinding crb",
    ".subjects[0].kind",
    "Group",
  ],
  ["run pod --image=x --restart=Never", "pod pod", ".spec.serviceAccountName", "default"],
  ["expose deploy d --port=80 --name=exposed", "svc exposed", ".spec.selector.app", "d"],
];

test("kubectl's own commands create objects of every kind they know", async (context) => {
  const kubectl = await Kubectl.open(context);
  for (const [create, object, path, value] of commands) {
    await kubectl.ok(create);
    assert.equal(await kubectl.value(object, path), value, create);
  }
  await kubectl.ok(["create", "cronjob", "cj", "--image=x", "--schedule=*/5 * * * *"]);
  assert.equal(await kubectl.value("cronjob cj", ".spec.schedule"), "*/5 * * * *");
});
