import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { emptyChange } from "../../../program/change.ts";
import { sessionKey } from "../../balance/session-tokens.ts";
import { UdpBind } from "../../bind/udp-bind.ts";
import { Backends } from "../../upstream/backends.ts";
import { Flows } from "./flows.ts";

const most = 8;

test("with too many flows the one used longest ago ends, and those whose clients have shown themselves go last", async (t) => {
  const { flows, client } = await start(t);
  const proven = await client();
  await proven.ask();
  await proven.ask();
  const others = [];
  for (let i = 0; i < most - 1; i++) others.push(await client());
  for (const one of others) await one.ask();
  assert.equal(flows.size, most);
  const [first, second, third] = others;
  const ports = [proven.upstream, first!.upstream, second!.upstream, third!.upstream];
  // The first is used again, and so is not the oldest any more; being proven it would not go in any case.
  await first!.ask();
  const flood = [];
  for (let i = 0; i < most; i++) flood.push(await client());
  await flood[0]!.ask();
  await third!.ask();
  assert.equal(third!.upstream, ports[3], "only the oldest went");
  for (const one of flood.slice(1)) await one.ask();
  assert.equal(flows.size, most);
  for (const one of [proven, first!, third!]) await one.ask();
  assert.deepEqual([proven.upstream, first!.upstream, third!.upstream], [ports[0], ports[1], ports[3]]);
  await second!.ask();
  assert.notEqual(second!.upstream, ports[2]);
  assert.equal(flows.size, most);
});

test("flows that are all proven go by last use", async (t) => {
  const { flows, client } = await start(t);
  const clients = [];
  for (let i = 0; i < most; i++) clients.push(await client());
  for (const one of [...clients, ...clients]) await one.ask();
  const [first, second] = clients;
  const ports = [first!.upstream, second!.upstream];
  await first!.ask();
  await (await client()).ask();
  assert.equal(flows.size, most);
  await first!.ask();
  assert.equal(first!.upstream, ports[0]);
  await second!.ask();
  assert.notEqual(second!.upstream, ports[1]);
});

test("a flow leaves nothing behind", async (t) => {
  const { flows, client, bind } = await start(t);
  for (let i = 0; i < 3 * most; i++) await (await client()).ask();
  assert.deepEqual([flows.size, flows.context.connections.size], [most, most]);
  bind.close();
  assert.deepEqual([flows.size, flows.context.connections.size, flows.room.bytes], [0, 0, 0]);
});

/** A listener whose flows all go to one backend, which answers with the port that it sees. */
async function start(t: TestContext) {
  const backend = await open(t);
  backend.on("message", (_, { port, address }) => backend.send(`${port}`, port, address));
  const backends = new Backends(() => undefined, sessionKey(randomBytes(32)));
  const endpoint = { host: "127.0.0.1", port: backend.address().port };
  backends.apply({
    ...emptyChange,
    backends: { set: [{ key: "main", protocol: "UDP", endpoints: [endpoint] }], remove: [] },
  });
  const flows = new Flows({ backends, connections: new Set(), draining: false }, 1, most);
  const reserved = await open(t);
  const { port } = reserved.address();
  reserved.close();
  const route = { backend: () => "main" };
  const bind = await UdpBind.open({ address: "127.0.0.1", port, chooseL4: () => route }, flows);
  assert.ok(bind instanceof UdpBind);
  t.after(() => bind.close());
  return { flows, bind, client: () => Client.open(t, port) };
}

class Client {
  /** Port of its flow, as the backend sees it. */
  upstream = "";
  private readonly socket: Socket;
  private readonly port: number;

  private constructor(socket: Socket, port: number) {
    this.socket = socket;
    this.port = port;
  }

  static async open(t: TestContext, port: number): Promise<Client> {
    return new Client(await open(t), port);
  }

  async ask(): Promise<void> {
    this.socket.send("", this.port, "127.0.0.1");
    const [answer] = (await once(this.socket, "message")) as [Buffer];
    this.upstream = answer.toString();
  }
}

async function open(t: TestContext): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  t.after(() => {
    try {
      socket.close();
    } catch {
      // Closed before.
    }
  });
  return socket;
}
