import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { Random } from "../../fuzz/random.ts";
import type { Endpoint } from "../../src/program/program.ts";
import { readStream, writeStream } from "./kit/byte-stream.ts";
import { relayScene, tcpBackend } from "./kit/relay-scene.ts";

const connections = 10_000;
const atOnce = 100;

/** What one connection is to carry, told to the backend in its first eight bytes. */
interface Plan {
  readonly id: number;
  readonly up: number;
  readonly down: number;
  /** Who resets the connection when the other end has taken all that he says. */
  readonly resets: "client" | "backend" | undefined;
}

function planOf(id: number, seed: number): Plan {
  const random = new Random(seed + id);
  const size = (): number =>
    random.chance(0.01) ? random.below(2_000_000) : Math.floor(random.next() ** 4 * 30_000);
  const resets = id % 100 === 7 ? "client" : id % 100 === 57 ? "backend" : undefined;
  return { id, up: size(), down: size(), resets };
}

/** Sends what the plan says and compares what comes, both at once. */
async function carry(socket: Socket, plan: Plan, isClient: boolean, seed: number): Promise<void> {
  const { id, up, down, resets } = plan;
  const random = new Random(seed ^ id);
  const [sent, came] = isClient ? [up, down] : [down, up];
  const [own, other] = isClient ? [2 * id, 2 * id + 1] : [2 * id + 1, 2 * id];
  if (resets === (isClient ? "client" : "backend")) {
    socket.on("error", () => undefined).resume();
    return writeStream(socket, own, sent, random, "reset");
  }
  if (resets !== undefined) {
    // What is said to somebody who resets leads nowhere.
    void writeStream(socket, own, sent, new Random(seed)).catch(() => undefined);
    return readStream(socket, other, came, random, "reset");
  }
  const read = readStream(socket, other, came, random);
  // Some wait for the other side's last word before they say their own.
  const waits = !isClient && new Random(seed + id + 1).chance(0.3);
  if (waits) await read;
  await Promise.all([read, writeStream(socket, own, sent, random)]);
}

async function startBackend(
  t: TestContext,
  seed: number,
  outcome: (work: Promise<void>) => void,
): Promise<Endpoint> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.once("readable", function take() {
      const name = socket.read(4) as Buffer | null;
      if (name === null) socket.once("readable", take);
      else outcome(carry(socket, planOf(name.readUInt32BE(), seed), false, seed));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

test(`${connections} connections carry random pieces both ways while endpoints change, and some are reset: every byte is compared`, async (t) => {
  const seed = Number(process.env["SEED"] ?? Date.now() % 2 ** 31);
  t.diagnostic(`SEED=${seed}`);
  const outcomes: Promise<void>[] = [];
  const outcome = (work: Promise<void>): void => {
    work.catch(() => undefined);
    outcomes.push(work);
  };
  const endpoints = await Promise.all([1, 2, 3].map(() => startBackend(t, seed, outcome)));
  const scene = await relayScene(t, endpoints);
  let started = 0;
  const work = async (): Promise<void> => {
    while (started < connections) {
      const plan = planOf(started++, seed);
      // Endpoints come and go; what runs stays where it is.
      if (plan.id % 20 === 0) {
        const kept = endpoints.filter((_, i) => i !== (plan.id / 20) % 4);
        await scene.edit({ backends: [tcpBackend("main", kept)] });
      }
      const socket = connect({ host: scene.address, port: scene.port, allowHalfOpen: true, noDelay: true });
      await once(socket, "connect");
      const name = Buffer.alloc(4);
      name.writeUInt32BE(plan.id);
      socket.write(name);
      await carry(socket, plan, true, seed);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  await Promise.all(outcomes);
  assert.equal(outcomes.length, connections);
});
