import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, get } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { TLSSocket } from "node:tls";
import { Certificates } from "../auth/certificates.ts";
import { Api } from "../testing.ts";

const pods = "/api/v1/namespaces/default/pods";

interface Node {
  readonly api: Api;
  readonly port: number;
}

/** A server, and a node with this kubelet. `certificates` are the server's own unless others are given. */
async function withNode(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  others?: Certificates,
): Promise<Node> {
  const dataDir = mkdtempSync(join(tmpdir(), "gatewright-pod-log-"));
  t.after(() => rmSync(dataDir, { recursive: true }));
  const own = new Certificates({ folder: join(dataDir, "pki") });
  const { certificate: cert, key } = (others ?? own).server;
  const options = { cert, key, ca: own.ca, requestCert: true, rejectUnauthorized: true };
  const kubelet = createServer(options, answer).listen(0, "127.0.0.1");
  await once(kubelet, "listening");
  t.after(() => {
    kubelet.closeAllConnections();
    kubelet.close();
  });
  const api = await Api.open(t, { dataDir });
  const { port } = kubelet.address() as AddressInfo;
  await api.post("/api/v1/nodes", { apiVersion: "v1", kind: "Node", metadata: { name: "node" } });
  const status = {
    addresses: [
      { type: "Hostname", address: "node" },
      { type: "InternalIP", address: "127.0.0.1" },
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: port } },
  };
  const set = await api.patch("/api/v1/nodes/node/status", "merge", { status });
  assert.equal(set.code, 200, set.text);
  return { api, port };
}

async function makePod(api: Api, containers: readonly string[], nodeName?: string): Promise<void> {
  const spec = {
    containers: containers.map((name) => ({ name, image: "x" })),
    ...(nodeName !== undefined && { nodeName }),
  };
  const made = await api.post(pods, { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec });
  assert.equal(made.code, 201, made.text);
}

test("the node is asked under the server's name, with the options and nothing else", async (t) => {
  let asked: string | undefined;
  let user: unknown;
  const { api } = await withNode(t, (request, response) => {
    asked = request.url;
    user = (request.socket as TLSSocket).getPeerCertificate().subject.CN;
    response.end("first\nsecond\n");
  });
  await makePod(api, ["a"], "node");
  const answer = await api.get(`${pods}/p/log?tailLines=2&sinceTime=2026-01-01T00%3A00%3A00Z&pretty=true`);
  assert.equal(answer.code, 200);
  assert.equal(answer.text, "first\nsecond\n");
  assert.equal(answer.headers["content-type"], "text/plain");
  assert.equal(asked, "/containerLogs/default/p/a?sinceTime=2026-01-01T00%3A00%3A00Z&tailLines=2");
  assert.equal(user, "kube-apiserver-kubelet-client");
});

test("a log that is followed comes as it is written, and the node hears when nobody reads", async (t) => {
  const gone = Promise.withResolvers<void>();
  let write: ((text: string) => void) | undefined;
  const { api } = await withNode(t, (_, response) => {
    response.flushHeaders();
    response.once("close", () => gone.resolve());
    write = (text) => void response.write(text);
  });
  await makePod(api, ["a"], "node");
  const asking = get(`${api.server.url}${pods}/p/log?follow=true`, {
    ca: api.server.ca,
    headers: { authorization: `Bearer ${api.server.token}` },
  });
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  response.setEncoding("utf8");
  for (const line of ["one\n", "two\n"]) {
    write?.(line);
    assert.deepEqual(await once(response, "data"), [line]);
  }
  asking.destroy();
  await gone.promise;
});

test("of several containers one must be named", async (t) => {
  const { api } = await withNode(t, (request, response) => response.end(request.url));
  await makePod(api, ["a", "b"], "node");
  const none = await api.get(`${pods}/p/log`);
  assert.deepEqual(
    [none.code, none.body["message"]],
    [400, "a container name must be specified for pod p, choose one of: [a b]"],
  );
  const wrong = await api.get(`${pods}/p/log?container=c`);
  assert.deepEqual([wrong.code, wrong.body["message"]], [400, "container c is not valid for pod p"]);
  assert.equal((await api.get(`${pods}/p/log?container=b`)).text, "/containerLogs/default/p/b?");
});

test("without a pod, or without a node, there is no log", async (t) => {
  const api = await Api.open(t);
  assert.equal((await api.get(`${pods}/p/log`)).code, 404);
  await makePod(api, ["a"]);
  const unbound = await api.get(`${pods}/p/log`);
  assert.deepEqual([unbound.code, unbound.body["message"]], [400, "pod p does not have a host assigned"]);
});

test("what the node has against it is passed on", async (t) => {
  const { api } = await withNode(t, (_, response) => response.writeHead(404).end("no such container\n"));
  await makePod(api, ["a"], "node");
  const answer = await api.get(`${pods}/p/log`);
  assert.deepEqual([answer.code, answer.body["message"]], [404, "no such container"]);
});

test("a node that another authority vouches for is not asked", async (t) => {
  let asked = false;
  const { api } = await withNode(
    t,
    (_, response) => {
      asked = true;
      response.end();
    },
    new Certificates({}),
  );
  await makePod(api, ["a"], "node");
  const answer = await api.get(`${pods}/p/log`);
  assert.equal(answer.code, 500);
  assert.match(String(answer.body["message"]), /certificate/);
  assert.equal(asked, false);
});

test("who may read pods may not read their logs", async (t) => {
  const { api } = await withNode(t, (_, response) => response.end("secret"));
  await makePod(api, ["a"], "node");
  const rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
  const group = "rbac.authorization.k8s.io";
  const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }];
  await api.post(`${rbac}/roles`, {
    apiVersion: `${group}/v1`,
    kind: "Role",
    metadata: { name: "reader" },
    rules,
  });
  await api.post(`${rbac}/rolebindings`, {
    apiVersion: `${group}/v1`,
    kind: "RoleBinding",
    metadata: { name: "reader" },
    roleRef: { apiGroup: group, kind: "Role", name: "reader" },
    subjects: [{ apiGroup: group, kind: "User", name: "jane" }],
  });
  const headers = { "impersonate-user": "jane" };
  assert.equal((await api.get(`${pods}/p`, { headers })).code, 200);
  assert.equal((await api.get(`${pods}/p/log`, { headers })).code, 403);
});
