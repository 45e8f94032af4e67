import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../error.ts";
import { type Fields, impersonate } from "./impersonate.ts";
import type { PolicyRule } from "./policy-rule.ts";
import { Rbac } from "./rbac.ts";
import type { User } from "./user.ts";

const root: User = { name: "root", groups: ["system:masters"] };
const jane: User = { name: "jane", groups: ["system:authenticated"] };

/** Jane has these rules. */
function rbacWith(...rules: readonly PolicyRule[]): Rbac {
  const role = { metadata: { name: "r" }, rules };
  const roleRef = { kind: "ClusterRole", name: "r" };
  const binding = { metadata: { name: "b" }, roleRef, subjects: [{ kind: "User", name: "jane" }] };
  return new Rbac({
    revision: 1,
    list: (resource) =>
      resource === "clusterroles" ? [role] : resource === "clusterrolebindings" ? [binding] : [],
  });
}

function code(rbac: Rbac, user: User, fields: Fields): number {
  try {
    impersonate(rbac, user, fields);
    return 200;
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error));
    return error.code;
  }
}

test("who is served, with which groups", () => {
  const cases: [Fields, User][] = [
    [{}, root],
    [{ "impersonate-user": ["x"] }, { name: "x", groups: ["system:authenticated"] }],
    [
      { "impersonate-user": ["x"], "impersonate-group": ["a", "b, c"] },
      { name: "x", groups: ["a", "b, c", "system:authenticated"] },
    ],
    [
      { "impersonate-user": ["system:serviceaccount:a:web"] },
      {
        name: "system:serviceaccount:a:web",
        groups: ["system:serviceaccounts", "system:serviceaccounts:a", "system:authenticated"],
      },
    ],
    [
      { "impersonate-user": ["system:serviceaccount:a:web"], "impersonate-group": ["g"] },
      { name: "system:serviceaccount:a:web", groups: ["g", "system:authenticated"] },
    ],
    [
      { "impersonate-user": ["system:anonymous"] },
      { name: "system:anonymous", groups: ["system:unauthenticated"] },
    ],
    [
      { "impersonate-user": ["x"], "impersonate-group": ["system:unauthenticated"] },
      { name: "x", groups: ["system:unauthenticated"] },
    ],
    [
      {
        "impersonate-user": ["x"],
        "impersonate-uid": ["7"],
        "impersonate-extra-acme.com%2fscopes": ["a", "b"],
        "impersonate-extra-%zz": ["c"],
      },
      {
        name: "x",
        groups: ["system:authenticated"],
        uid: "7",
        extra: { "acme.com/scopes": ["a", "b"], "%zz": ["c"] },
      },
    ],
  ];
  for (const [fields, user] of cases) assert.deepEqual(impersonate(rbacWith(), root, fields), user);
});

test("every part needs the right to impersonate it", () => {
  const rule = (resource: string, ...resourceNames: string[]): PolicyRule => ({
    verbs: ["impersonate"],
    apiGroups: ["", "authentication.k8s.io"],
    resources: [resource],
    resourceNames,
  });
  const x = { "impersonate-user": ["x"] };
  const account = { "impersonate-user": ["system:serviceaccount:a:web"] };
  const cases: [PolicyRule[], Fields, number][] = [
    [[], {}, 200],
    [[], x, 403],
    [[rule("users", "x")], x, 200],
    [[rule("users", "y")], x, 403],
    [[rule("users")], account, 403],
    [[rule("serviceaccounts", "web")], account, 200],
    [[rule("users", "x")], { ...x, "impersonate-group": ["system:masters"] }, 403],
    [[rule("users", "x"), rule("groups", "a")], { ...x, "impersonate-group": ["a", "system:masters"] }, 403],
    [[rule("users", "x"), rule("groups", "a")], { ...x, "impersonate-group": ["a"] }, 200],
    [[rule("users", "x")], { ...x, "impersonate-uid": ["1"] }, 403],
    [[rule("users", "x"), rule("uids")], { ...x, "impersonate-uid": ["1"] }, 200],
    [[rule("users", "x"), rule("userextras/a")], { ...x, "impersonate-extra-b": ["1"] }, 403],
    [[rule("users", "x"), rule("userextras/b")], { ...x, "impersonate-extra-b": ["1"] }, 200],
  ];
  for (const [rules, fields, wanted] of cases)
    assert.equal(code(rbacWith(...rules), jane, fields), wanted, JSON.stringify([rules, fields]));
});

test("parts without a user, and users without a name", () => {
  for (const fields of [
    { "impersonate-group": ["a"] },
    { "impersonate-uid": ["1"] },
    { "impersonate-extra-a": ["1"] },
    { "impersonate-user": [""] },
    { "impersonate-user": ["x", "y"] },
    { "impersonate-user": ["x"], "impersonate-uid": ["1", "2"] },
  ])
    assert.equal(code(rbacWith(), root, fields), 400, JSON.stringify(fields));
});
