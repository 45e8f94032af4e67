import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { Api } from "../testing.ts";

const pods = "/api/v1/namespaces/default/pods";
const budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";
const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "web" } };

/** A running pod and a budget of which so many disruptions are left. */
async function guard(
  api: Api,
  disruptionsAllowed: number,
  more: JsonObject = {},
  ready = "True",
): Promise<void> {
  await api.post("/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "default" } });
  const spec = { nodeName: "node", containers: [{ name: "main", image: "web" }] };
  const metadata = { name: "web", labels: { app: "web" } };
  assert.equal((await api.post(pods, { metadata, spec })).code, 201);
  const status = { phase: "Running", conditions: [{ type: "Ready", status: ready }] };
  assert.equal((await api.patch(`${pods}/web/status`, "merge", { status })).code, 200);
  const selector = { matchLabels: { app: "web" } };
  const budget = { metadata: { name: "web" }, spec: { minAvailable: 1, selector } };
  assert.equal((await api.post(budgets, budget)).code, 201);
  const counted = {
    observedGeneration: 1,
    disruptionsAllowed,
    desiredHealthy: 1,
    currentHealthy: 1,
    ...more,
  };
  assert.equal((await api.patch(`${budgets}/web/status`, "merge", { status: counted })).code, 200);
}

test("a pod is not evicted when its budget allows no disruption", async (context) => {
  const api = await Api.open(context);
  await guard(api, 0);
  const { code, body } = await api.post(`${pods}/web/eviction`, eviction);
  assert.equal(code, 429);
  const { causes } = body["details"] as { causes: readonly { reason: string; message: string }[] };
  assert.deepEqual(causes[0]?.reason, "DisruptionBudget");
  assert.match(causes[0]?.message ?? "", /web needs 1 healthy pods and has 1 currently/);
  assert.equal((await api.get(`${pods}/web`)).code, 200);
});

test("an eviction takes one disruption off the budget and says so on the pod", async (context) => {
  const api = await Api.open(context);
  await guard(api, 1);
  assert.equal((await api.post(`${pods}/web/eviction`, eviction)).code, 201);
  const budget = (await api.get(`${budgets}/web`)).body["status"] as JsonObject;
  assert.equal(budget["disruptionsAllowed"], 0);
  assert.deepEqual(Object.keys(budget["disruptedPods"] as JsonObject), ["web"]);
  const pod = (await api.get(`${pods}/web`)).body as {
    metadata: JsonObject;
    status: { conditions: readonly JsonObject[] };
  };
  assert.ok(pod.metadata["deletionTimestamp"]);
  assert.ok(
    pod.status.conditions.some(({ type, status }) => type === "DisruptionTarget" && status === "True"),
  );
});

test("a dry run of an eviction spends nothing", async (context) => {
  const api = await Api.open(context);
  await guard(api, 1);
  assert.equal((await api.post(`${pods}/web/eviction?dryRun=All`, eviction)).code, 201);
  assert.equal(((await api.get(`${budgets}/web`)).body["status"] as JsonObject)["disruptionsAllowed"], 1);
  assert.equal(
    ((await api.get(`${pods}/web`)).body["metadata"] as JsonObject)["deletionTimestamp"],
    undefined,
  );
});

for (const { name, left, more, ready, code } of [
  { name: "a budget that was not looked at yet", left: 1, more: { observedGeneration: 0 }, code: 429 },
  { name: "a pod that is not ready while enough others are", left: 0, more: {}, ready: "False", code: 201 },
  {
    name: "a pod that is not ready while others are missing",
    left: 0,
    more: { currentHealthy: 0 },
    ready: "False",
    code: 429,
  },
]) {
  test(`${name}: ${code}`, async (context) => {
    const api = await Api.open(context);
    await guard(api, left, more, ready);
    assert.equal((await api.post(`${pods}/web/eviction`, eviction)).code, code);
  });
}
