import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { Api, configMap, configMaps, type Answer } from "../testing.ts";

const rbac = "/apis/rbac.authorization.k8s.io/v1";
const roles = `${rbac}/namespaces/default/roles`;
const bindings = `${rbac}/namespaces/default/rolebindings`;
const accounts = "/api/v1/namespaces/default/serviceaccounts";
const authorization = "/apis/authorization.k8s.io/v1";
const robot = "system:serviceaccount:default:robot";

const reads = { apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] };

function bindingTo(role: string): JsonObject {
  return {
    metadata: { name: role },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: role },
    subjects: [{ kind: "ServiceAccount", name: "robot", namespace: "default" }],
  };
}

async function give(api: Api, name: string, ...rules: readonly JsonObject[]): Promise<void> {
  assert.equal((await api.post(roles, { metadata: { name }, rules })).code, 201);
  assert.equal((await api.post(bindings, bindingTo(name))).code, 201);
}

/** A server with an account `robot`, and the account's token. */
async function open(context: Parameters<typeof Api.open>[0]): Promise<{ api: Api; token: string }> {
  const api = await Api.open(context, { controllers: false });
  assert.equal((await api.post(accounts, { metadata: { name: "robot" } })).code, 201);
  const { code, body } = await api.post(`${accounts}/robot/token`, {});
  assert.equal(code, 201);
  return { api, token: (body["status"] as { token: string }).token };
}

function forbidden({ code, body }: Answer, message: RegExp): void {
  assert.deepEqual([code, body["reason"]], [403, "Forbidden"]);
  assert.match(String(body["message"]), message);
}

test("an account may what its role says, where it says so, as long as it says so", async (context) => {
  const { api, token } = await open(context);
  await api.post(configMaps, configMap("a"));
  forbidden(
    await api.get(configMaps, { token }),
    /user "system:serviceaccount:default:robot" may not list it in namespace "default"/,
  );
  await give(api, "reader", reads);
  assert.equal((await api.get(configMaps, { token })).code, 200);
  assert.equal((await api.get(`${configMaps}/a`, { token })).code, 200);
  const events = await api.watch(context, configMaps, { token });
  assert.deepEqual(await events.take(1), ["ADDED a"]);
  forbidden(await api.post(configMaps, configMap("b"), { token }), /may not create/);
  forbidden(await api.call("DELETE", `${configMaps}/a`, undefined, { token }), /may not delete/);
  forbidden(await api.get("/api/v1/namespaces/kube-system/configmaps", { token }), /"kube-system"/);
  forbidden(await api.get("/api/v1/configmaps", { token }), /at the cluster scope/);
  forbidden(await api.get("/api/v1/namespaces/default/secrets", { token }), /secrets/);
  assert.equal((await api.get("/version", { token })).code, 200);
  await api.delete(`${bindings}/reader`);
  forbidden(await api.get(configMaps, { token }), /may not list/);
});

test("server-side apply of what is not there takes the right to create it, too", async (context) => {
  const { api, token } = await open(context);
  await give(api, "patcher", { ...reads, verbs: ["patch"] });
  const apply = (name: string) => {
    const path = `${configMaps}/${name}?fieldManager=test`;
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { x: "1" } };
    return api.call("PATCH", path, body, { token, type: "application/apply-patch+yaml" });
  };
  await api.post(configMaps, configMap("a"));
  assert.equal((await apply("a")).code, 200);
  forbidden(await apply("b"), /may not create/);
  await give(api, "creator", { ...reads, verbs: ["create"] });
  assert.equal((await apply("b")).code, 201);
});

test("rules can be about single names and about subresources", async (context) => {
  const { api, token } = await open(context);
  await give(api, "one", {
    apiGroups: [""],
    resources: ["configmaps"],
    resourceNames: ["a"],
    verbs: ["get"],
  });
  for (const name of ["a", "b"]) await api.post(configMaps, configMap(name));
  assert.equal((await api.get(`${configMaps}/a`, { token })).code, 200);
  forbidden(await api.get(`${configMaps}/b`, { token }), /"b" is forbidden/);
  forbidden(await api.post(`${accounts}/robot/token`, {}, { token }), /serviceaccounts\/token/);
});

test("nobody gives rights away that they do not have", async (context) => {
  const { api, token } = await open(context);
  const own = {
    apiGroups: ["rbac.authorization.k8s.io"],
    resources: ["roles", "rolebindings"],
    verbs: ["*"],
  };
  await give(api, "grants", { ...own, verbs: ["create", "update", "patch", "get"] }, reads);
  await api.post(roles, { metadata: { name: "all" }, rules: [{ ...reads, verbs: ["*"] }] });
  const wide = { metadata: { name: "wide" }, rules: [{ ...reads, resources: ["secrets"] }] };
  forbidden(await api.post(roles, wide, { token }), /rights that you do not have.*secrets/);
  forbidden(await api.post(bindings, bindingTo("all"), { token }), /rights that you do not have/);
  const narrow = { metadata: { name: "narrow" }, rules: [{ ...reads, verbs: ["get"] }] };
  assert.equal((await api.post(roles, narrow, { token })).code, 201);
  assert.equal((await api.post(bindings, bindingTo("narrow"), { token })).code, 201);
  const rules = [{ ...reads, verbs: ["delete"] }];
  forbidden(await api.put(`${roles}/narrow`, { ...narrow, rules }, { token }), /delete configmaps/);
  await give(api, "escalates", { ...own, resources: ["roles"], verbs: ["escalate", "bind"] });
  assert.equal((await api.post(roles, wide, { token })).code, 201);
  assert.equal((await api.post(bindings, bindingTo("all"), { token })).code, 201);
  assert.equal((await api.post(configMaps, configMap("new"), { token })).code, 201);
});

test("who may impersonate is served as the other, with the other's rights only", async (context) => {
  const { api, token } = await open(context);
  const as = (user: string, more: Record<string, string> = {}) => ({ "impersonate-user": user, ...more });
  forbidden(await api.get(configMaps, { headers: as(robot) }), /user "system:serviceaccount:default:robot"/);
  await give(api, "reader", reads);
  assert.equal((await api.get(configMaps, { headers: as(robot) })).code, 200);
  forbidden(await api.get(configMaps, { headers: as("jane") }), /user "jane"/);
  const groups = as("jane", { "impersonate-group": "system:masters" });
  assert.equal((await api.get(configMaps, { headers: groups })).code, 200);
  forbidden(await api.get(configMaps, { token, headers: as("admin") }), /users "admin".*may not impersonate/);
  assert.equal((await api.get(configMaps, { headers: { "impersonate-group": "x" } })).code, 400);
  assert.equal((await api.get(configMaps, { token: "", headers: as("admin") })).code, 401);
});

test("access reviews say what the server would do, about oneself and about others", async (context) => {
  const { api, token } = await open(context);
  await give(api, "reader", reads);
  const asked = { verb: "get", resource: "configmaps", namespace: "default" };
  const review = async (kind: string, spec: JsonObject, options: { token?: string } = {}) => {
    const { code, body } = await api.post(`${authorization}/${kind}`, { spec }, options);
    assert.equal(code, 201, JSON.stringify(body));
    return (body["status"] as { allowed: boolean }).allowed;
  };
  for (const [verb, allowed] of [
    ["get", true],
    ["delete", false],
  ] as const) {
    const resourceAttributes = { ...asked, verb };
    assert.equal(await review("selfsubjectaccessreviews", { resourceAttributes }, { token }), allowed);
    assert.equal(await review("subjectaccessreviews", { user: robot, resourceAttributes }), allowed);
    const local = "namespaces/default/localsubjectaccessreviews";
    assert.equal(await review(local, { user: robot, resourceAttributes }), allowed);
    assert.equal(await review("selfsubjectaccessreviews", { resourceAttributes }), true);
  }
  const nonResourceAttributes = { path: "/version", verb: "get" };
  assert.equal(await review("selfsubjectaccessreviews", { nonResourceAttributes }, { token }), true);
  forbidden(await api.post(`${authorization}/subjectaccessreviews`, {}, { token }), /subjectaccessreviews/);
  for (const spec of [{}, { nonResourceAttributes, resourceAttributes: asked }])
    assert.equal((await api.post(`${authorization}/selfsubjectaccessreviews`, { spec })).code, 400);
  assert.equal((await api.get(`${authorization}/selfsubjectaccessreviews`)).code, 405);
});

test("rules reviews list what one may, self reviews who one is", async (context) => {
  const { api, token } = await open(context);
  await give(api, "reader", reads);
  const rules = await api.post(
    `${authorization}/selfsubjectrulesreviews`,
    { spec: { namespace: "default" } },
    { token },
  );
  const { resourceRules } = rules.body["status"] as { resourceRules: readonly JsonObject[] };
  assert.ok(resourceRules.some(({ resources }) => JSON.stringify(resources) === '["configmaps"]'));
  const self = await api.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", {}, { token });
  const { username, groups } = (self.body["status"] as { userInfo: JsonObject }).userInfo;
  assert.equal(username, robot);
  assert.ok((groups as readonly string[]).includes("system:serviceaccounts:default"));
});
