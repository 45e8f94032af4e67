import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../resources/json.ts";
import { Api, configMap, configMaps, type Answer } from "../testing.ts";

const group = "/apis/admissionregistration.k8s.io/v1";
const policies = `${group}/validatingadmissionpolicies`;
const bindings = `${group}/validatingadmissionpolicybindings`;
const team = "/api/v1/namespaces/team/configmaps";

const onMaps = {
  resourceRules: [
    { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["configmaps"] },
  ],
};

function policy(spec: JsonObject): JsonObject {
  return { metadata: { name: "rule" }, spec: { matchConstraints: onMaps, ...spec } };
}

interface Bound {
  readonly spec: JsonObject;
  readonly binding?: JsonObject;
}

/** A server with one policy that is bound, and a namespace `team`. */
async function open(context: Parameters<typeof Api.open>[0], { spec, binding = {} }: Bound): Promise<Api> {
  const api = await Api.open(context, { controllers: false });
  const labels = { strict: "yes" };
  await api.post("/api/v1/namespaces", { metadata: { name: "team", labels } });
  const made = await api.post(policies, policy(spec));
  assert.equal(made.code, 201, made.text);
  const bound = await api.post(bindings, {
    metadata: { name: "bound" },
    spec: { policyName: "rule", validationActions: ["Deny"], ...binding },
  });
  assert.equal(bound.code, 201, bound.text);
  return api;
}

function refused({ code, body }: Answer, message: string): void {
  assert.equal(code, 422, JSON.stringify(body));
  const text = `ValidatingAdmissionPolicy 'rule' with binding 'bound' denied request: ${message}`;
  assert.ok(String(body["message"]).endsWith(text), String(body["message"]));
}

const small = { expression: "!has(object.data) || size(object.data) < 2", message: "one entry at most" };
const two = { a: "1", b: "2" };

test("Deny refuses, with the message of the rule", async (context) => {
  const api = await open(context, { spec: { validations: [small] } });
  refused(await api.post(configMaps, configMap("a", two)), "one entry at most");
  assert.equal((await api.get(`${configMaps}/a`)).code, 404);
  assert.equal((await api.post(configMaps, configMap("a", { a: "1" }))).code, 201);
  refused(await api.patch(`${configMaps}/a`, "merge", { data: two }), "one entry at most");
  refused(
    await api.patch(`${configMaps}/b?fieldManager=me`, "apply", configMap("b", two)),
    "one entry at most",
  );
});

test("Warn lets through and says so", async (context) => {
  const api = await open(context, {
    spec: { validations: [small] },
    binding: { validationActions: ["Warn"] },
  });
  const { code, headers } = await api.post(configMaps, configMap("a", two));
  assert.equal(code, 201);
  assert.match(
    String(headers["warning"]),
    /^299 - "Validation failed for .*'rule'.*'bound': one entry at most"$/,
  );
});

test("messages are computed, reasons become the answer's", async (context) => {
  const messageExpression = "object.metadata.name + ' has ' + string(size(object.data))";
  const validations = [{ ...small, messageExpression, reason: "Forbidden" }];
  const api = await open(context, { spec: { validations } });
  const { code, body } = await api.post(configMaps, configMap("a", two));
  assert.deepEqual([code, body["reason"]], [403, "Forbidden"]);
  assert.match(String(body["message"]), /a has 2$/);
});

test("an unbound policy, and one whose binding has gone, decide nothing", async (context) => {
  const api = await open(context, { spec: { validations: [{ expression: "false" }] } });
  refused(await api.post(configMaps, configMap("a")), "failed expression: false");
  await api.delete(`${bindings}/bound`);
  assert.equal((await api.post(configMaps, configMap("a"))).code, 201);
});

test("a changed policy holds for the next request", async (context) => {
  const api = await open(context, { spec: { validations: [{ expression: "false" }] } });
  await api.patch(`${policies}/rule`, "merge", { spec: { validations: [{ expression: "true" }] } });
  assert.equal((await api.post(configMaps, configMap("a"))).code, 201);
});

test("conditions decide which requests are judged", async (context) => {
  const matchConditions = [
    { name: "not-admin", expression: "!('system:masters' in request.userInfo.groups)" },
  ];
  const api = await open(context, { spec: { matchConditions, validations: [{ expression: "false" }] } });
  assert.equal((await api.post(configMaps, configMap("a"))).code, 201);
  const named = [
    { name: "named", expression: "request.operation == 'CREATE' && object.metadata.name == 'b'" },
  ];
  await api.patch(`${policies}/rule`, "merge", { spec: { matchConditions: named } });
  assert.equal((await api.post(configMaps, configMap("c"))).code, 201);
  refused(await api.post(configMaps, configMap("b")), "failed expression: false");
});

test("variables build on those before them, and are evaluated when they are read", async (context) => {
  const variables = [
    { name: "data", expression: "has(object.data) ? object.data : {}" },
    { name: "count", expression: "size(variables.data)" },
    { name: "unread", expression: "object.nothing.at.all" },
  ];
  const api = await open(context, {
    spec: { variables, validations: [{ expression: "variables.count < 2" }] },
  });
  assert.equal((await api.post(configMaps, configMap("a", { a: "1" }))).code, 201);
  refused(await api.post(configMaps, configMap("b", two)), "failed expression: variables.count < 2");
});

test("a variable that needs itself is a failure, not the end of the server", async (context) => {
  const variables = [
    { name: "a", expression: "variables.b" },
    { name: "b", expression: "variables.a" },
  ];
  const api = await open(context, { spec: { variables, validations: [{ expression: "variables.a" }] } });
  assert.equal((await api.post(configMaps, configMap("a"))).code, 422);
  assert.equal((await api.get("/healthz")).code, 200);
});

test("an update sees what was, a creation sees null there, a deletion sees only that", async (context) => {
  const resourceRules = [{ ...onMaps.resourceRules[0], operations: ["*"] }];
  const validations = [
    { expression: "oldObject == null || object == null || object.data == oldObject.data", message: "kept" },
    { expression: "object != null || oldObject.metadata.name != 'stays'", message: "stays" },
  ];
  const api = await open(context, { spec: { matchConstraints: { resourceRules }, validations } });
  for (const name of ["stays", "goes"])
    assert.equal((await api.post(configMaps, configMap(name, { a: "1" }))).code, 201);
  refused(await api.patch(`${configMaps}/goes`, "merge", { data: { a: "2" } }), "kept");
  refused(await api.delete(`${configMaps}/stays`), "stays");
  assert.equal((await api.delete(`${configMaps}/goes`)).code, 200);
});

test("parameters come from an object of the binding's choice", async (context) => {
  const paramKind = { apiVersion: "v1", kind: "ConfigMap" };
  const validations = [
    { expression: "params.data.forbidden != object.metadata.name", message: "not this name" },
  ];
  const paramRef = { name: "limits", namespace: "kube-system", parameterNotFoundAction: "Deny" };
  const api = await open(context, { spec: { paramKind, validations }, binding: { paramRef } });
  const limits = "/api/v1/namespaces/kube-system/configmaps";
  const early = await api.post(configMaps, configMap("a"));
  assert.match(String(early.body["message"]), /no params found/);
  // The policy is about all ConfigMaps, so the parameters are made while nothing is denied.
  const actions = (validationActions: readonly string[]) =>
    api.patch(`${bindings}/bound`, "merge", { spec: { validationActions } });
  await actions(["Audit"]);
  assert.equal((await api.post(limits, configMap("limits", { forbidden: "bad" }))).code, 201);
  await actions(["Deny"]);
  assert.equal((await api.post(configMaps, configMap("good"))).code, 201);
  refused(await api.post(configMaps, configMap("bad")), "not this name");
});

test("what cannot be evaluated refuses, or is passed over under Ignore", async (context) => {
  const validations = [{ expression: "object.data.missing == 'x'" }];
  const api = await open(context, { spec: { validations } });
  const failed = await api.post(configMaps, configMap("a", { a: "1" }));
  assert.equal(failed.code, 422);
  assert.match(String(failed.body["message"]), /denied request: .*missing/);
  await api.patch(`${policies}/rule`, "merge", { spec: { failurePolicy: "Ignore" } });
  assert.equal((await api.post(configMaps, configMap("a", { a: "1" }))).code, 201);
});

test("Ignore passes over what fails, not what is found wrong", async (context) => {
  const api = await open(context, { spec: { failurePolicy: "Ignore", validations: [small] } });
  refused(await api.post(configMaps, configMap("a", two)), "one entry at most");
});

test("selectors of namespaces and objects choose what is judged", async (context) => {
  const namespaceSelector = { matchLabels: { strict: "yes" } };
  const spec = { matchConstraints: { ...onMaps, namespaceSelector }, validations: [{ expression: "false" }] };
  const objectSelector = { matchExpressions: [{ key: "exempt", operator: "DoesNotExist" }] };
  const api = await open(context, { spec, binding: { matchResources: { objectSelector } } });
  assert.equal((await api.post(configMaps, configMap("a"))).code, 201);
  refused(await api.post(team, configMap("a")), "failed expression: false");
  assert.equal((await api.post(team, configMap("a", {}, { labels: { exempt: "" } }))).code, 201);
});

test("policies that do not compile are refused, each fault at its place", async (context) => {
  const api = await Api.open(context, { controllers: false });
  const wrong: readonly (readonly [string, JsonObject])[] = [
    ["spec.validations[0].expression", { validations: [{ expression: "object.a ==" }] }],
    ["spec.validations[0].expression", { validations: [{ expression: "1 + 1" }] }],
    ["spec.validations[0].expression", { validations: [{ expression: "unknown.a" }] }],
    [
      "spec.validations[0].messageExpression",
      { validations: [{ expression: "true", messageExpression: "1" }] },
    ],
    [
      "spec.matchConditions[0].expression",
      { matchConditions: [{ name: "a", expression: "'a'" }], validations: [small] },
    ],
    ["spec.variables[0].expression", { variables: [{ name: "a", expression: "(" }], validations: [small] }],
  ];
  for (const [field, spec] of wrong) {
    const { code, body, text } = await api.post(policies, policy(spec));
    assert.equal(code, 422, text);
    const { causes } = body["details"] as { causes: readonly { field: string }[] };
    assert.deepEqual(
      causes.map((cause) => cause.field),
      [field],
    );
  }
});

test("no policy bars the way to the policies themselves", async (context) => {
  const everything = { apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"] };
  const matchConstraints = { resourceRules: [everything] };
  const api = await open(context, { spec: { matchConstraints, validations: [{ expression: "false" }] } });
  assert.equal((await api.post(configMaps, configMap("a"))).code, 422);
  assert.equal((await api.delete(`${bindings}/bound`)).code, 200);
  assert.equal((await api.post(configMaps, configMap("a"))).code, 201);
});
