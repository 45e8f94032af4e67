import assert from "node:assert/strict";
import { test } from "node:test";
import { openFiles } from "./source.ts";
import { config, dataOf, Folder, Following } from "./testing.ts";

const NOW = new Date("2026-01-31T12:00:00.000Z");
const GATEWAY_CLASS = "apiVersion: gateway.networking.k8s.io/v1beta1\nkind: GatewayClass\n";

test("Folders are read with everything below them: YAML, JSON, many documents, lists", async (t) => {
  const folder = new Folder(t, {
    "a.yaml": `${config("a1")}---\n${config("a2")}`,
    "b/c/d.yml": config("d"),
    "e.json": JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "e" } }),
    "f.yaml": JSON.stringify({
      apiVersion: "v1",
      kind: "List",
      items: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "f1" } }],
    }),
    "g.yaml": "apiVersion: v1\nkind: ConfigMapList\nitems:\n- metadata: {name: g1}\n- metadata: {name: g2}\n",
    ".hidden/h.yaml": config("h"),
    ".i.yaml": config("i"),
    "README.md": "no: manifest: [",
  });
  const following = await Following.open(t, [folder.path]);
  const names = ["a1", "a2", "d", "e", "f1", "g1", "g2"];
  assert.deepEqual(
    following.keys,
    names.map((name) => `ConfigMap/default/${name}`),
  );
  assert.deepEqual(following.problems, []);
  assert.deepEqual(following.last.files.length, 5);
});

function open(...paths: string[]) {
  return openFiles(paths, { onEvent: () => assert.fail("no event") });
}

test("An empty folder, a path that does not exist, and no path are errors at the start", async (t) => {
  const folder = new Folder(t, { "notes.txt": "a" });
  await assert.rejects(open(folder.path), {
    message: `${folder.path}: Folder holds no .yaml, .yml or .json file`,
  });
  await assert.rejects(open(folder.file("no.yaml")), {
    message: `${folder.file("no.yaml")}: Path does not exist`,
  });
  await assert.rejects(open(), { message: "No file or folder given" });
  folder.write("a.yaml", config("a"));
  await assert.rejects(open(folder.path, folder.file("no")), {
    message: `${folder.file("no")}: Path does not exist`,
  });
  const source = await open(folder.path, folder.path, folder.file("a.yaml"));
  assert.deepEqual(source.first.problems, []);
  source.close();
  source.close();
});

test("A file named outright need not look like a manifest", async (t) => {
  const folder = new Folder(t, { manifest: config("a") });
  assert.deepEqual((await Following.open(t, [folder.file("manifest")])).keys, ["ConfigMap/default/a"]);
});

test("Objects get what an API server adds", async (t) => {
  const folder = new Folder(t, {
    "a.yaml": `${GATEWAY_CLASS}metadata:
  name: class
  creationTimestamp: null
  generation: 7
spec: {controllerName: example.com/c}
status: {conditions: anything}
---
${config("a", "x", "apps")}---
apiVersion: v1
kind: ConfigMap
metadata: {name: old, creationTimestamp: "2020-01-01T00:00:00Z", uid: u}
`,
  });
  const following = await Following.open(t, [folder.path], () => NOW);
  const created = NOW.toISOString();
  assert.deepEqual(following.objects.get("GatewayClass//class"), {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "GatewayClass",
    metadata: {
      name: "class",
      namespace: "",
      creationTimestamp: created,
      generation: 1,
      labels: {},
      annotations: {},
    },
    spec: { controllerName: "example.com/c" },
  });
  assert.equal(following.objects.get("ConfigMap/apps/a")!.metadata.creationTimestamp, created);
  const { metadata } = following.objects.get("ConfigMap/default/old")!;
  assert.equal(metadata.creationTimestamp, "2020-01-01T00:00:00Z");
  assert.equal(metadata.uid, "u");
});

test("Namespaces exist once something lives in them, and carry their name", async (t) => {
  const folder = new Folder(t, {
    "a.yaml": `${config("a", "x", "apps")}---
apiVersion: v1
kind: Namespace
metadata: {name: given, labels: {team: a}}
---
${config("b", "x", "given")}---
${config("BAD", "x", "nobody")}`,
  });
  const following = await Following.open(t, [folder.path]);
  const namespaces = [...following.objects.values()].filter(({ kind }) => kind === "Namespace");
  assert.deepEqual(
    namespaces.map(({ metadata }) => [metadata.name, metadata.namespace, metadata.labels]),
    [
      ["given", "", { team: "a", "kubernetes.io/metadata.name": "given" }],
      ["apps", "", { "kubernetes.io/metadata.name": "apps" }],
    ],
  );
  folder.write("a.yaml", config("b", "x", "given"));
  await following.until(() => !following.objects.has("Namespace//apps"));
  assert.deepEqual(following.objects.get("Namespace//given")!.metadata.labels, {
    "kubernetes.io/metadata.name": "given",
  });
});

test("A bad object or document leaves its neighbours alone", async (t) => {
  const folder = new Folder(t, {
    "a.yaml": `${config("a")}---\nkind: [broken\n---\n${config("B")}---\n- not an object\n---\n${config("c")}`,
    "b.yaml": "no: {manifest\n",
    "c.yaml": config("d"),
  });
  const following = await Following.open(t, [folder.path]);
  assert.deepEqual(
    following.keys,
    ["a", "c", "d"].map((name) => `ConfigMap/default/${name}`),
  );
  const lines = following.last.problems.map(({ file, line }) => `${file.slice(-6)}:${line}`);
  assert.deepEqual([...new Set(lines)], ["a.yaml:6", "a.yaml:10", "a.yaml:13", "b.yaml:1"]);
  assert.ok(following.last.problems.every(({ keptLastGood }) => !keptLastGood));
});

test("Of two objects with one key the first is served, and both places are named", async (t) => {
  const folder = new Folder(t, {
    "a.yaml": `${config("x", "first")}---\n${config("x", "second")}`,
    "b.yaml": config("x", "third"),
  });
  const following = await Following.open(t, [folder.file("b.yaml"), folder.file("a.yaml")]);
  assert.equal(dataOf(following, "ConfigMap/default/x"), "third");
  const served = `the one at ${folder.file("b.yaml")}:1 is served`;
  assert.deepEqual(following.problems, [
    `${folder.file("a.yaml")}:1:1: ConfigMap default/x is given twice: ${served}`,
    `${folder.file("a.yaml")}:6:1: ConfigMap default/x is given twice: ${served}`,
  ]);
  assert.equal(following.last.problems[0]!.object, "ConfigMap/default/x");
  folder.remove("b.yaml");
  await following.until(() => dataOf(following, "ConfigMap/default/x") === "first");
  assert.equal(following.last.problems.filter(({ message }) => message.includes("twice")).length, 1);
});

function object(apiVersion: string, kind: string): string {
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`;
}

test("Kinds without effect are named once, old forms with the current one", async (t) => {
  const experimental = "gateway.networking.x-k8s.io/v1alpha1";
  const folder = new Folder(t, {
    "a.yaml": [
      object("apps/v1", "Deployment"),
      object("apps/v1", "Deployment"),
      object(experimental, "XListenerSet"),
      object(experimental, "CORSPolicy"),
      object(experimental, "InferenceModel"),
      object(experimental, "InferencePool"),
      object("gateway.networking.k8s.io/v1alpha2", "ReferencePolicy"),
      object("gateway.networking.k8s.io/v1alpha2", "HTTPRoute"),
      object("gateway.networking.k8s.io/v1", "HttpRoutes"),
      object(experimental, "XMesh"),
      object("networking.k8s.io/v1", "Ingress"),
      object("serving.knative.dev/v1", "Service"),
      `${object(experimental, "XBackendTrafficPolicy")}spec: {retry: {budget: {}}}\n`,
    ].join("---\n"),
  });
  const following = await Following.open(t, [folder.path]);
  assert.deepEqual(
    following.last.skipped.map(({ kind, line, hint }) => [
      kind,
      line,
      hint?.match(
        /ListenerSet of|type CORS|InferencePool of|ReferenceGrant|as gateway.networking.k8s.io\/v1|HTTPRoute/,
      )?.[0],
    ]),
    [
      ["Deployment", 1, undefined],
      ["XListenerSet", 9, "ListenerSet of"],
      ["CORSPolicy", 13, "type CORS"],
      ["InferenceModel", 17, "InferencePool of"],
      ["InferencePool", 21, "InferencePool of"],
      ["ReferencePolicy", 25, "ReferenceGrant"],
      ["HTTPRoute", 29, "as gateway.networking.k8s.io/v1"],
      ["HttpRoutes", 33, "HTTPRoute"],
      ["XMesh", 37, undefined],
      ["Ingress", 41, "HTTPRoute"],
      ["Service", 45, undefined],
    ],
  );
  // Kinds that are known are checked all the same, those that are not are left alone.
  const checked = new Set(following.last.problems.map(({ object: key }) => key));
  assert.deepEqual(
    [...checked].map((key) => key?.split("/")[0]),
    ["Deployment", "XMesh", "Ingress", "XBackendTrafficPolicy"],
  );
  assert.match(following.problems.join(), /a\.yaml:50:1: warning: the current form of retry\.budget/);
  assert.match(following.problems.join(), /a\.yaml:52:8: spec\.retry: Unknown field "retry"/);
  folder.write("b.yaml", object("apps/v1", "Deployment") + "---\n" + object("batch/v1", "Job"));
  await following.until(() => following.events.length > 1);
  assert.deepEqual(
    following.last.skipped.map(({ kind, file, line }) => [kind, file, line]),
    [["Job", folder.file("b.yaml"), 5]],
  );
});

test("A forgotten --- is a warning, and both objects are served", async (t) => {
  const folder = new Folder(t, { "a.yaml": `${config("a")}\n# next\n${config("b")}` });
  const following = await Following.open(t, [folder.path]);
  assert.deepEqual(following.keys, ["ConfigMap/default/a", "ConfigMap/default/b"]);
  assert.match(following.problems.join(), /a\.yaml:7:1: warning: A new object needs a line ---/);
});

test("A namespace on a cluster-scoped object is ignored with a warning", async (t) => {
  const text = `${GATEWAY_CLASS}metadata: {name: a, namespace: b}\nspec: {controllerName: example.com/c}\n`;
  const folder = new Folder(t, { "a.yaml": text });
  const following = await Following.open(t, [folder.path]);
  assert.deepEqual(following.keys, ["GatewayClass//a"]);
  assert.ok(!following.objects.has("Namespace//b"));
  assert.match(following.problems.join(), /a\.yaml:3:21: warning: A GatewayClass lives outside namespaces/);
});

const route = (index: number, port: number) => `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: route-${index}
spec:
  parentRefs:
    - name: gateway
  rules:
    - matches:
        - path: {type: PathPrefix, value: /a}
      backendRefs:
        - name: service
          port: ${port}
`;

/** Ten thousand routes, of which one has another port. */
const routes = (changed: number) =>
  Array.from({ length: 10_000 }, (_, index) => route(index, index === changed ? 81 : 80)).join("---\n");

test("Ten thousand documents are read in seconds, and one edit costs one document", async (t) => {
  const folder = new Folder(t, { "a.yaml": routes(-1) });
  const start = performance.now();
  const following = await Following.open(t, [folder.path]);
  const whole = performance.now() - start;
  assert.equal(following.keys.length, 10_000);
  // Generous for slow machines; it takes about two seconds on a usual one.
  assert.ok(whole < 30_000, `${whole} ms`);
  folder.replace("a.yaml", routes(5000));
  await following.until(() => following.events.length > 1);
  const edit = performance.now() - following.last.readAt;
  assert.deepEqual(
    following.last.changes.map(({ key }) => key),
    ["HTTPRoute/default/route-5000"],
  );
  assert.ok(edit < whole / 3, `${edit} ms after ${whole} ms`);
});
