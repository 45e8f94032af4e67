import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { Api } from "../testing.ts";

const pods = "/api/v1/namespaces/default/pods";

const gate = { name: "example.com/wait" };
const toleration = { key: "a", operator: "Exists", effect: "NoSchedule" };

test("a pod's images and a few fields can be changed, tolerations only added, gates only taken away", async (context) => {
  const api = await Api.open(context, { controllers: false });
  await api.post("/api/v1/namespaces/default/serviceaccounts", { metadata: { name: "default" } });
  const containers = [{ name: "main", image: "a:1" }];
  const given = { containers, schedulingGates: [gate], tolerations: [toleration] };
  const { code, body } = await api.post(pods, { metadata: { name: "pod" }, spec: given });
  assert.equal(code, 201, JSON.stringify(body));
  const spec = body["spec"] as { containers: readonly JsonObject[]; tolerations: readonly JsonObject[] };
  const put = async (changes: JsonObject): Promise<[number, ...string[]]> => {
    const answer = await api.put(`${pods}/pod`, {
      ...body,
      metadata: { name: "pod" },
      spec: { ...spec, ...changes },
    });
    const { causes = [] } = (answer.body["details"] ?? {}) as { causes?: readonly { field: string }[] };
    return [answer.code, ...causes.map(({ field }) => field)];
  };
  assert.deepEqual(await put({ containers: [{ ...spec.containers[0], image: "a:2" }] }), [200]);
  assert.deepEqual(await put({ containers: [{ ...spec.containers[0], tty: true }] }), [422, "spec"]);
  assert.deepEqual(await put({ hostNetwork: true }), [422, "spec"]);
  assert.deepEqual(await put({ tolerations: spec.tolerations.slice(1) }), [422, "spec.tolerations"]);
  assert.deepEqual(await put({ schedulingGates: [gate, { name: "example.com/more" }] }), [
    422,
    "spec.schedulingGates",
  ]);
  assert.deepEqual(await put({ schedulingGates: [] }), [200]);
  assert.deepEqual(
    await put({ tolerations: [...spec.tolerations, { ...toleration, key: "b" }], schedulingGates: [] }),
    [200],
  );
});
