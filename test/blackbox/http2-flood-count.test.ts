import assert from "node:assert/strict";
import { connect } from "node:net";
import { test, type TestContext } from "node:test";
import type { FloodReport } from "../../src/run/report/event.ts";
import {
  Folder,
  gatewayYaml,
  placeOf,
  routeYaml,
  Running,
  serviceYaml,
  sliceYaml,
} from "../../src/run/running.ts";
import { askUntilCut, floods, repeat } from "./kit/floods.ts";
import { code, flag, frame, headers, request, type } from "./kit/http2-frames.ts";
import { Http2Peer } from "./kit/http2-peer.ts";
import { connected, type Peer } from "./kit/peer.ts";
import { RawBackend } from "./kit/raw-backend.ts";

interface Place {
  readonly host: string;
  readonly port: number;
  connect(): Promise<Peer>;
}

/** A run with two workers whose only route sends `/` to this backend, the Service `a`, unless another path is named. */
async function start(
  t: TestContext,
  backend: RawBackend,
  service: string,
  path = "/",
): Promise<[Running, Place]> {
  const folder = new Folder(t, {
    "gateway.yaml": gatewayYaml,
    "service.yaml": service,
    "slice.yaml": sliceYaml("a", backend.port),
    "route.yaml": routeYaml(path, "a"),
  });
  const running = new Running(t, [folder.path, "--workers", "2"]);
  const place = placeOf(await running.next("ready"));
  const connectTo = (): Promise<Peer> => {
    const socket = connect({ ...place, allowHalfOpen: true });
    t.after(() => socket.destroy());
    return connected(socket);
  };
  return [running, { ...place, connect: connectTo }];
}

/** What the run says of floods until so many connections are told of. */
async function toldBy(running: Running, connections: number): Promise<readonly FloodReport[]> {
  const told: FloodReport[] = [];
  while (told.reduce((sum, flood) => sum + flood.connections, 0) < connections)
    told.push(...(await running.next("flood")).floods);
  return told;
}

function sumsOf(entries: readonly (readonly [kind: string, connections: number])[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [kind, connections] of entries) sums[kind] = (sums[kind] ?? 0) + connections;
  return sums;
}

test("connections that are ended for floods are counted by kind and socket, and a neighbour does not notice", async (t) => {
  const backend = await RawBackend.start(t, async (peer) => {
    for (;;) {
      const { line } = await peer.readRequest();
      if (!line.includes("slow")) peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  });
  const [running, place] = await start(t, backend, serviceYaml("a"));
  const neighbour = await Http2Peer.connect(place);
  let stream = -1;
  for (const { name, frames } of floods) {
    const client = await Http2Peer.connect(place);
    client.send(...frames);
    assert.equal((await client.ended()).code, code.calm, name);
    client.peer.reset();
    neighbour.get((stream += 2), "/");
    assert.equal((await neighbour.answer(stream)).status, 200, name);
  }
  // A flood of one connection is news at once; the others follow together, at the latest when the run ends.
  const [first] = await toldBy(running, 1);
  assert.deepEqual(first, {
    kind: floods[0]!.kind,
    peer: "client",
    address: place.host,
    port: place.port,
    connections: 1,
    listeners: ["default/web/http"],
  });
  running.child.kill("SIGTERM");
  const told = [first, ...(await toldBy(running, floods.length - 1))];
  assert.deepEqual(
    sumsOf(told.map(({ kind, connections }) => [kind, connections])),
    sumsOf(floods.map(({ kind }) => [kind, 1])),
  );
  for (const { address, port } of told) assert.deepEqual([address, port], [place.host, place.port]);
  await running.next("stopped");
});

test("a client that asks and reads nothing is counted once", async (t) => {
  // 404 needs no backend, and its head no window.
  const [running, place] = await start(t, await RawBackend.start(t), serviceYaml("a"), "/elsewhere");
  const client = await Http2Peer.connect(place);
  await askUntilCut(client, request("HEAD", "/"));
  const [flood] = await toldBy(running, 1);
  assert.deepEqual([flood!.kind, flood!.connections], ["unread-answers", 1]);
  running.child.kill("SIGTERM");
  await assert.rejects(running.next("flood"), /No event/, "once");
});

test("a backend that floods is named, and its next connection serves", async (t) => {
  let first = true;
  const backend = await RawBackend.start(t, async (peer) => {
    const server = await Http2Peer.accept(peer);
    const isFlooding = first;
    first = false;
    for (;;) {
      const { stream } = await server.find(type.headers);
      if (isFlooding) server.send(...repeat(1000, () => frame(type.ping, 0, 0, "12345678")));
      else server.send(headers(stream, [[":status", "200"]], flag.endStream));
    }
  });
  const service = serviceYaml("a").replace("port: 80", "port: 80, appProtocol: kubernetes.io/h2c");
  const [running, place] = await start(t, backend, service);
  const client = await Http2Peer.connect(place);
  client.get(1, "/");
  assert.equal((await client.answer(1)).status, 502);
  client.get(3, "/");
  assert.equal((await client.answer(3)).status, 200);
  const told = await toldBy(running, 1);
  const { host: address, port } = backend;
  assert.deepEqual(told, [{ kind: "ping", peer: "backend", address, port, connections: 1, listeners: [] }]);
});
