import assert from "node:assert/strict";
import { test } from "node:test";
import { Api, configMap, configMaps } from "../testing.ts";

test("the resource version 0 takes an object as it is, as none does", async (context) => {
  const api = await Api.open(context);
  assert.equal((await api.post(configMaps, configMap("a", {}, { resourceVersion: "0" }))).code, 201);
  for (const resourceVersion of ["0", "", undefined]) {
    const written = await api.put(
      `${configMaps}/a`,
      configMap("a", { version: String(resourceVersion) }, { resourceVersion }),
    );
    assert.equal(written.code, 200, String(resourceVersion));
  }
  assert.equal((await api.put(`${configMaps}/a`, configMap("a", {}, { resourceVersion: "1" }))).code, 409);
});

test("whoever writes into a namespace that ends hears it as a cause", async (context) => {
  const api = await Api.open(context, { controllers: false });
  await api.post("/api/v1/namespaces", { metadata: { name: "ending" } });
  await api.delete("/api/v1/namespaces/ending");
  const { code, body } = await api.post("/api/v1/namespaces/ending/configmaps", configMap("late"));
  assert.equal(code, 403);
  const { causes } = body["details"] as { causes: unknown };
  assert.deepEqual(causes, [
    {
      reason: "NamespaceTerminating",
      message: "namespace ending is being terminated",
      field: "metadata.namespace",
    },
  ]);
});
