import assert from "node:assert/strict";
import { test } from "node:test";
import { Folder, get, routeYaml, Running, serviceIn, serviceYaml } from "./running.ts";

const gateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: web }
spec:
  gatewayClassName: prod
  allowedListeners: { namespaces: { from: Same } }
  listeners: [{ name: http, protocol: HTTP, port: 8080, hostname: own.example.com }]
`;

const listenerSet = `
apiVersion: gateway.networking.k8s.io/v1
kind: ListenerSet
metadata: { name: more }
spec:
  parentRef: { name: web }
  listeners: [{ name: extra, protocol: HTTP, port: 80 }]
`;

const route = routeYaml("/", "a").replace("{ name: web }", "{ kind: ListenerSet, name: more }");

test("a ListenerSet brings a port, shifted if need be, and takes it away again", async (context) => {
  const folder = new Folder(context, {
    "gateway.yaml": gateway,
    "set.yaml": listenerSet,
    "route.yaml": [route, serviceYaml("a")].join("---"),
  });
  const running = new Running(context, [folder.path, "--echo"]);
  const ready = await running.next("ready");
  assert.deepEqual(ready.conditions, []);
  assert.deepEqual(ready.skipped, []);
  const { addresses, listeners } = ready.gateways[0]!;
  assert.deepEqual(
    listeners.map(({ name, specPort, attachedRoutes }) => [name, specPort, attachedRoutes]),
    [
      ["http", 8080, 0],
      ["default/more/extra", 80, 1],
    ],
  );
  const place = { host: addresses[0]!, port: listeners[1]!.port };
  assert.equal(serviceIn(await get(place, "/")), "a");
  assert.equal(ready.try.length, 1);

  folder.remove("set.yaml");
  const change = await running.next("change");
  assert.deepEqual(
    change.gateways[0]?.listeners.map(({ name }) => name),
    ["http"],
  );
  assert.match(change.conditions.map(({ message }) => message).join(), /ListenerSet default\/more/);
});

test("a certificate that cannot be served is told, and with it what is wrong", async (context) => {
  const secure = gateway.replace(
    "listeners: [",
    "listeners: [{ name: https, protocol: HTTPS, port: 8443, tls: { certificateRefs: [{ name: cert }] } }, ",
  );
  const folder = new Folder(context, { "gateway.yaml": secure });
  const running = new Running(context, [folder.path]);
  const ready = await running.next("ready");
  assert.deepEqual(
    ready.gateways[0]?.idle.map(({ name }) => name),
    ["https"],
  );
  const messages = ready.conditions.map(({ message }) => message).join();
  assert.match(messages, /Secret default\/cert does not exist/);

  const secret = { "tls.crt": "c2F5", "tls.key": "bm8=" };
  folder.write(
    "cert.yaml",
    `{ apiVersion: v1, kind: Secret, metadata: { name: cert }, type: kubernetes.io/tls, data: ${JSON.stringify(secret)} }`,
  );
  const change = await running.next("change");
  assert.match(change.conditions.map(({ message }) => message).join(), /tls\.crt holds no certificate/);
});
