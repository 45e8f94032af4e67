import assert from "node:assert/strict";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { KubeConfig } from "@kubernetes/client-node";
import { kubeconfigOf, writeKubeconfig } from "./kubeconfig.ts";

const server = "https://127.0.0.1:6443";
const caPem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
const client = { certificate: "certificate", key: "key" };

function newPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-kubeconfig-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return join(folder, "inner", "config");
}

test("clients read from it where the server is, what to trust and who they are", () => {
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const config = new KubeConfig();
  config.loadFromString(kubeconfigOf({ server, caPem, credentials: { token: "t" }, namespace: "true" }));
  assert.equal(config.getCurrentCluster()?.server, server);
  assert.equal(config.getCurrentCluster()?.caData, base64(caPem));
  assert.equal(config.getCurrentUser()?.token, "t");
  assert.equal(config.getContextObject("gatewright")?.namespace, "true");
  config.loadFromString(kubeconfigOf({ server, caPem, credentials: { client } }));
  const user = config.getCurrentUser();
  assert.deepEqual([user?.certData, user?.keyData], [base64("certificate"), base64("key")]);
});

test("its file is for its owner only, and replaced whole", (t) => {
  const path = newPath(t);
  writeKubeconfig(path, kubeconfigOf({ server, caPem, credentials: { token: "1" } }));
  writeKubeconfig(path, kubeconfigOf({ server, caPem, credentials: { token: "2" } }));
  assert.match(readFileSync(path, "utf8"), /token: "2"/);
  if (process.platform !== "win32") assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.deepEqual(readdirSync(join(path, "..")), ["config"]);
});

test("a file of somebody else's stays as it is", (t) => {
  const path = newPath(t);
  const ours = kubeconfigOf({ server, caPem, credentials: { token: "1" } });
  writeKubeconfig(path, ours);
  for (const text of [
    "notes",
    "{",
    "[]",
    "kind: Config\nclusters: []\n",
    "kind: Config\nclusters: [null]\n",
    ours.replaceAll("gatewright", "production"),
    ours.replace("clusters:\n", "clusters:\n  - name: production\n    cluster: {}\n"),
    ours.replace("kind: Config", "kind: Other"),
  ]) {
    writeFileSync(path, text);
    assert.throws(
      () => writeKubeconfig(path, ours),
      /is there already and is not a kubeconfig of gatewright/,
      text,
    );
    assert.equal(readFileSync(path, "utf8"), text);
  }
  writeFileSync(path, "");
  writeKubeconfig(path, ours);
  for (const other of [join(path, ".."), ...(process.platform === "win32" ? [] : ["/dev/zero"])])
    assert.throws(() => writeKubeconfig(other, ours), /is not a file; name one/);
});

test("a link at its place is replaced, not followed", { skip: process.platform === "win32" }, (t) => {
  const path = newPath(t);
  const ours = kubeconfigOf({ server, caPem, credentials: { token: "1" } });
  writeKubeconfig(path, ours);
  const other = `${path}.other`;
  writeFileSync(other, "");
  rmSync(path);
  symlinkSync(other, path);
  writeKubeconfig(path, ours);
  assert.equal(readFileSync(other, "utf8"), "");
  assert.equal(readFileSync(path, "utf8"), ours);
});
