import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { Api } from "../testing.ts";

const deployments = "/apis/apps/v1/namespaces/default/deployments";
const scale = `${deployments}/web/scale`;

async function open(context: Parameters<typeof Api.open>[0]): Promise<Api> {
  const api = await Api.open(context, { controllers: false });
  const labels = { app: "web", tier: "front" };
  const { code, text } = await api.post(deployments, {
    metadata: { name: "web" },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "main", image: "web" }] } },
    },
  });
  assert.equal(code, 201, text);
  return api;
}

async function replicas(api: Api): Promise<unknown> {
  return ((await api.get(`${deployments}/web`)).body["spec"] as JsonObject)["replicas"];
}

test("a scale shows replicas and the selector as text", async (context) => {
  const api = await open(context);
  const { body } = await api.get(scale);
  assert.deepEqual([body["kind"], body["apiVersion"]], ["Scale", "autoscaling/v1"]);
  assert.deepEqual(body["spec"], { replicas: 2 });
  assert.deepEqual(body["status"], { replicas: 0, selector: "app=web,tier=front" });
});

test("a scale is put and patched, and the object follows", async (context) => {
  const api = await open(context);
  const { body } = await api.get(scale);
  const put = await api.put(scale, { ...body, spec: { replicas: 5 } });
  assert.deepEqual([put.code, put.body["spec"]], [200, { replicas: 5 }]);
  assert.equal(await replicas(api), 5);
  assert.equal((await api.put(scale, { ...body, spec: { replicas: 6 } })).code, 409);
  assert.equal((await api.patch(scale, "merge", { spec: { replicas: 0 } })).code, 200);
  assert.equal(await replicas(api), 0);
  const step = [{ op: "replace", path: "/spec/replicas", value: 3 }];
  assert.equal((await api.patch(scale, "json", step)).code, 200);
  assert.equal((await api.patch(`${scale}?dryRun=All`, "merge", { spec: { replicas: 9 } })).code, 200);
  assert.equal(await replicas(api), 3);
});

test("a scale that makes no sense is refused, and so is one of what has none", async (context) => {
  const api = await open(context);
  for (const value of [-1, 1.5, "3"])
    assert.equal((await api.patch(scale, "merge", { spec: { replicas: value } })).code, 400, String(value));
  assert.equal((await api.patch(scale, "merge", [])).code, 400);
  assert.equal(await replicas(api), 2);
  assert.equal((await api.get(`${deployments}/none/scale`)).code, 404);
  assert.equal((await api.get("/api/v1/namespaces/default/configmaps/a/scale")).code, 404);
  assert.equal((await api.post(scale, {})).code, 405);
});

test("custom resources say where their replicas are", async (context) => {
  const api = await Api.open(context, { controllers: false });
  const count = { type: "object", properties: { size: { type: "integer" }, selector: { type: "string" } } };
  const scaled = {
    specReplicasPath: ".spec.size",
    statusReplicasPath: ".status.size",
    labelSelectorPath: ".status.selector",
  };
  const defined = await api.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    metadata: { name: "flocks.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "flocks", kind: "Flock" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", properties: { spec: count, status: count } } },
          subresources: { status: {}, scale: scaled },
        },
      ],
    },
  });
  assert.equal(defined.code, 201, defined.text);
  const flocks = "/apis/example.com/v1/namespaces/default/flocks";
  const head = { apiVersion: "example.com/v1", kind: "Flock", metadata: { name: "a" } };
  await api.post(flocks, { ...head, spec: { size: 4 } });
  await api.patch(`${flocks}/a/status`, "merge", { status: { size: 3, selector: "flock=a" } });
  const { body } = await api.get(`${flocks}/a/scale`);
  assert.deepEqual([body["spec"], body["status"]], [{ replicas: 4 }, { replicas: 3, selector: "flock=a" }]);
  await api.patch(`${flocks}/a/scale`, "merge", { spec: { replicas: 7 } });
  const flock = (await api.get(`${flocks}/a`)).body;
  assert.deepEqual([flock["spec"], flock["status"]], [{ size: 7 }, { size: 3, selector: "flock=a" }]);
});
