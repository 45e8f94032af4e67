import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { Api, configMap, route } from "../testing.ts";
import { until } from "../testing-until.ts";

const namespaces = "/api/v1/namespaces";
const maps = `${namespaces}/team/configmaps`;

async function found(api: Api, path: string): Promise<boolean> {
  return (await api.get(path)).code === 200;
}

test("a namespace gets the account and the certificate that its pods expect, also again", async (context) => {
  const api = await Api.open(context);
  await api.post(namespaces, { metadata: { name: "team" } });
  const account = `${namespaces}/team/serviceaccounts/default`;
  const certificate = `${maps}/kube-root-ca.crt`;
  for (const path of [account, certificate]) {
    await until(`${path} is there`, () => found(api, path));
    const { body: before } = await api.get(path);
    await api.delete(path);
    await until(`${path} is there again`, () => found(api, path));
    const uids = [before, (await api.get(path)).body].map(({ metadata }) => (metadata as JsonObject)["uid"]);
    assert.notEqual(uids[0], uids[1]);
  }
  assert.deepEqual((await api.get(certificate)).body["data"], { "ca.crt": api.server.ca });
  assert.ok(await found(api, `${namespaces}/default/serviceaccounts/default`));
});

test("where another program is the controller, none of that comes from this one", async (context) => {
  const api = await Api.open(context, { controllers: false });
  await api.post(namespaces, { metadata: { name: "team" } });
  await api.delete(`${namespaces}/team`);
  assert.equal((await api.get(`${namespaces}/default/serviceaccounts/default`)).code, 404);
  const { body } = await api.get(`${namespaces}/team`);
  assert.deepEqual(body["status"], { phase: "Terminating" });
});

test("a namespace is emptied and then gone; meanwhile nothing new comes in", async (context) => {
  const api = await Api.open(context);
  await api.post(namespaces, { metadata: { name: "team" } });
  await api.post(maps, configMap("held", {}, { finalizers: ["example.com/held"] }));
  await api.post(maps, configMap("plain"));
  const routes = "/apis/gateway.networking.k8s.io/v1/namespaces/team/httproutes";
  assert.equal((await api.post(routes, route("a"))).code, 201);
  const deleted = await api.delete(`${namespaces}/team`);
  assert.deepEqual(deleted.body["status"], { phase: "Terminating" });
  await until("what nothing holds is gone", async () => {
    return !(await found(api, `${maps}/plain`)) && !(await found(api, `${routes}/a`));
  });
  const refused = await api.post(maps, configMap("new"));
  assert.deepEqual([refused.code, refused.body["reason"]], [403, "Forbidden"]);
  const { causes } = refused.body["details"] as { causes: readonly JsonObject[] };
  assert.equal(causes[0]?.["reason"], "NamespaceTerminating");
  const applied = await api.patch(`${maps}/new?fieldManager=me`, "apply", configMap("new"));
  assert.equal(applied.code, 403);
  // What is there can still be written, and nobody lets go of the namespace by an ordinary update.
  await api.patch(`${namespaces}/team`, "merge", { spec: { finalizers: [] } });
  assert.ok(await found(api, `${namespaces}/team`));
  const released = await api.patch(`${maps}/held`, "merge", { metadata: { finalizers: null } });
  assert.equal(released.code, 200);
  await until("the namespace is gone", async () => !(await found(api, `${namespaces}/team`)));
  assert.equal((await api.post(maps, configMap("new"))).code, 404);
});

test("a namespace that was deleted can be made anew, empty", async (context) => {
  const api = await Api.open(context);
  await api.post(namespaces, { metadata: { name: "team" } });
  await api.post(maps, configMap("old"));
  await api.delete(`${namespaces}/team`);
  await until("the namespace is gone", async () => !(await found(api, `${namespaces}/team`)));
  assert.equal((await api.post(namespaces, { metadata: { name: "team" } })).code, 201);
  assert.equal((await api.get(`${maps}/old`)).code, 404);
});

test("namespaces that the cluster stands on cannot be deleted", async (context) => {
  const api = await Api.open(context);
  for (const name of ["default", "kube-system", "kube-public"]) {
    assert.equal((await api.delete(`${namespaces}/${name}`)).code, 403, name);
    assert.ok(await found(api, `${namespaces}/${name}`));
  }
});
