import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { formatProblem } from "./source.ts";
import { Folder, Following } from "./testing.ts";

/** Problems of a file, each whole as a terminal shows it, without the path of the folder. */
async function problems(t: TestContext, name: string, text: string): Promise<string[]> {
  const folder = new Folder(t, { [name]: text });
  const following = await Following.open(t, [folder.file(name)]);
  return following.last.problems.map((problem) => formatProblem(problem).replace(`${folder.path}/`, ""));
}

test("Places are exact in nested YAML, whichever document they are in", async (t) => {
  const text = `# comment
apiVersion: v1
kind: ConfigMap
metadata: {name: ok}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: route
spec:
  hostname:
    - a.example.com
  rules:
    - matches:
        - path:
            type: Prefix
            value: api
      backendRefs:
        - name: svc
          port: "80"
        - name: svc
    - filters:
        - type: CORS
          # the member is missing
`;
  assert.deepEqual(await problems(t, "a.yaml", text), [
    `a.yaml:11:3: spec.hostname: Unknown field "hostname"
    hostname:
    ^
  did you mean: hostnames
  allowed: parentRefs, useDefaultGateways, hostnames, rules`,
    `a.yaml:16:19: spec.rules[0].matches[0].path.type: "Prefix" is not an allowed value
              type: Prefix
                    ^
  allowed: Exact, PathPrefix, RegularExpression`,
    `a.yaml:20:17: spec.rules[0].backendRefs[0].port: Expected a whole number, found a string; remove the quotes
            port: "80"
                  ^`,
    `a.yaml:21:11: spec.rules[0].backendRefs[1].port: A reference to a Service needs a port
          - name: svc
            ^`,
    `a.yaml:23:11: spec.rules[1].filters[0].cors: type CORS needs the field "cors"
          - type: CORS
            ^`,
  ]);
});

test("Places are exact in flow style", async (t) => {
  const text = `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, labels: {a: 1}}, data: {b: true}}`;
  const lines = (await problems(t, "a.yml", text)).map((problem) => problem.split("\n"));
  assert.deepEqual(
    lines.map(([first]) => first),
    [
      "a.yml:1:67: metadata.labels.a: Expected a string, found a number; put it in quotes",
      "a.yml:1:82: data.b: Expected a string, found true or false; put it in quotes",
    ],
  );
  assert.equal(lines[0]![2], `${" ".repeat(2 + 66)}^`);
});

test("Places are exact in JSON, also with tabs", async (t) => {
  const text = `{
\t"apiVersion": "v1",
\t"kind": "Service",
\t"metadata": {"name": "svc"},
\t"spec": {
\t\t"ports": [{"port": 70000}]
\t}
}`;
  assert.deepEqual(await problems(t, "a.json", text), [
    `a.json:6:22: spec.ports[0].port: 70000 is too large: at most 65535
  \t\t"ports": [{"port": 70000}]
  \t\t${" ".repeat(19)}^`,
  ]);
});

test("Places are exact in lists, where paths begin at the item", async (t) => {
  const text = `kind: List
apiVersion: v1
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: a}
    data: {a: 1}
  - apiVersion: v1
    kind: List
    items:
      - {apiVersion: v1, kind: ConfigMap, metadata: {name: A}}
---
kind: ConfigMapList
apiVersion: v1
items:
  - metadata:
      name: b
    data: []
`;
  assert.deepEqual(
    (await problems(t, "a.yaml", text)).map((problem) => problem.split("\n")[0]),
    [
      "a.yaml:7:15: data.a: Expected a string, found a number; put it in quotes",
      `a.yaml:11:60: metadata.name: "A" is not a DNS name: lower-case letters, digits, "-" and ".", with a letter or digit at both ends of each label`,
      "a.yaml:18:11: data: Expected a map, found a list",
    ],
  );
});

test("What is missing is missed where it should be; what is empty, at its key", async (t) => {
  const text = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: a
spec:
  listeners:
    - port: 80
      name: a
    - name: b
      protocol: HTTP
      port: 81
      hostname:
`;
  assert.deepEqual(
    (await problems(t, "a.yaml", text)).map((problem) => problem.split("\n")[0]),
    [
      'a.yaml:5:1: spec.gatewayClassName: Missing field "gatewayClassName"',
      'a.yaml:7:7: spec.listeners[0].protocol: Missing field "protocol"',
      "a.yaml:12:7: spec.listeners[1].hostname: Empty: expected a string",
    ],
  );
  assert.deepEqual(
    (await problems(t, "a.yaml", "kind: ConfigMap\nmetadata: {name: a}\n")).map(
      (problem) => problem.split("\n")[0],
    ),
    ['a.yaml:1:1: Missing field "apiVersion"'],
  );
});

test("Syntax errors are placed in the file", async (t) => {
  const text = "a: 1\n---\r\n# comment\r\napiVersion: v1\r\nkind: [Con\r\nmetadata: {}\r\n";
  const first = (await problems(t, "a.yaml", text)).find((problem) => !problem.includes("Missing"));
  assert.match(first!, /^a\.yaml:[56]:\d+: /);
  const [tab] = await problems(t, "a.yaml", "a:\n\t- b\n");
  assert.match(tab!, /^a\.yaml:2:1: Tabs/);
});

test("Aliases and merged fields are placed where they are used", async (t) => {
  const text = `apiVersion: v1
kind: Service
metadata: {name: a}
x: &bad {port: 0}
y: &name {name: 80}
spec:
  ports:
    - *bad
    - <<: *name
      port: 80
`;
  assert.deepEqual(
    (await problems(t, "a.yaml", text)).map((problem) => problem.split("\n")[0]),
    [
      'a.yaml:4:1: x: Unknown field "x"',
      'a.yaml:5:1: y: Unknown field "y"',
      "a.yaml:8:7: spec.ports[0].port: 0 is too small: at least 1",
      "a.yaml:9:11: spec.ports[1].name: Expected a string, found a number; put it in quotes",
    ],
  );
});

test("Words that kubectl reads otherwise are warned of, and explained where they are wrong", async (t) => {
  const text = `apiVersion: v1
kind: ConfigMap
metadata: {name: a, labels: {enabled: yes}}
data:
  a: on
  b: "off"
  c: |
    no
`;
  assert.deepEqual(
    (await problems(t, "a.yaml", text)).map((problem) => problem.split("\n")[0]),
    [
      "a.yaml:3:39: warning: kubectl reads yes as true: put it in quotes",
      "a.yaml:5:6: warning: kubectl reads on as true: put it in quotes",
    ],
  );
  const slice = `apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: a}
addressType: IPv4
endpoints: [{addresses: [10.0.0.1], conditions: {ready: no}}]
`;
  assert.deepEqual(
    (await problems(t, "a.yaml", slice)).map((problem) => problem.split("\n")[0]),
    ["a.yaml:5:57: endpoints[0].conditions.ready: Expected true or false, found a string; write false"],
  );
});

const secret = (data: string) => `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n${data}`;

test("Secrets stay out of problems", async (t) => {
  for (const data of [
    "data:\n  password: hunter2!\n",
    "data: {password: hunter2!}\n",
    "stringData:\n  - hunter2\n",
    "stringData:\n  password: 2 hunter2: [\n",
    'stringData:\n  password: "hunter2\n',
    "stringData:\n hunter2\n  hunter2: a\n",
    "stringData: {a: !hunter2 hunter2}\n",
    "stringData: {a: *hunter2}\n",
    "stringData: {hunter2: 1, hunter2: 2}\n",
  ]) {
    const found = await problems(t, "a.yaml", secret(data));
    assert.ok(found.length > 0, data);
    assert.doesNotMatch(found.join("\n"), /hunter2/, data);
  }
  const json = `{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}, "data": {"a": "hunter2!"}}`;
  assert.doesNotMatch((await problems(t, "a.json", json)).join("\n"), /hunter2/);
});

test("A file cannot command a terminal, nor flood it", async (t) => {
  const [escape] = await problems(
    t,
    "a.yaml",
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "\u001b[2J"}\n`,
  );
  assert.doesNotMatch(escape!, /\u001b/);
  const long = `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: "${"x".repeat(10_000)}", b: 1}}`;
  const [flood] = await problems(t, "a.yaml", long);
  assert.ok(flood!.length < 400);
  assert.match(flood!, /^a\.yaml:1:10073: data\.b/);
});
