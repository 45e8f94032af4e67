import assert from "node:assert/strict";
import { copyFileSync, existsSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { Folder, Running } from "../../src/run/running.ts";
import { Kubectl, rows } from "./kit/kubectl.ts";
import { shop } from "./kit/manifests.ts";

test("traffic follows kubectl: created, edited, deleted", async (context) => {
  const folder = new Folder(context);
  const kubeconfig = join(folder.path, "kubeconfig");
  const running = new Running(context, ["--echo", "--kubeconfig-out", kubeconfig]);
  await running.next("ready");
  assert.ok(existsSync(kubeconfig));
  const kubectl = new Kubectl(context, (path) => copyFileSync(kubeconfig, path));
  await kubectl.apply(shop.gatewayClass);
  await kubectl.apply([shop.backends, shop.gateway, shop.httpRoute].join("---"));
  await kubectl.ok("wait --for=condition=Programmed gateway/front --timeout=60s");
  const [, gateway] = rows(await kubectl.ok("get gateway"));
  assert.deepEqual([gateway?.[1], gateway?.[3]], ["shop", "True"]);
  assert.match(await kubectl.ok("get gatewayclass"), /shop +\S+ +True/);
  const address = await kubectl.value("gateway front", ".status.addresses[0].value");
  const change = await running.next("change", ({ gateways }) =>
    gateways.some(({ listeners }) => listeners.length > 0),
  );
  const { port } = change.gateways[0]!.listeners[0]!;
  const get = (path: string) => statusOf(address, port, path);

  await until(async () => (await get("/cart")) === 200);
  await until(async () => (await get("/stock")) === 200);
  const paths = [{ op: "replace", path: "/spec/rules/0/matches/0/path/value", value: "/basket" }];
  await kubectl.ok(["patch", "httproute", "shop", "--type=json", "-p", JSON.stringify(paths)]);
  await until(async () => (await get("/basket")) === 200 && (await get("/cart")) === 404);
  await kubectl.ok("delete httproute shop");
  await until(async () => (await get("/basket")) === 404 && (await get("/stock")) === 404);
});

function statusOf(host: string, port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path, headers: { host: "shop.example" } }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    sent.on("error", reject).end();
  });
}

/** Holds as soon as the proxy has the new program; the test's own time limit ends the wait. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await pause(50);
}
