import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import {
  Folder,
  gatewayYaml,
  get,
  placeOf,
  routeYaml,
  Running,
  serviceIn,
  serviceYaml,
  sliceYaml,
  until,
} from "./running.ts";

async function listen(context: TestContext, server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

function own(context: TestContext, text = "own"): Promise<number> {
  return listen(
    context,
    createServer((_, response) => response.end(text)),
  );
}

function codeOf(error: NodeJS.ErrnoException): string | undefined {
  return error.code;
}

test("ready means served; an edit is followed; a bad edit keeps the last good; SIGTERM drains", async (context) => {
  const folder = new Folder(context, {
    "gateway.yaml": gatewayYaml,
    "services.yaml": [serviceYaml("a"), serviceYaml("b")].join("---"),
    "route.yaml": routeYaml("/", "a"),
  });
  const running = new Running(context, [folder.path, "--echo"]);
  const ready = await running.next("ready");
  assert.deepEqual(ready.problems, []);
  assert.deepEqual(ready.conditions, []);
  assert.match(ready.notices.join(), /GatewayClass prod is not defined/);
  assert.match(ready.gateways[0]!.addresses[0]!, /^127\.9\.0\.\d+$/);
  const place = placeOf(ready);
  assert.equal(serviceIn(await get(place, "/")), "a");

  folder.write("route.yaml", routeYaml("/b", "b"));
  const change = await running.next("change");
  assert.deepEqual(change.changed, [
    { change: "changed", kind: "HTTPRoute", namespace: "default", name: "route" },
  ]);
  assert.ok(change.elapsedMs! >= 0, `${change.elapsedMs} ms`);
  assert.match(change.files.join(), /route\.yaml$/);
  assert.equal(serviceIn(await get(place, "/b")), "b");
  assert.equal((await get(place, "/")).status, 404);

  folder.write("route.yaml", routeYaml("/c", "b").replace("rules", "rulez"));
  const { problems } = await running.next("problem", (event) => event.problems.length > 0);
  assert.match(problems[0]!.text, /route\.yaml:7.*rulez[^]*rules/);
  assert.equal(serviceIn(await get(place, "/b")), "b");
  folder.write("route.yaml", routeYaml("/c", "b"));
  assert.equal((await running.next("problem")).fixed.length, 1);
  await running.next("change");
  assert.equal(serviceIn(await get(place, "/c")), "b");

  running.child.kill("SIGTERM");
  assert.equal((await running.next("stopping")).signal, "SIGTERM");
  assert.equal((await running.next("stopped")).cut, 0);
  assert.deepEqual(await running.exit, [0, null]);
});

test("a request under way is finished, while nobody new is let in", async (context) => {
  const waiting = Promise.withResolvers<ServerResponse>();
  const port = await listen(
    context,
    // Whoever comes before the doors are shut is not to wait as well.
    createServer((call, response) => (call.url === "/slow" ? waiting.resolve(response) : response.end())),
  );
  const folder = new Folder(context, { "all.yaml": [gatewayYaml, routeYaml("/", "slow")].join("---") });
  const running = new Running(context, [folder.path, "--backend", `default/slow:80=127.0.0.1:${port}`]);
  const place = placeOf(await running.next("ready"));
  const answer = get(place, "/slow");
  const response = await waiting.promise;
  running.child.kill("SIGINT");
  await running.next("stopping");
  await until(running, async () => (await get(place, "/").catch(codeOf)) === "ECONNREFUSED");
  response.end("late");
  assert.deepEqual(await answer, { status: 200, text: "late" });
  await running.next("stopped");
  assert.deepEqual(await running.exit, [0, null]);
});

test("a second signal some time later ends it at once", async (context) => {
  const waiting = Promise.withResolvers<void>();
  const port = await listen(
    context,
    createServer(() => waiting.resolve()),
  );
  const folder = new Folder(context, { "all.yaml": [gatewayYaml, routeYaml("/", "never")].join("---") });
  const running = new Running(context, [folder.path, "--backend", `default/never:80=127.0.0.1:${port}`]);
  const answer = get(placeOf(await running.next("ready")), "/").catch(codeOf);
  await waiting.promise;
  running.child.kill("SIGTERM");
  await running.next("stopping");
  // What counts is the time that passes between two signals.
  await new Promise((resolve) => setTimeout(resolve, 600));
  running.child.kill("SIGTERM");
  assert.deepEqual(await running.exit, [130, null]);
  assert.equal(await answer, "ECONNRESET");
});

test("the echo server gives way to endpoints, and takes over again", async (context) => {
  const port = await own(context);
  const folder = new Folder(context, {
    "all.yaml": [gatewayYaml, serviceYaml("a"), routeYaml("/", "a")].join("---"),
  });
  const running = new Running(context, [folder.path, "--echo"]);
  const ready = await running.next("ready");
  const place = placeOf(ready);
  assert.equal(serviceIn(await get(place, "/")), "a");
  const echo = ready.backends[0]!.target;
  assert.equal(serviceIn(await get(echo, "/")), "a");
  folder.write("slice.yaml", sliceYaml("a", port));
  await running.next("change");
  assert.equal((await get(place, "/")).text, "own");
  await assert.rejects(get(echo, "/"), { code: "ECONNREFUSED" });
  folder.remove("slice.yaml");
  const change = await running.next("change");
  assert.deepEqual(
    change.backends.map(({ service, by }) => [service, by]),
    [["a", "echo"]],
  );
  assert.equal(serviceIn(await get(place, "/")), "a");
});

function annotated(value: string): string {
  return serviceYaml("a").replace("name: a", `name: a, annotations: { gatewright.dev/backend: "${value}" }`);
}

test("an annotation sends requests to a server of one's own; a wrong one is a problem", async (context) => {
  const port = await own(context);
  const folder = new Folder(context, {
    "route.yaml": [gatewayYaml, routeYaml("/", "a")].join("---"),
    "service.yaml": annotated("nowhere"),
  });
  const running = new Running(context, [folder.path]);
  const ready = await running.next("ready");
  assert.match(
    ready.problems[0]!.text,
    /Service default\/a: annotation gatewright.dev\/backend: "nowhere" is not allowed/,
  );
  assert.equal((await get(placeOf(ready), "/")).status, 503);
  folder.write("service.yaml", annotated(`localhost:${port}`));
  await running.next("change");
  assert.equal((await get(placeOf(ready), "/")).text, "own");
});

test("a port that another program has is reported, and served once it is free", async (context) => {
  const server = createServer();
  const port = await listen(context, server);
  const gateway = gatewayYaml.replace("port: 80", `port: ${port}`);
  const folder = new Folder(context, {
    "all.yaml": [gateway, serviceYaml("a"), routeYaml("/", "a")].join("---"),
  });
  const running = new Running(context, [folder.path, "--echo", "--address", "127.0.0.1"]);
  const ready = await running.next("ready");
  assert.deepEqual(ready.gateways[0]!.listeners, []);
  assert.deepEqual(
    ready.gateways[0]!.idle.map(({ specPort }) => specPort),
    [port],
  );
  assert.match(JSON.stringify(ready.conditions), /listener http.*PortUnavailable/);
  assert.deepEqual(ready.try, []);
  server.close();
  const change = await running.next("change");
  assert.equal(change.elapsedMs, undefined);
  assert.ok(change.cleared.length > 0);
  assert.equal(serviceIn(await get(placeOf(change), "/")), "a");
});

test("Gateways have addresses of their own; edits of one leave the other where it is", async (context) => {
  const second = gatewayYaml.replace("name: web", "name: other");
  const folder = new Folder(context, {
    "1.yaml": gatewayYaml,
    "2.yaml": second,
    "route.yaml": [
      serviceYaml("a"),
      routeYaml("/", "a").replace("[{ name: web }]", "[{ name: web }, { name: other }]"),
    ].join("---"),
  });
  const running = new Running(context, [folder.path, "--echo"]);
  const ready = await running.next("ready");
  const [other, web] = [placeOf(ready, 0), placeOf(ready, 1)];
  assert.deepEqual(
    ready.gateways.map(({ name }) => name),
    ["other", "web"],
  );
  assert.notEqual(web.host, other.host);
  for (const place of [web, other]) assert.equal(serviceIn(await get(place, "/")), "a");
  folder.remove("1.yaml");
  const change = await running.next("change");
  assert.deepEqual(change.removed, ["Gateway/default/web"]);
  assert.match(
    JSON.stringify(change.conditions),
    /No Gateway of the files is meant by: Gateway default\/web/,
  );
  assert.equal(serviceIn(await get(other, "/")), "a");
  await assert.rejects(get(web, "/"), { code: "ECONNREFUSED" });
  // What was said is not said again.
  folder.write("2.yaml", second.replace("name: other", "name: other, labels: { edited: once }"));
  assert.deepEqual((await running.next("change")).conditions, []);
});

test("a worker that dies is told of and replaced", async (context) => {
  const folder = new Folder(context, {
    "all.yaml": [gatewayYaml, serviceYaml("a"), routeYaml("/", "a")].join("---"),
  });
  const running = new Running(context, [folder.path, "--echo"]);
  const place = placeOf(await running.next("ready"));
  const worker = Number(
    execFileSync("pgrep", ["-P", `${running.child.pid}`])
      .toString()
      .trim(),
  );
  process.kill(worker, "SIGKILL");
  assert.deepEqual(await running.next("worker-exit"), {
    event: "worker-exit",
    pid: worker,
    code: null,
    signal: "SIGKILL",
  });
  // The successor serves the same program: the next edit is acknowledged by it.
  folder.write("more.yaml", serviceYaml("b"));
  await running.next("change");
  await until(running, () =>
    get(place, "/").then(
      (answer) => serviceIn(answer) === "a",
      () => false,
    ),
  );
});

test("without anything to serve it runs, says so and follows", async (context) => {
  const folder = new Folder(context, { "all.yaml": serviceYaml("a") });
  const running = new Running(context, [folder.path, "--echo"]);
  const ready = await running.next("ready");
  assert.deepEqual([ready.gateways, ready.version], [[], 0]);
  folder.write("rest.yaml", [gatewayYaml, routeYaml("/", "a")].join("---"));
  assert.equal(serviceIn(await get(placeOf(await running.next("change")), "/")), "a");
});

test("serving goes on when nobody reads the report any more", async (context) => {
  const folder = new Folder(context, {
    "all.yaml": [gatewayYaml, serviceYaml("a"), routeYaml("/", "a")].join("---"),
  });
  const running = new Running(context, [folder.path, "--echo"]);
  const place = placeOf(await running.next("ready"));
  running.child.stdout.destroy();
  folder.write("all.yaml", [gatewayYaml, serviceYaml("a"), routeYaml("/new", "a")].join("---"));
  await until(running, async () => (await get(place, "/new")).status === 200);
  running.child.kill("SIGTERM");
  assert.deepEqual(await running.exit, [0, null]);
});

const hasCurl = spawnSync("curl", ["--version"]).status === 0;

test(
  "the commands that the quickstart prints work",
  { skip: hasCurl ? false : "no curl on this machine" },
  async (context) => {
    const quickstart = fileURLToPath(new URL("../../examples/quickstart", import.meta.url));
    const running = new Running(context, [quickstart, "--echo", "--no-follow"]);
    const ready = await running.next("ready");
    assert.deepEqual([ready.problems, ready.conditions, ready.skipped], [[], [], []]);
    assert.ok(ready.try.length >= 8);
    for (const command of ready.try) {
      const status = execFileSync("sh", ["-c", `${command} -s -o /dev/null -w '%{http_code}'`]).toString();
      assert.match(status, /^(200|301)$/, command);
    }
  },
);
