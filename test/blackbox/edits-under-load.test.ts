import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../src/main.ts", import.meta.url));

const edits = 200;
const requestsPerSecond = 1000;
/** Requests are started in groups, this many milliseconds apart. */
const pace = 10;

async function startBackend(t: TestContext): Promise<number> {
  const server: Server = createServer((_, response) => response.end("ok"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function endpointSlice(service: string, ports: readonly number[]): string {
  return ports
    .map(
      (port, index) => `
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${service}-${index}, labels: { kubernetes.io/service-name: ${service} } }
addressType: IPv4
ports: [{ name: http, port: ${port}, protocol: TCP }]
endpoints: [{ addresses: [127.0.0.1] }]
`,
    )
    .join("---");
}

function service(name: string): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ports: [{ name: http, port: 80 }] }
---`;
}

function route(name: string, host: string, backend: string, path: string, filters: string): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: ${name} }
spec:
  parentRefs: [{ name: gateway }]
  hostnames: [${host}]
  rules:
    - matches: [{ path: { type: PathPrefix, value: ${path} } }]
      filters: [${filters}]
      backendRefs: [{ name: ${backend}, port: 80 }]
`;
}

const gateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: { name: gatewright }
spec: { controllerName: gatewright.example/controller }
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: gateway }
spec:
  gatewayClassName: gatewright
  listeners: [{ name: http, port: 18080, protocol: HTTP }]
`;

/** Requests at a steady rate, whatever becomes of the ones before. */
class Load {
  readonly failures: string[] = [];
  sent = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly timer: NodeJS.Timeout;
  private readonly open = new Set<Promise<void>>();

  constructor(host: string, port: number) {
    const started = performance.now();
    this.timer = setInterval(() => {
      const due = ((performance.now() - started) / 1000) * requestsPerSecond;
      while (this.sent < due) this.send(host, port);
    }, pace);
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
    this.agent.destroy();
  }

  private send(host: string, port: number): void {
    this.sent++;
    const done = new Promise<void>((resolve) => {
      const fail = (what: string) => {
        this.failures.push(what);
        resolve();
      };
      const sent = request(
        { host, port, path: "/r", headers: { host: "a.example" }, agent: this.agent },
        (response) => {
          response.resume();
          response.on("error", (error) => fail(error.message));
          response.on("end", () =>
            response.statusCode === 200 ? resolve() : fail(String(response.statusCode)),
          );
        },
      );
      sent.on("error", (error) => fail(error.message));
      sent.end();
    });
    this.open.add(done);
    void done.then(() => this.open.delete(done));
  }
}

interface RunEvent {
  readonly event: string;
  readonly gateways?: readonly {
    readonly addresses: readonly string[];
    readonly listeners: readonly { readonly port: number }[];
  }[];
}

test(`${edits} edits of routes and backends under ${requestsPerSecond} requests/s: none fails`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-edits-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const ports = [await startBackend(t), await startBackend(t), await startBackend(t)];
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  write("gateway.yaml", gateway);
  write("services.yaml", service("one") + service("two") + endpointSlice("two", [ports[2]!]));
  write("endpoints.yaml", endpointSlice("one", ports.slice(0, 2)));
  write("route.yaml", route("main", "a.example", "one", "/", ""));

  const run = spawn(process.execPath, [main, "run", folder, "--output", "json", "--workers", "2"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => run.kill("SIGKILL"));
  const events = createInterface({ input: run.stdout })[Symbol.asyncIterator]();
  const next = async (name: string): Promise<RunEvent> => {
    for (;;) {
      const { value, done } = await events.next();
      assert.ok(done !== true, `the run ended before "${name}"`);
      const event = JSON.parse(value) as RunEvent;
      assert.notEqual(event.event, "problem", value);
      if (event.event === name) return event;
    }
  };
  const [served] = (await next("ready")).gateways ?? [];
  assert.ok(served);
  const load = new Load(served.addresses[0]!, served.listeners[0]!.port);

  const started = performance.now();
  for (let edit = 0; edit < edits; edit++) {
    // Each kind of edit in turn; every one of them keeps the route servable.
    const turn = Math.floor(edit / 4);
    switch (edit % 4) {
      case 0:
        write(
          "route.yaml",
          route("main", "a.example", turn % 2 === 0 ? "two" : "one", turn % 2 === 0 ? "/r" : "/", ""),
        );
        break;
      case 1:
        write("endpoints.yaml", endpointSlice("one", turn % 2 === 0 ? [ports[1]!] : [ports[0]!, ports[1]!]));
        break;
      case 2:
        write("extra.yaml", route(`extra-${turn}`, "a.example", "two", `/r/${turn}`, ""));
        break;
      default: {
        const filter = `{ type: RequestHeaderModifier, requestHeaderModifier: { set: [{ name: X-Turn, value: "${turn}" }] } }`;
        write("route.yaml", route("main", "a.example", turn % 2 === 0 ? "one" : "two", "/", filter));
      }
    }
    await next("change");
  }
  await load.stop();
  t.diagnostic(`${load.sent} requests in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  assert.deepEqual(load.failures, []);
  assert.ok(load.sent > edits, "the load ran while the edits were made");
});
