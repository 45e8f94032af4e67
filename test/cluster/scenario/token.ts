import assert from "node:assert/strict";
import { API_SERVICE } from "../site.ts";
import type { Kubectl } from "../kubectl.ts";
import { job } from "./objects.ts";

/** What a client in a pod does: reads its token and the CA, asks the Service `kubernetes`, and exits by the answer's status. */
const asking = (namespace: string, resource: string, wanted: number) => `
const { readFileSync } = require("node:fs");
const at = "/var/run/secrets/kubernetes.io/serviceaccount/";
const headers = { authorization: "Bearer " + readFileSync(at + "token", "utf8") };
const path = "/api/v1/namespaces/${namespace}/${resource}";
const options = { host: "${API_SERVICE}", port: 443, path, headers, ca: readFileSync(at + "ca.crt") };
require("node:https").get(options, (answer) => process.exit(answer.statusCode === ${wanted} ? 0 : 1));`;

/** Service accounts: tokens in pods, from kubectl and in Secrets, with the rights that RBAC gives them and no others. */
export async function tokens(kubectl: Kubectl, namespace: string): Promise<void> {
  await kubectl.run("create", "serviceaccount", "reader");
  await kubectl.run("create", "role", "reader", "--verb=get,list", "--resource=pods");
  await kubectl.run(
    "create",
    "rolebinding",
    "reader",
    "--role=reader",
    `--serviceaccount=${namespace}:reader`,
  );
  const account = { serviceAccountName: "reader" };
  await kubectl.apply(
    job("may", "node:26", asking(namespace, "pods", 200), { activeDeadlineSeconds: 30 }, account),
    job("may-not", "node:26", asking(namespace, "secrets", 403), { activeDeadlineSeconds: 30 }, account),
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "reader", annotations: { "kubernetes.io/service-account.name": "reader" } },
      type: "kubernetes.io/service-account-token",
    },
  );
  await kubectl.wait("job/may", "condition=Complete");
  await kubectl.wait("job/may-not", "condition=Complete");
  await kubectl.wait("secret/reader", "jsonpath={.data.token}");
  const held = Buffer.from(await kubectl.value("secret/reader", ".data.token"), "base64").toString();
  const made = (await kubectl.run("create", "token", "reader")).trim();
  for (const token of [held, made]) {
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token } };
    const answer = await kubectl.feed(
      ["create", "--validate=ignore", "-o", "jsonpath={.status.user.username}", "-f", "-"],
      [review],
    );
    assert.equal(answer, `system:serviceaccount:${namespace}:reader`);
  }
}
