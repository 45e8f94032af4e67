import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonText } from "./json-text.ts";
import { Api, configMap, configMaps } from "./testing.ts";

const command = "a && b <c >d \u2028\u2029 é \\u0026";
const escaped = '"a \\u0026\\u0026 b \\u003cc \\u003ed \\u2028\\u2029 é \\\\u0026"';

test("what HTML would read is escaped, and the value stays", () => {
  assert.equal(jsonText(command), escaped);
  assert.deepEqual(JSON.parse(jsonText({ "<&>": command })), { "<&>": command });
});

test("every answer is written so", async (context) => {
  const api = await Api.open(context);
  const { text } = await api.post(configMaps, configMap("a", { command }));
  assert.ok(text.includes(escaped), "create");
  const { metadata } = JSON.parse(text) as { metadata: { resourceVersion: string } };
  for (const path of [`${configMaps}/a`, configMaps]) {
    assert.ok((await api.get(path)).text.includes(escaped), path);
  }
  const table = await api.get(`${configMaps}?includeObject=Object`, {
    accept: "application/json;as=Table;v=v1;g=meta.k8s.io",
  });
  assert.ok(table.text.includes(escaped), "table");
  const from = Number(metadata.resourceVersion) - 1;
  const events = await api.watch(context, `${configMaps}?resourceVersion=${from}`);
  assert.equal((await events.next()).object.metadata.name, "a");
  events.close();
});
