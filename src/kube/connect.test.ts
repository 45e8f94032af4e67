import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { rootCertificates } from "node:tls";
import { connectTo, findCluster } from "./connect.ts";

const [pem = "", otherPem = ""] = rootCertificates;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "kube-connect-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("a server that is known in every detail", async () => {
  const connection = connectTo({ server: "https://127.0.0.1:6443", ca: pem, token: " secret\n" });
  assert.equal(connection.server.host, "127.0.0.1:6443");
  assert.equal(connection.namespace, "default");
  assert.equal(connection.compress, false, "not over loopback");
  assert.deepEqual(await connection.credentials!(false), { authorization: "Bearer secret" });
  assert.equal(connectTo({ server: "https://api.example.test" }).compress, true);
});

test("what is wrong with a server's details is said", () => {
  const damaged = pem.replace(/\n.{20}/, "\nAAAAAAAAAAAAAAAAAAAA");
  for (const [options, message] of [
    [{ server: "" }, '"" (server) is not a URL that begins with https:// or http://'],
    [{ server: "ftp://x" }, '"ftp://x" (server) is not a URL that begins with https:// or http://'],
    [{ server: "https://x", ca: "garbage" }, "There is no certificate in PEM in the CA for https://x"],
    [{ server: "https://x", ca: damaged }, /^A certificate in the CA for https:\/\/x is damaged: /],
    [{ server: "https://x", ca: `${otherPem}\n${damaged}` }, /is damaged/],
  ] as const) {
    assert.throws(() => connectTo(options), { reason: "NoCredentials", message });
  }
});

test("in a Pod: the files of its service account, and the token as it is now", async (t) => {
  const path = folder(t);
  const env = { HOME: path, KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443" };
  await assert.rejects(
    findCluster({ env, serviceAccount: path }),
    /^KubeError: Cannot read the CA of the cluster: ENOENT/,
  );
  writeFileSync(join(path, "ca.crt"), pem);
  writeFileSync(join(path, "namespace"), "ours\n");
  const connection = await findCluster({ env, serviceAccount: path });
  assert.equal(connection.server.href, "https://[fd00::1]:6443/");
  assert.equal(connection.ca, pem);
  assert.equal(connection.namespace, "ours");
  await assert.rejects(connection.credentials!(false), /Cannot read the token/);
  for (const token of ["one", "two"]) {
    writeFileSync(join(path, "token"), `${token}\n`);
    assert.deepEqual(await connection.credentials!(false), { authorization: `Bearer ${token}` });
  }
  writeFileSync(join(path, "token"), "\n");
  await assert.rejects(connection.credentials!(false), /token holds no token$/);
});

test("nowhere a cluster", async (t) => {
  await assert.rejects(findCluster({ env: { HOME: folder(t) } }), {
    reason: "NoCredentials",
    message:
      /^No cluster found: no kubeconfig is named, \$KUBECONFIG is not set, ~\/\.kube\/config does not exist/,
  });
});

test("kubeconfigs are looked for as kubectl does", async (t) => {
  const path = folder(t);
  const write = (name: string, server: string): string => {
    const file = join(path, name);
    const config = {
      clusters: [{ name: "c", cluster: { server } }],
      users: [{ name: "u", user: {} }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  };
  mkdirSync(join(path, ".kube"));
  write(".kube/config", "https://home");
  const [first, second] = [write("first", "https://first"), write("second", "https://second")];
  const missing = join(path, "missing");
  const host = async (kubeconfig: string | undefined, env: NodeJS.ProcessEnv): Promise<string> =>
    (await findCluster({ kubeconfig, env: { HOME: path, ...env } })).server.host;
  assert.equal(await host(undefined, {}), "home");
  assert.equal(await host(undefined, { KUBERNETES_SERVICE_HOST: "10.0.0.1" }), "home");
  assert.equal(await host(undefined, { KUBECONFIG: `${first}:${second}` }), "first");
  assert.equal(await host(undefined, { KUBECONFIG: `:${missing}:${second}` }), "second");
  assert.equal(await host(second, { KUBECONFIG: first }), "second");
  await assert.rejects(host(missing, {}), /^KubeError: Cannot read the kubeconfig: ENOENT.*missing/);
  await assert.rejects(host(undefined, { KUBECONFIG: missing }), /Cannot read the kubeconfig: ENOENT/);
});
