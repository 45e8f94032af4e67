// A user who may not: a fault that says so, and no more requests than it takes to notice that it may.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Api } from "../../src/apiserver/testing.ts";
import { nameOf, services, slices, Stage, wanted } from "./stage.ts";

const web = nameOf("web");
const accounts = "/api/v1/namespaces/default/serviceaccounts";
const rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
/** All that the provisioner needs of its own client. */
const rules = [
  { apiGroups: [""], resources: ["services"], verbs: ["get", "create", "patch", "delete"] },
  {
    apiGroups: ["discovery.k8s.io"],
    resources: ["endpointslices"],
    verbs: ["get", "create", "patch", "delete"],
  },
];

async function open(context: TestContext, retryFirst: number) {
  const api = await Api.open(context);
  assert.equal((await api.post(accounts, { metadata: { name: "robot" } })).code, 201);
  const { body } = await api.post(`${accounts}/robot/token`, {});
  const { token } = body["status"] as { token: string };
  return Stage.open(context, { api, token, retryFirst, retryMost: retryFirst * 2 });
}

async function give(api: Api, given: readonly object[]): Promise<void> {
  const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "robot" };
  const subjects = [{ kind: "ServiceAccount", name: "robot", namespace: "default" }];
  assert.equal((await api.post(`${rbac}/roles`, { metadata: { name: "robot" }, rules: given })).code, 201);
  const binding = { metadata: { name: "robot" }, roleRef, subjects };
  assert.equal((await api.post(`${rbac}/rolebindings`, binding)).code, 201);
}

test("rights that are missing are a fault, and tried again slowly", async (context) => {
  const stage = await open(context, 3_600_000);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid));
  assert.equal(stage.faults.length, 1);
  assert.match(stage.faults[0]!, /services.*forbidden|may not/i);
  const asked = stage.client.asked.length;
  assert.ok(asked <= 3, stage.client.asked.join());
  await stage.want("web", wanted("web", uid));
  assert.equal(stage.client.asked.length, asked);
});

test("with the rights that are written down everything works, also when they come later", async (context) => {
  const stage = await open(context, 1);
  const uid = await stage.gateway("web");
  await stage.want("web", wanted("web", uid));
  assert.equal(stage.faults.length, 1);
  await give(stage.api, rules);
  await stage.until("it is there", async () => (await stage.slice(web)) !== undefined);
  await stage.settled();
  assert.deepEqual(stage.faults.slice(1), [`Service/default/${web}: well`]);
  await stage.want("web", wanted("web", uid, { clusterIP: "127.96.7.1" }));
  await stage.want("web");
  assert.equal((await stage.api.get(`${services}/${web}`)).code, 404);
  assert.equal((await stage.api.get(`${slices}/${web}`)).code, 404);
  assert.equal(stage.faults.length, 2);
});

for (const [index, rule] of rules.entries()) {
  for (const verb of rule.verbs) {
    test(`without the right to ${verb} ${rule.resources.join()} there is a fault`, async (context) => {
      const stage = await open(context, 3_600_000);
      const less = { ...rule, verbs: rule.verbs.filter((each) => each !== verb) };
      await give(stage.api, rules.with(index, less));
      const uid = await stage.gateway("web");
      await stage.want("web", wanted("web", uid));
      await stage.want("web", wanted("web", uid, { labels: { a: "1" } }));
      await stage.want("web");
      assert.match(stage.faults.join(), new RegExp(`may not ${verb}`));
    });
  }
}

test("a namespace that is not there is a fault", async (context) => {
  const stage = await Stage.open(context);
  const gateway = { namespace: "nowhere", name: "web", uid: "1" };
  stage.provisioner.want("Gateway/nowhere/web", [{ ...wanted("web", "1"), gateway }]);
  await stage.settled();
  assert.equal(stage.faults.length, 1);
  assert.match(stage.faults[0]!, /nowhere/);
});
