import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Folder, get, Running, serviceIn } from "./running.ts";

const manifests = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: web }
spec:
  gatewayClassName: prod
  listeners:
    - { name: tcp, protocol: TCP, port: 54 }
    - { name: udp, protocol: UDP, port: 54 }
    - { name: tls, protocol: TLS, port: 8443, tls: { mode: Passthrough } }
---
apiVersion: v1
kind: Service
metadata: { name: raw }
spec: { ports: [{ name: tcp, port: 54 }, { name: udp, port: 54, protocol: UDP }] }
---
apiVersion: gateway.networking.k8s.io/v1
kind: TCPRoute
metadata: { name: connections }
spec:
  parentRefs: [{ name: web }]
  rules: [{ backendRefs: [{ name: raw, port: 54 }] }]
---
apiVersion: gateway.networking.k8s.io/v1
kind: UDPRoute
metadata: { name: datagrams }
spec:
  parentRefs: [{ name: web }]
  rules: [{ backendRefs: [{ name: raw, port: 54 }] }]
---
apiVersion: gateway.networking.k8s.io/v1alpha2
kind: TLSRoute
metadata: { name: names }
spec:
  parentRefs: [{ name: web }]
  hostnames: [a.example.com]
  rules: [{ backendRefs: [{ name: raw, port: 54 }, { name: gone, port: 1 }] }]
`;

test("routes of connections and datagrams are reported, and bytes come back through the Gateway", async (context) => {
  const folder = new Folder(context, { "all.yaml": manifests });
  const running = new Running(context, [folder.path, "--echo", "--port-offset", "8000"]);
  const ready = await running.next("ready");
  assert.deepEqual(ready.skipped, []);
  assert.deepEqual(
    ready.routes.map(({ kind, name, hostnames }) => `${kind} ${name} ${hostnames.join()}`).toSorted(),
    ["TCPRoute connections ", "TLSRoute names a.example.com", "UDPRoute datagrams "],
  );
  assert.deepEqual(
    ready.conditions.map(({ subject, reason }) => [subject, reason]),
    [["TLSRoute default/names, parent web", "BackendNotFound"]],
  );
  assert.deepEqual(
    ready.backends.map(({ port, protocol, by }) => [port, protocol, by]),
    [
      [54, undefined, "echo"],
      [54, "UDP", "echo"],
    ],
  );
  const { addresses, listeners } = ready.gateways[0]!;
  const [address = ""] = addresses;
  assert.deepEqual(
    listeners.map(({ name, port, attachedRoutes }) => [name, port, attachedRoutes]),
    [
      ["tcp", 8054, 1],
      ["udp", 8054, 1],
      ["tls", 8443, 1],
    ],
  );

  const socket = connect(8054, address);
  context.after(() => socket.destroy());
  socket.end("bytes of no protocol");
  let text = "";
  for await (const chunk of socket.setEncoding("utf8")) text += chunk as string;
  assert.equal(text, "bytes of no protocol");
  assert.equal(serviceIn(await get({ host: address, port: 8054 }, "/")), "raw");

  const datagrams = createSocket("udp4");
  context.after(() => datagrams.close());
  datagrams.send("a datagram", 8054, address);
  assert.equal(String(((await once(datagrams, "message")) as [Buffer])[0]), "a datagram");

  folder.write(
    "all.yaml",
    manifests.replace(
      /kind: TCPRoute[^]*?---/,
      "kind: TCPRoute\nmetadata: { name: x }\nspec: { rules: [{ backendRefs: [{ name: raw, port: 54 }] }] }\n---",
    ),
  );
  const change = await running.next("change");
  assert.deepEqual(change.removed, ["TCPRoute/default/connections"]);
  const [error] = (await once(connect(8054, address), "error")) as [NodeJS.ErrnoException];
  assert.equal(error.code, "ECONNRESET");
});

test("the example of connections has no fault, and answers", async (context) => {
  const example = fileURLToPath(new URL("../../examples/connections", import.meta.url));
  const running = new Running(context, [example, "--echo", "--no-follow"]);
  const ready = await running.next("ready");
  assert.deepEqual([ready.problems, ready.conditions, ready.skipped], [[], [], []]);
  const { addresses, listeners } = ready.gateways[0]!;
  const [address = ""] = addresses;
  assert.deepEqual(
    listeners.map(({ attachedRoutes }) => attachedRoutes),
    [1, 1, 1],
  );
  const socket = connect(listeners[0]!.port, address);
  context.after(() => socket.destroy());
  socket.write("question");
  assert.equal(String(((await once(socket, "data")) as [Buffer])[0]), "question");
});
