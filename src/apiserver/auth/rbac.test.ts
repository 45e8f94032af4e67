import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { MemoryStore } from "../storage/memory-store.ts";
import type { Attributes, PolicyRule } from "./policy-rule.ts";
import { Rbac } from "./rbac.ts";
import { rbacSource, type RbacResource } from "./rbac-source.ts";
import type { User } from "./user.ts";

const group = "rbac.authorization.k8s.io";

/** A store with roles and bindings, and the rights that follow from it. */
class World {
  readonly store = new MemoryStore();
  readonly rbac = new Rbac(rbacSource(this.store));

  role(namespace: string, name: string, rules: readonly PolicyRule[], more: JsonObject = {}): void {
    this.put(namespace === "" ? "clusterroles" : "roles", namespace, name, { rules, ...more });
  }

  bind(namespace: string, name: string, roleRef: JsonObject, ...subjects: readonly JsonObject[]): void {
    this.put(namespace === "" ? "clusterrolebindings" : "rolebindings", namespace, name, {
      roleRef,
      subjects,
    });
  }

  may(user: User, wanted: Partial<Attributes>): boolean {
    return this.rbac.authorize(user, { ...get, ...wanted }).allowed;
  }

  private put(resource: RbacResource, namespace: string, name: string, rest: JsonObject): void {
    const { labels, ...spec } = rest;
    const object = { metadata: { name, namespace, labels }, ...spec };
    this.store.write(`${resource}.${group}`, namespace, name, () => JSON.stringify(object));
  }
}

const get = { verb: "get", group: "", resource: "pods", subresource: "", namespace: "a", name: "x" };
const jane: User = { name: "jane", groups: ["ops", "system:authenticated"] };
const bot: User = { name: "system:serviceaccount:a:bot", groups: ["system:serviceaccounts"] };
const clusterRole = (name: string) => ({ kind: "ClusterRole", name });
const localRole = (name: string) => ({ kind: "Role", name });
const userJane = { kind: "User", name: "jane" };

test("rules: verbs, groups, resources, subresources, names and URLs", () => {
  const rule = (over: Partial<PolicyRule>): PolicyRule => ({
    verbs: ["get"],
    apiGroups: [""],
    resources: ["pods"],
    ...over,
  });
  const url = (...nonResourceURLs: string[]): PolicyRule => ({ verbs: ["get"], nonResourceURLs });
  const cases: [PolicyRule, Partial<Attributes>, boolean][] = [
    [rule({}), {}, true],
    [rule({}), { verb: "list" }, false],
    [rule({}), { group: "apps" }, false],
    [rule({}), { resource: "pods2" }, false],
    [rule({}), { subresource: "log" }, false],
    [rule({ verbs: ["*"] }), { verb: "deletecollection" }, true],
    [rule({ apiGroups: ["*"] }), { group: "apps" }, true],
    [rule({ resources: ["*"] }), { resource: "services", subresource: "status" }, true],
    [rule({ resources: ["pods/log"] }), { subresource: "log" }, true],
    [rule({ resources: ["pods/log"] }), {}, false],
    [rule({ resources: ["*/scale"] }), { resource: "deployments", subresource: "scale" }, true],
    [rule({ resources: ["*/scale"] }), { resource: "deployments", subresource: "status" }, false],
    [rule({ resources: ["*/scale"] }), { resource: "deployments" }, false],
    [rule({ resources: ["pods/*"] }), { subresource: "log" }, false],
    [rule({ resourceNames: ["x", "y"] }), {}, true],
    [rule({ resourceNames: ["y"] }), {}, false],
    [rule({ resourceNames: ["y"], verbs: ["*"] }), { verb: "create", name: "" }, false],
    [rule({ resourceNames: [] }), {}, true],
    [rule({ verbs: [] }), {}, false],
    [rule({ apiGroups: [] }), {}, false],
    [url("/healthz"), { path: "/healthz" }, true],
    [url("/healthz"), { path: "/healthz/" }, false],
    [url("/healthz/*"), { path: "/healthz/ping" }, true],
    [url("/healthz/*"), { path: "/healthz" }, false],
    [url("*"), { path: "/metrics" }, true],
    [url("/a*b"), { path: "/axb" }, false],
    [url("*"), {}, false],
    [rule({ verbs: ["*"], apiGroups: ["*"], resources: ["*"] }), { path: "/healthz" }, false],
  ];
  for (const [given, wanted, allowed] of cases) {
    const world = new World();
    world.role("", "r", [given]);
    world.bind("", "b", clusterRole("r"), userJane);
    assert.equal(world.may(jane, wanted), allowed, JSON.stringify([given, wanted]));
  }
});

test("bindings: whom they mean, and where", () => {
  const rules = [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }];
  const cases: [string, JsonObject, JsonObject, User, Partial<Attributes>, boolean][] = [
    ["", clusterRole("c"), userJane, jane, {}, true],
    ["", clusterRole("c"), userJane, jane, { namespace: "" }, true],
    ["", clusterRole("c"), userJane, bot, {}, false],
    ["", clusterRole("c"), { kind: "Group", name: "ops" }, jane, {}, true],
    ["", clusterRole("c"), { kind: "Group", name: "jane" }, jane, {}, false],
    ["", clusterRole("c"), { kind: "User", name: "ops" }, jane, {}, false],
    ["", clusterRole("c"), { kind: "User", name: "*" }, jane, {}, false],
    ["", clusterRole("c"), { kind: "ServiceAccount", name: "bot", namespace: "a" }, bot, {}, true],
    ["", clusterRole("c"), { kind: "ServiceAccount", name: "bot", namespace: "b" }, bot, {}, false],
    ["", clusterRole("c"), { kind: "ServiceAccount", name: "bot" }, bot, {}, false],
    ["", clusterRole("none"), userJane, jane, {}, false],
    ["", localRole("l"), userJane, jane, {}, false],
    ["a", clusterRole("c"), userJane, jane, {}, true],
    ["a", clusterRole("c"), userJane, jane, { namespace: "b" }, false],
    ["a", clusterRole("c"), userJane, jane, { namespace: "" }, false],
    ["a", localRole("l"), userJane, jane, {}, true],
    ["a", localRole("c"), userJane, jane, {}, false],
    ["b", localRole("l"), userJane, jane, { namespace: "b" }, false],
    ["a", localRole("l"), { kind: "ServiceAccount", name: "bot" }, bot, {}, true],
  ];
  for (const [namespace, roleRef, subject, user, wanted, allowed] of cases) {
    const world = new World();
    world.role("", "c", rules);
    world.role("a", "l", rules);
    world.bind(namespace, "x", roleRef, subject);
    assert.equal(
      world.may(user, wanted),
      allowed,
      JSON.stringify([namespace, roleRef, subject, user.name, wanted]),
    );
  }
});

test("what counts is what is there now, and the reason names the binding", () => {
  const world = new World();
  assert.deepEqual(world.rbac.authorize(jane, get), { allowed: false, reason: "" });
  world.bind("a", "readers", clusterRole("reader"), { kind: "Group", name: "ops" });
  assert.equal(world.may(jane, {}), false);
  world.role("", "reader", [{ verbs: ["get"], apiGroups: [""], resources: ["pods"] }]);
  const { allowed, reason } = world.rbac.authorize(jane, get);
  assert.deepEqual([allowed, reason], [true, 'RoleBinding "a/readers" gives it to Group ops']);
  world.role("", "reader", []);
  assert.equal(world.may(jane, {}), false);
});

test("system:masters may everything, with no role at all", () => {
  const world = new World();
  const root: User = { name: "root", groups: ["system:masters"] };
  assert.equal(world.may(root, { verb: "escalate", group: "any", namespace: "" }), true);
  assert.equal(world.may(root, { path: "/metrics" }), true);
  assert.equal(world.may({ name: "system:masters", groups: [] }, {}), false);
});

test("a role that aggregates has the rules of those that its selectors find, now, in circles too", () => {
  const world = new World();
  const pods = (verb: string) => [{ verbs: [verb], apiGroups: [""], resources: ["pods"] }];
  const gather = (...clusterRoleSelectors: readonly JsonObject[]) => ({
    aggregationRule: { clusterRoleSelectors },
  });
  world.role(
    "",
    "top",
    pods("never"),
    gather({ matchLabels: { to: "top" } }, { matchLabels: { also: "1" } }),
  );
  world.role("", "middle", [], {
    ...gather({ matchExpressions: [{ key: "to", operator: "In", values: ["middle", "top"] }] }),
    labels: { to: "top" },
  });
  world.role("", "one", pods("get"), { labels: { to: "middle" } });
  world.role("", "two", pods("list"), { labels: { also: "1" } });
  world.role("", "other", pods("delete"), { labels: { to: "elsewhere" } });
  world.bind("", "b", clusterRole("top"), userJane);
  const verbs = () => world.rbac.rulesFor(jane, "").flatMap((rule) => rule.verbs);
  assert.deepEqual([...verbs()].sort(), ["get", "list"]);
  world.role("", "two", pods("list"), { labels: {} });
  assert.deepEqual(verbs(), ["get"]);
  const expression = (operator: string, key: string) =>
    gather({ matchExpressions: [{ key, operator, values: ["top"] }] });
  for (const [rule, wanted] of [
    [gather({}), ["delete", "get", "list"]],
    [expression("Exists", "to"), ["delete", "get"]],
    [expression("DoesNotExist", "to"), ["list"]],
    [expression("NotIn", "to"), ["delete", "get", "list"]],
    [expression("Like", "to"), []],
    [gather({ matchLabels: { constructor: "x" } }), []],
  ] as const) {
    world.role("", "top", [], rule);
    assert.deepEqual([...verbs()].sort(), wanted, JSON.stringify(rule));
  }
});

test("rulesFor: cluster-wide rights and those of the namespace", () => {
  const world = new World();
  world.role("", "c", [{ verbs: ["get"], nonResourceURLs: ["/metrics"] }]);
  world.role("a", "l", [{ verbs: ["list"], apiGroups: ["apps"], resources: ["deployments"] }]);
  world.bind("", "c", clusterRole("c"), userJane);
  world.bind("a", "l", localRole("l"), userJane);
  const verbs = (namespace: string) => world.rbac.rulesFor(jane, namespace).flatMap((rule) => rule.verbs);
  assert.deepEqual([verbs(""), verbs("a"), verbs("b")], [["get"], ["get", "list"], ["get"]]);
});

test("objects of any form do no harm", () => {
  const world = new World();
  const odd = {
    metadata: { name: "odd" },
    rules: [null, 1, {}, { verbs: "get" }, { verbs: [1, null] }],
    subjects: 7,
  };
  for (const resource of ["clusterroles", "clusterrolebindings", "roles", "rolebindings"])
    for (const [name, value] of Object.entries({ odd, text: "x", none: null, bare: {} }))
      world.store.write(`${resource}.${group}`, "", name, () => JSON.stringify(value));
  world.bind("", "b", clusterRole("odd"), userJane, null as unknown as JsonObject, { kind: "User", name: 1 });
  assert.equal(world.may(jane, {}), false);
  assert.equal(world.rbac.rulesFor(jane, "").length, 1);
});
