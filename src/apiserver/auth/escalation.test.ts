import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { ApiError } from "../error.ts";
import { checkEscalation, type RbacWrite } from "./escalation.ts";
import { Rbac } from "./rbac.ts";
import type { RbacResource, RbacSource } from "./rbac-source.ts";
import type { User } from "./user.ts";

const group = "rbac.authorization.k8s.io";
const user: User = { name: "jane", groups: ["system:authenticated"] };
const podReader = { verbs: ["get", "list"], apiGroups: [""], resources: ["pods", "*/scale"] };
const everything = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/** Jane has these rules, cluster-wide or in the namespace. */
function rbacWith(rules: readonly unknown[], namespace = ""): Rbac {
  const own = { metadata: { name: "own" }, rules };
  const big = { metadata: { name: "big" }, rules: everything };
  const subjects = [{ kind: "User", name: "jane" }];
  const binding = {
    metadata: { name: "b", namespace },
    roleRef: { kind: "ClusterRole", name: "own" },
    subjects,
  };
  const objects: Record<RbacResource, readonly JsonObject[]> = {
    roles: [{ metadata: { name: "small", namespace: "a" }, rules: [podReader] }],
    clusterroles: [own, big],
    rolebindings: namespace === "" ? [] : [binding],
    clusterrolebindings: namespace === "" ? [binding] : [],
  };
  const source: RbacSource = { revision: 1, list: (resource) => objects[resource] };
  return new Rbac(source);
}

function refusal(rbac: Rbac, write: Partial<RbacWrite>): string | undefined {
  try {
    const base = {
      verb: "create",
      resource: "clusterroles",
      namespace: "",
      name: "new",
      object: {},
    } as const;
    checkEscalation(rbac, user, { ...base, ...write });
    return undefined;
  } catch (error) {
    assert.ok(error instanceof ApiError && error.code === 403, String(error));
    return error.message;
  }
}

function role(...rules: readonly unknown[]): Partial<RbacWrite> {
  return { object: { metadata: { name: "new" }, rules } };
}

test("a role gives away only what its writer has", () => {
  const rbac = rbacWith([podReader, { verbs: ["get"], nonResourceURLs: ["/healthz/*"] }]);
  for (const rule of [
    podReader,
    { ...podReader, verbs: ["get"] },
    { ...podReader, resourceNames: ["x"] },
    { ...podReader, resources: ["replicasets/scale"] },
    { verbs: ["get"], nonResourceURLs: ["/healthz/ping", "/healthz/*"] },
    { verbs: ["get"], apiGroups: ["apps"], resources: [] },
  ])
    assert.equal(refusal(rbac, role(rule)), undefined, JSON.stringify(rule));
  for (const [rule, lacks] of [
    [{ ...podReader, verbs: ["get", "delete"] }, "delete pods; delete */scale"],
    [{ ...podReader, verbs: ["*"] }, "* pods"],
    [{ ...podReader, apiGroups: ["*"] }, "get pods of *"],
    [{ ...podReader, resources: ["*"] }, "get *"],
    [{ ...podReader, resources: ["pods/log"] }, "get pods/log"],
    [{ verbs: ["get"], nonResourceURLs: ["*"] }, "get *"],
    [{ verbs: ["get"], nonResourceURLs: ["/healthz"] }, "get /healthz"],
    [
      { verbs: ["get"], apiGroups: [""], resources: ["secrets"], resourceNames: ["x"] },
      'get secrets named "x"',
    ],
  ] as const) {
    const message = refusal(rbac, role(rule)) ?? "";
    assert.ok(
      message.includes(`rights that you do not have: ${lacks}`),
      `${message} of ${JSON.stringify(rule)}`,
    );
  }
  const named = rbacWith([{ ...podReader, resourceNames: ["x"] }]);
  assert.match(refusal(named, role(podReader)) ?? "", /; and 3 more|get pods; get/);
  assert.equal(refusal(named, role({ ...podReader, resourceNames: ["x"] })), undefined);
});

test("rights in a namespace are for roles of that namespace", () => {
  const rbac = rbacWith([podReader], "a");
  const write = { ...role(podReader), resource: "roles" } as const;
  assert.equal(refusal(rbac, { ...write, namespace: "a" }), undefined);
  assert.notEqual(refusal(rbac, { ...write, namespace: "b" }), undefined);
  assert.notEqual(refusal(rbac, role(podReader)), undefined);
});

test("who may escalate, gives away anything", () => {
  const escalate = {
    verbs: ["escalate"],
    apiGroups: [group],
    resources: ["clusterroles"],
    resourceNames: ["new"],
  };
  assert.equal(refusal(rbacWith([escalate]), role(...everything)), undefined);
  assert.notEqual(refusal(rbacWith([escalate]), { ...role(...everything), name: "other" }), undefined);
  assert.equal(refusal(rbacWith(everything), role(...everything)), undefined);
});

test("an aggregationRule is for those who may do everything, to set it and to take it away", () => {
  const object = { aggregationRule: { clusterRoleSelectors: [{}] } };
  assert.match(refusal(rbacWith([podReader]), { object }) ?? "", /those who may do everything/);
  assert.match(
    refusal(rbacWith([podReader]), { verb: "update", object: {}, previous: object }) ?? "",
    /those who may do everything/,
  );
  assert.equal(refusal(rbacWith(everything), { object }), undefined);
});

test("a binding gives away the rules of its role, unless its writer may bind it", () => {
  const binding = (kind: string, name: string) => ({ object: { roleRef: { kind, name }, subjects: [] } });
  const local = { resource: "rolebindings", namespace: "a" } as const;
  const cluster = { resource: "clusterrolebindings" } as const;
  const poor = rbacWith([podReader]);
  assert.equal(refusal(poor, { ...local, ...binding("Role", "small") }), undefined);
  assert.match(
    refusal(poor, { ...local, ...binding("ClusterRole", "big") }) ?? "",
    /rights that you do not have/,
  );
  assert.match(
    refusal(poor, { ...cluster, ...binding("ClusterRole", "big") }) ?? "",
    /rights that you do not have/,
  );
  assert.match(refusal(poor, { ...local, ...binding("Role", "none") }) ?? "", /is not there/);
  assert.match(refusal(poor, { ...cluster, ...binding("Role", "small") }) ?? "", /is not there/);
  assert.match(refusal(poor, { ...local, object: {} }) ?? "", /is not there/);
  assert.match(refusal(poor, { ...local, ...binding("__proto__", "x") }) ?? "", /is not there/);
  const any = rbacWith([{ verbs: ["bind"], apiGroups: ["*"], resources: ["*"] }]);
  for (const kind of ["constructor", "User", ""])
    assert.match(refusal(any, { ...local, ...binding(kind, "big") }) ?? "", /is not there/, kind);
  const binder = rbacWith([
    { verbs: ["bind"], apiGroups: [group], resources: ["clusterroles"], resourceNames: ["big"] },
  ]);
  assert.equal(refusal(binder, { ...cluster, ...binding("ClusterRole", "big") }), undefined);
  assert.equal(refusal(binder, { ...local, ...binding("ClusterRole", "big") }), undefined);
  assert.notEqual(refusal(binder, { ...local, ...binding("Role", "small") }), undefined);
});

test("owners and finalizers may change, labels may not: roles gather others by them", () => {
  const previous = {
    metadata: { name: "new", labels: {}, finalizers: ["x"], resourceVersion: "1" },
    rules: everything,
  };
  const cleared = { metadata: { name: "new", labels: {}, resourceVersion: "2" }, rules: everything };
  const rbac = rbacWith([]);
  assert.equal(refusal(rbac, { verb: "update", previous, object: cleared }), undefined);
  const labelled = { metadata: { name: "new", labels: { "aggregate-to-admin": "true" } }, rules: everything };
  assert.notEqual(refusal(rbac, { verb: "update", previous, object: labelled }), undefined);
});

test("lists that multiply are not multiplied", () => {
  const many = Array.from({ length: 2000 }, (_, i) => `x${i}`);
  const rule = { verbs: many, apiGroups: many, resources: many, resourceNames: many };
  const started = performance.now();
  assert.match(refusal(rbacWith([podReader]), role(rule)) ?? "", /too many to compare/);
  assert.equal(refusal(rbacWith(everything), role(rule)), undefined);
  assert.ok(performance.now() - started < 500);
});
