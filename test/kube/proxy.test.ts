// A cluster that only a proxy reaches: clients ignore it, or lose their certificates in it.
// kubernetes-client/javascript #853, #2161
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { KubeClient } from "../../src/kube/client.ts";
import { findCluster } from "../../src/kube/connect.ts";
import { certificates } from "./certificates.ts";
import { Followed } from "./follow.ts";
import { ApiServer } from "./server.ts";

test("requests and watches go through the proxy of the kubeconfig, in TLS with our certificate", async (t) => {
  const { ca, server: tls, clientCertificate } = certificates();
  const server = await ApiServer.start(t, { ...tls, ca, requestCert: true, rejectUnauthorized: true });
  server.put("a");
  let tunnels = 0;
  const proxy = http.createServer().on("connect", ({ url = "" }, socket) => {
    tunnels++;
    const { hostname, port } = new URL(`http://${url}`);
    const onward = connect(Number(port), hostname, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  t.after(() => proxy.close());
  const folder = mkdtempSync(join(tmpdir(), "kube-proxy-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const config = {
    clusters: [
      {
        name: "c",
        cluster: {
          server: server.url,
          "certificate-authority-data": base64(ca),
          "proxy-url": `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
        },
      },
    ],
    users: [
      {
        name: "u",
        user: {
          "client-certificate-data": base64(clientCertificate.certificate),
          "client-key-data": base64(clientCertificate.key),
        },
      },
    ],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  };
  const kubeconfig = join(folder, "config");
  writeFileSync(kubeconfig, JSON.stringify(config));
  const connection = await findCluster({ kubeconfig });
  const client = new KubeClient(connection);
  t.after(() => client.close());
  const target = { group: "example.test", version: "v1", plural: "widgets", namespace: "default", name: "a" };
  assert.deepEqual(await client.get(target), server.get("a"));
  assert.equal(tunnels, 1);
  const followed = new Followed(t, server, { connection });
  await followed.until(() => followed.objects.size === 1);
  server.put("b");
  await followed.until(() => followed.objects.size === 2);
  assert.ok(tunnels >= 2);
  assert.equal(server.sockets.size <= tunnels, true);
});
