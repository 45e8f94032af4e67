import assert from "node:assert/strict";
import { test } from "node:test";
import { bootstrapObjects } from "./bootstrap-roles.ts";
import type { Attributes } from "./policy-rule.ts";
import { Rbac } from "./rbac.ts";
import { serviceAccountGroups, serviceAccountName, type User } from "./user.ts";

const objects = bootstrapObjects();
const rbac = new Rbac({
  revision: 1,
  list: (wanted) => objects.filter(({ resource }) => resource === wanted).map(({ object }) => object),
});

function may(user: User, text: string, namespace = ""): boolean {
  const [verb = "", group = "", what = "", name = ""] = text.split(" ");
  const [resource = "", subresource = ""] = what.split("/");
  const attributes: Attributes = group.startsWith("/")
    ? { verb, group: "", resource: "", subresource: "", namespace: "", name: "", path: group }
    : { verb, group: group === "core" ? "" : group, resource, subresource, namespace, name };
  return rbac.authorize(user, attributes).allowed;
}

function component(name: string): User {
  return { name: `system:${name}`, groups: ["system:authenticated"] };
}

function controller(name: string): User {
  return { name: serviceAccountName("kube-system", name), groups: serviceAccountGroups("kube-system") };
}

test("names are given once, and every binding finds its role", () => {
  const ids = objects.map(({ resource, object }) => {
    const { namespace, name } = object["metadata"] as { namespace?: string; name: string };
    return `${resource} ${namespace ?? ""}/${name}`;
  });
  assert.equal(new Set(ids).size, ids.length);
  for (const { object } of objects) {
    const { namespace = "" } = object["metadata"] as { namespace?: string };
    if ("roleRef" in object) assert.notEqual(rbac.rulesOfRole(object["roleRef"], namespace), undefined);
  }
});

test("components do their work under their own names, and no more", () => {
  const scheduler = component("kube-scheduler");
  const manager = component("kube-controller-manager");
  const cases: [User, string, string, boolean][] = [
    [scheduler, "create core pods/binding", "a", true],
    [scheduler, "watch core pods", "", true],
    [scheduler, "patch core pods/status", "a", true],
    [scheduler, "update coordination.k8s.io leases kube-scheduler", "kube-system", true],
    [scheduler, "get core configmaps extension-apiserver-authentication", "kube-system", true],
    [scheduler, "get core secrets", "a", false],
    [scheduler, "create core pods", "a", false],
    [manager, "create core serviceaccounts/token", "a", true],
    [manager, "list apps deployments", "", true],
    [manager, "update coordination.k8s.io leases kube-controller-manager", "kube-system", true],
    [manager, "create apps replicasets", "a", false],
    [controller("deployment-controller"), "create apps replicasets", "a", true],
    [controller("deployment-controller"), "delete core nodes", "", false],
    [controller("replicaset-controller"), "create core pods", "a", true],
    [controller("generic-garbage-collector"), "delete gateway.networking.k8s.io httproutes", "a", true],
    [controller("namespace-controller"), "deletecollection gateway.networking.k8s.io gateways", "a", true],
    [
      { name: serviceAccountName("a", "deployment-controller"), groups: [] },
      "create apps replicasets",
      "a",
      false,
    ],
    [component("kube-proxy"), "watch discovery.k8s.io endpointslices", "", true],
    [{ name: "system:node:n1", groups: ["system:nodes"] }, "patch core nodes/status n1", "", true],
    [component("somebody"), "create authorization.k8s.io selfsubjectaccessreviews", "", true],
    [component("somebody"), "get /apis/apps/v1", "", true],
    [component("somebody"), "get /metrics", "", false],
    [component("somebody"), "get core pods", "a", false],
    [{ name: "system:anonymous", groups: ["system:unauthenticated"] }, "get /version", "", true],
    [{ name: "system:anonymous", groups: ["system:unauthenticated"] }, "get /apis", "", false],
    [{ name: "x", groups: ["system:masters"] }, "delete any thing", "", true],
  ];
  for (const [user, text, namespace, allowed] of cases)
    assert.equal(may(user, text, namespace), allowed, `${user.name} ${text} ${namespace}`);
});

test("admin has what edit has, and edit what view has", () => {
  const verbs = (role: string, resource: string) => {
    const rules = rbac.rulesOfRole({ kind: "ClusterRole", name: role }, "") ?? [];
    const ofResource = rules.filter(
      (rule) => rule.apiGroups?.includes("") && rule.resources?.includes(resource),
    );
    return [...new Set(ofResource.flatMap((rule) => rule.verbs))].sort();
  };
  const read = ["get", "list", "watch"];
  const all = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
  assert.deepEqual(verbs("view", "configmaps"), read);
  assert.deepEqual(verbs("view", "secrets"), []);
  assert.deepEqual(verbs("edit", "configmaps"), all);
  assert.deepEqual(verbs("edit", "secrets"), all);
  assert.deepEqual(verbs("admin", "configmaps"), all);
  const roles = (role: string) =>
    (rbac.rulesOfRole({ kind: "ClusterRole", name: role }, "") ?? []).some((rule) =>
      rule.resources?.includes("roles"),
    );
  assert.deepEqual([roles("admin"), roles("edit")], [true, false]);
});
