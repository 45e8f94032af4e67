import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { ApiServer } from "../apiserver/apiserver.ts";
import { isJsonObject, type JsonObject } from "../resources/json.ts";
import {
  Folder,
  gatewayYaml,
  get,
  placeOf,
  routeYaml,
  Running,
  serviceIn,
  serviceYaml,
  until,
} from "./running.ts";

const controllerName = "gatewright.dev/gateway-controller";
const gatewayApi = "/apis/gateway.networking.k8s.io/v1";
const core = "/api/v1/namespaces/default";
const routes = `${gatewayApi}/namespaces/default/httproutes`;
const gateways = `${gatewayApi}/namespaces/default/gateways`;

interface Reply {
  readonly code: number;
  readonly body: JsonObject;
}

/** What kubectl has: a kubeconfig, and nothing else. */
class Client {
  private readonly server: URL;
  private readonly ca: Buffer;
  private readonly token: string;

  constructor(kubeconfig: string) {
    const config = parse(readFileSync(kubeconfig, "utf8")) as {
      readonly clusters: readonly [
        { readonly cluster: { readonly server: string; readonly "certificate-authority-data": string } },
      ];
      readonly users: readonly [{ readonly user: { readonly token: string } }];
    };
    const { cluster } = config.clusters[0];
    this.server = new URL(cluster.server);
    this.ca = Buffer.from(cluster["certificate-authority-data"], "base64");
    this.token = config.users[0].user.token;
  }

  async call(method: string, path: string, manifest?: string): Promise<Reply> {
    const call = request(new URL(path, this.server), {
      method,
      ca: this.ca,
      agent: false,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/yaml" },
    });
    call.end(manifest);
    const [answer] = (await once(call, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of answer.setEncoding("utf8")) text += chunk as string;
    return { code: answer.statusCode!, body: JSON.parse(text) as JsonObject };
  }

  async create(path: string, manifest: string): Promise<JsonObject> {
    const { code, body } = await this.call("POST", path, manifest);
    assert.equal(code, 201, JSON.stringify(body));
    return body;
  }

  /** `TYPE=STATUS` of the conditions in the object's status, also those of parents. */
  async conditions(path: string): Promise<readonly string[]> {
    const { body } = await this.call("GET", path);
    const status = isJsonObject(body["status"]) ? body["status"] : {};
    const { conditions = [], parents = [] } = status as {
      readonly conditions?: readonly Said[];
      readonly parents?: readonly { readonly conditions: readonly Said[] }[];
    };
    return [...conditions, ...parents.flatMap((parent) => parent.conditions)].map(
      ({ type, status: said }) => `${type}=${said}`,
    );
  }
}

interface Said {
  readonly type: string;
  readonly status: string;
}

function classYaml(name: string, controller: string): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: ${name} }
spec: { controllerName: ${controller} }
`;
}

/** Ended as a user ends it, so that the next run finds the folder free. */
async function stop(running: Running): Promise<void> {
  running.child.kill("SIGTERM");
  assert.deepEqual(await running.exit, [0, null]);
}

test("what is written with the kubeconfig is served, and says so in its status", async (context) => {
  const folder = new Folder(context, { "all.yaml": [gatewayYaml, serviceYaml("a")].join("---") });
  const running = new Running(context, [folder.path, "--echo"]);
  const ready = await running.next("ready");
  const place = placeOf(ready);
  const kubeconfig = ready.kubeconfig!;
  assert.equal(statSync(kubeconfig).mode & 0o777, 0o600);
  const client = new Client(kubeconfig);

  await client.create(routes, routeYaml("/", "a"));
  const added = await running.next("change");
  assert.deepEqual(
    added.changed.map(({ change, kind, name }) => [change, kind, name]),
    [["added", "HTTPRoute", "route"]],
  );
  assert.deepEqual(added.files, []);
  assert.equal(serviceIn(await get(place, "/")), "a");
  await until(running, async () =>
    (await client.conditions(`${routes}/route`)).join().includes("Accepted=True,ResolvedRefs=True"),
  );
  await until(running, async () => (await client.conditions(`${gateways}/web`)).includes("Programmed=True"));

  assert.equal((await client.call("DELETE", `${routes}/route`)).code, 200);
  const removed = await running.next("change");
  assert.deepEqual(removed.removed, ["HTTPRoute/default/route"]);
  assert.equal((await get(place, "/")).status, 404);

  await stop(running);
  assert.equal(statSync(kubeconfig, { throwIfNoEntry: false }), undefined, "it goes with the run");
});

test("a Service that has nobody answers at its own address", async (context) => {
  const running = new Running(context, ["--echo"]);
  const client = new Client((await running.next("ready")).kubeconfig!);
  const service = await client.create(
    `${core}/services`,
    serviceYaml("a").replace("port: 80", "port: 28080"),
  );
  await running.next("change");
  const { clusterIP } = service["spec"] as { readonly clusterIP: string };
  assert.match(clusterIP, /^127\.96\./);
  assert.equal(serviceIn(await get({ host: clusterIP, port: 28_080 }, "/")), "a");
});

test("a data folder keeps what was written, without what files no longer say", async (context) => {
  const folder = new Folder(context, {
    "gateway.yaml": [gatewayYaml, serviceYaml("a")].join("---"),
    "route.yaml": routeYaml("/file", "a", "of-file"),
  });
  const data = new Folder(context);
  const words = [folder.path, "--echo", "--data-dir", data.path];
  const first = new Running(context, words);
  const { kubeconfig } = await first.next("ready");
  assert.equal(kubeconfig, join(data.path, "kubeconfig"));
  const { token } = (parse(readFileSync(kubeconfig, "utf8")) as { users: [{ user: { token: string } }] })
    .users[0].user;
  await new Client(kubeconfig).create(routes, routeYaml("/kubectl", "a", "of-kubectl"));
  await first.next("change");
  await stop(first);

  folder.remove("route.yaml");
  const second = new Running(context, words);
  const place = placeOf(await second.next("ready"));
  assert.equal(serviceIn(await get(place, "/kubectl")), "a");
  assert.equal((await get(place, "/file")).status, 404);
  assert.ok(readFileSync(kubeconfig, "utf8").includes(token), "clients keep their credentials");
  const client = new Client(kubeconfig);
  assert.equal((await client.call("GET", `${routes}/of-file`)).code, 404);
  assert.equal((await client.call("GET", `${routes}/of-kubectl`)).code, 200);
});

test("somebody else's file is not overwritten by a kubeconfig", async (context) => {
  const folder = new Folder(context, { foreign: "apiVersion: v1\nkind: Config\nclusters: []\n" });
  const path = join(folder.path, "foreign");
  const before = readFileSync(path, "utf8");
  const running = new Running(context, ["--kubeconfig-out", path]);
  assert.deepEqual(await running.exit, [1, null]);
  assert.equal(readFileSync(path, "utf8"), before);
});

test("in a cluster only the Gateways of our classes are served and spoken of", async (context) => {
  const server = await ApiServer.open({ version: "0.0.0" });
  context.after(() => server.close());
  const kubeconfig = join(new Folder(context).path, "kubeconfig");
  server.writeKubeconfig(kubeconfig);
  const client = new Client(kubeconfig);
  await client.create(`${gatewayApi}/gatewayclasses`, classYaml("prod", controllerName));
  await client.create(`${gatewayApi}/gatewayclasses`, classYaml("other", "example.com/other"));
  await client.create(gateways, gatewayYaml);
  const theirs = gatewayYaml.replace("name: web", "name: theirs");
  await client.create(gateways, theirs.replace("prod", "other"));
  await client.create(gateways, theirs.replace("theirs", "classless").replace("prod", "nobody"));
  await client.create(`${core}/services`, serviceYaml("a"));
  await client.create(routes, routeYaml("/", "a"));

  const running = new Running(context, ["--kubeconfig", kubeconfig, "--echo"]);
  const ready = await running.next("ready");
  assert.equal(ready.kubeconfig, undefined);
  const serving = ready.gateways.filter(({ listeners }) => listeners.length > 0);
  assert.deepEqual(
    serving.map(({ name }) => name),
    ["web"],
  );
  assert.equal(serviceIn(await get(placeOf({ gateways: serving }), "/")), "a");
  await until(running, async () => (await client.conditions(`${gateways}/web`)).includes("Programmed=True"));
  await until(running, async () => (await client.conditions(`${routes}/route`)).includes("Accepted=True"));
  for (const name of ["theirs", "classless"]) {
    const said = await client.conditions(`${gateways}/${name}`);
    assert.ok(!said.some((condition) => condition.endsWith("=True")), `${name}: ${said.join()}`);
  }
  await client.call("DELETE", `${routes}/route`);
  assert.deepEqual((await running.next("change")).removed, ["HTTPRoute/default/route"]);
});
