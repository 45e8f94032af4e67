import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { after, test, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { emptyChange, type ProgramChange } from "../program/change.ts";
import type { Listener } from "../program/program.ts";
import { type Acknowledged, type WorkerExit, Workers } from "./delivery.ts";

const main = fileURLToPath(new URL("../main.ts", import.meta.url));
const address = "127.83.0.1";

type Edit = ProgramChange["listeners"];

/** Workers, and what they have told; `next` waits for the next acknowledgement that fits. */
class Watched {
  readonly workers: Workers;
  readonly exits: WorkerExit[] = [];
  private readonly acks: Acknowledged[] = [];
  private wake: () => void = () => undefined;

  constructor(t: TestContext, count: number) {
    this.workers = new Workers({
      count,
      command: [main, "worker"],
      onAcknowledged: (ack) => {
        this.acks.push(ack);
        this.wake();
      },
      onFloods: () => undefined,
      onWorkerExit: (exit) => {
        this.exits.push(exit);
        this.wake();
      },
    });
    t.after(() => this.workers.kill());
  }

  /** Codes of all failures so far. */
  get failed(): readonly string[] {
    return this.acks.flatMap(({ failures }) => failures.map(({ code }) => code));
  }

  async until(holds: (last: Acknowledged | undefined) => boolean): Promise<Acknowledged | undefined> {
    while (!holds(this.acks.at(-1))) await new Promise<void>((resolve) => (this.wake = resolve));
    return this.acks.at(-1);
  }
}

async function startBackend(): Promise<Server> {
  const server = createServer((_, response) => response.end("hello"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function freePort(): Promise<number> {
  const server = createTcpServer().listen(0, address);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function listener(port: number, name = "http"): Listener {
  return { key: `default/gateway/${name}`, protocol: "HTTP", binds: [{ address, port }], hostname: "" };
}

function firstProgram(listeners: readonly Listener[], backendPort: number): ProgramChange {
  return {
    version: 1,
    listeners: { set: listeners, remove: [] },
    routes: {
      set: [
        {
          key: "HTTPRoute/default/all",
          namespace: "default",
          name: "all",
          created: 0,
          attachments: listeners.map(({ key }) => ({ listener: key, hostnames: [""] })),
          rules: [
            {
              matches: [{ path: { type: "PathPrefix", value: "/" }, headers: [], query: [] }],
              filters: [],
              destinations: [{ weight: 1, backend: "default/hello:80", filters: [] }],
            },
          ],
        },
      ],
      remove: [],
    },
    l4Routes: { set: [], remove: [] },
    certificates: { set: [], remove: [] },
    backends: {
      set: [{ key: "default/hello:80", endpoints: [{ host: "127.0.0.1", port: backendPort }] }],
      remove: [],
    },
  };
}

/** Status of one request on a connection of its own. */
function get(port: number, host = address): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, agent: false }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode ?? 0));
    });
    sent.on("error", reject);
    sent.end();
  });
}

const backend = await startBackend();
const backendPort = (backend.address() as AddressInfo).port;
after(() => backend.close());

test("all workers serve a version when it is acknowledged", async (t) => {
  const watched = new Watched(t, 2);
  await watched.workers.start();
  const port = await freePort();
  watched.workers.publish(firstProgram([listener(port)], backendPort));
  await watched.until((ack) => ack?.version === 1);
  const statuses = await Promise.all(Array.from({ length: 40 }, () => get(port)));
  assert.deepEqual(new Set(statuses), new Set([200]));
});

test("a killed worker is back within a second with the whole program, and the other never stops", async (t) => {
  const watched = new Watched(t, 2);
  await watched.workers.start();
  const port = await freePort();
  watched.workers.publish(firstProgram([listener(port)], backendPort));
  await watched.until((ack) => ack?.version === 1);
  const [victim, survivor] = watched.workers.pids;
  process.kill(victim!, "SIGKILL");
  const killed = performance.now();
  await watched.until(() => watched.exits.length === 1);
  assert.deepEqual(watched.exits, [{ pid: victim, code: null, signal: "SIGKILL" }]);
  assert.equal(await get(port), 200, "the survivor serves meanwhile");
  assert.equal(watched.workers.pids.length, 2);
  assert.ok(watched.workers.pids.includes(survivor!));
  // The successor counts only when it serves: it is sent version 2 and must acknowledge it.
  watched.workers.publish({ ...firstProgram([], backendPort), version: 2 });
  await watched.until((ack) => ack?.version === 2);
  t.diagnostic(`replaced after ${(performance.now() - killed).toFixed(0)} ms`);
});

test("a port that another program holds is refused, and taken when it is free", async (t) => {
  const other = createTcpServer().listen({ port: 0, host: address, reusePort: process.platform === "linux" });
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const free = await freePort();
  const watched = new Watched(t, 1);
  await watched.workers.start();
  watched.workers.publish(firstProgram([listener(port, "taken"), listener(free, "free")], backendPort));
  const ack = await watched.until((last) => last?.version === 1);
  assert.deepEqual(
    ack?.failures.map(({ listener: key, code }) => [key, code]),
    [["default/gateway/taken", "EADDRINUSE"]],
  );
  assert.equal(await get(free), 200);
  other.close();
  await watched.until((last) => last?.failures.length === 0);
  assert.equal(await get(port), 200);
});

test("an address that this machine does not have is a failure of its listener alone", async (t) => {
  const watched = new Watched(t, 1);
  await watched.workers.start();
  const port = await freePort();
  const nowhere: Listener = { ...listener(port, "nowhere"), binds: [{ address: "192.0.2.1", port }] };
  watched.workers.publish(firstProgram([listener(port), nowhere], backendPort));
  const ack = await watched.until((last) => last?.version === 1);
  assert.deepEqual(
    ack?.failures.map(({ listener: key, code }) => [key, code]),
    [["default/gateway/nowhere", "EADDRNOTAVAIL"]],
  );
  assert.equal(await get(port), 200);
});

test("of two addresses of a listener the one that is taken is held back until it is free", async (t) => {
  const other = createTcpServer().listen({ port: 0, host: address, reusePort: process.platform === "linux" });
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const watched = new Watched(t, 1);
  await watched.workers.start();
  const free = "127.83.0.2";
  const both = [address, free].map((one) => ({ address: one, port }));
  watched.workers.publish(firstProgram([{ ...listener(port), binds: both }], backendPort));
  const ack = await watched.until((last) => last?.version === 1);
  assert.deepEqual(
    ack?.failures.map(({ listener: key, message }) => [key, message]),
    [["default/gateway/http", `Port ${port} of ${address} is taken by another program`]],
  );
  assert.equal(await get(port, free), 200);
  other.close();
  await watched.until((last) => last?.failures.length === 0);
  assert.equal(await get(port), 200);
  assert.equal(await get(port, free), 200);
});

test("a listener that takes the place of another one has its port at once, and so has one that comes back", async (t) => {
  const watched = new Watched(t, 2);
  await watched.workers.start();
  const [port, elsewhere] = [await freePort(), await freePort()];
  const { key } = listener(port);
  watched.workers.publish(firstProgram([listener(port)], backendPort));
  await watched.until((ack) => ack?.version === 1);
  const edits: readonly Edit[] = [
    { set: [listener(port, "renamed")], remove: [key] },
    // Away from the port, and another one there, in whatever order.
    { set: [listener(elsewhere, "renamed"), listener(port, "next")], remove: [] },
    // Nobody waits for the workers in between.
    { set: [], remove: ["default/gateway/next"] },
    { set: [listener(port, "next")], remove: [] },
  ];
  for (const [n, listeners] of edits.entries())
    watched.workers.publish({ ...emptyChange, version: n + 2, listeners });
  await watched.until((ack) => ack?.version === 5);
  assert.deepEqual(watched.failed, []);
});

test("a port that the workers have given up is another program's to take", async (t) => {
  const watched = new Watched(t, 1);
  await watched.workers.start();
  const port = await freePort();
  watched.workers.publish(firstProgram([listener(port)], backendPort));
  await watched.until((ack) => ack?.version === 1);
  const listeners: Edit = { set: [], remove: [listener(port).key] };
  watched.workers.publish({ ...emptyChange, version: 2, listeners });
  await watched.until((ack) => ack?.version === 2);
  const other = createTcpServer().listen({ port, host: address, reusePort: process.platform === "linux" });
  await once(other, "listening");
  t.after(() => other.close());
  watched.workers.publish({ ...emptyChange, version: 3, listeners: { set: [listener(port)], remove: [] } });
  const ack = await watched.until((last) => last?.version === 3);
  assert.deepEqual(
    ack?.failures.map(({ code }) => code),
    ["EADDRINUSE"],
  );
});

test("a port of UDP is free though another program holds the one of TCP, and the other way round", async (t) => {
  const other = createTcpServer().listen(0, address);
  await once(other, "listening");
  t.after(() => other.close());
  const taken = createSocket("udp4").bind({ port: 0, address, exclusive: true });
  await once(taken, "listening");
  t.after(() => taken.close());
  const watched = new Watched(t, 1);
  await watched.workers.start();
  const udp = (port: number, name: string): Listener => ({ ...listener(port, name), protocol: "UDP" });
  const { port } = other.address() as AddressInfo;
  const listeners = [udp(port, "free"), udp(taken.address().port, "taken")];
  watched.workers.publish(firstProgram(listeners, backendPort));
  const ack = await watched.until((last) => last?.version === 1);
  assert.deepEqual(
    ack?.failures.map(({ listener: key, code }) => [key, code]),
    [["default/gateway/taken", "EADDRINUSE"]],
  );
});

test("a drain lets a request finish and takes no new one", async (t) => {
  const watched = new Watched(t, 1);
  await watched.workers.start();
  const slow = createServer((_, response) => slowRequest.resolve(() => response.end("late")));
  const slowRequest = Promise.withResolvers<() => void>();
  slow.listen(0, "127.0.0.1");
  await once(slow, "listening");
  t.after(() => slow.close());
  const port = await freePort();
  watched.workers.publish(firstProgram([listener(port)], (slow.address() as AddressInfo).port));
  await watched.until((ack) => ack?.version === 1);
  const answer = get(port);
  const finish = await slowRequest.promise;
  const drained = watched.workers.drain(10_000);
  finish();
  assert.equal(await answer, 200);
  assert.deepEqual(await drained, { cut: 0 });
  await assert.rejects(get(port));
});

test("a drain cuts at its deadline, and counts", async (t) => {
  const watched = new Watched(t, 1);
  await watched.workers.start();
  const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
  const never = createServer(() => arrive());
  never.listen(0, "127.0.0.1");
  await once(never, "listening");
  t.after(() => never.closeAllConnections());
  t.after(() => never.close());
  const port = await freePort();
  watched.workers.publish(firstProgram([listener(port)], (never.address() as AddressInfo).port));
  await watched.until((ack) => ack?.version === 1);
  const answer = get(port);
  await arrived;
  const drained = watched.workers.drain(100);
  await assert.rejects(answer);
  assert.deepEqual(await drained, { cut: 1 });
});

test("where sockets cannot be shared out by the kernel, workers share one", async (t) => {
  process.env["GATEWRIGHT_SHARED_SOCKETS"] = "1";
  t.after(() => delete process.env["GATEWRIGHT_SHARED_SOCKETS"]);
  const watched = new Watched(t, 2);
  await watched.workers.start();
  const port = await freePort();
  watched.workers.publish(firstProgram([listener(port)], backendPort));
  await watched.until((ack) => ack?.version === 1);
  const statuses = await Promise.all(Array.from({ length: 40 }, () => get(port)));
  assert.deepEqual(new Set(statuses), new Set([200]));
  process.kill(watched.workers.pids[0]!, "SIGKILL");
  await watched.until(() => watched.exits.length === 1);
  assert.equal(await get(port), 200);
});
