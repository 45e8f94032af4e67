import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Endpoint } from "../src/program/program.ts";
import { Proxy } from "../src/proxy/proxy.ts";
import { change, type Edit, listener } from "../test/blackbox/kit/program.ts";
import { Random } from "./random.ts";

/** Milliseconds within which the proxy must have ended a connection whose client has said its last byte. */
export const patience = 5_000;

export interface Fuzzer {
  readonly name: string;
  /** One input for the codec alone. */
  fuzzCodec(random: Random): void;
  /** Resolves to the port of a backend whose answers are as bad as the requests. */
  startBackend(random: Random): Promise<number>;
  /** Routes and backends of the proxy. */
  program(endpoint: Endpoint): Edit;
  /** One client's connection to the proxy. */
  fuzzProxy(random: Random, port: number): Promise<void>;
}

/** Runs as `script [SECONDS] [SEED]`: throws what was found, and says how much was tried. */
export async function runFuzzer(fuzzer: Fuzzer): Promise<never> {
  const seconds = Number(process.argv[2] ?? 60);
  const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
  console.log(`fuzz/${fuzzer.name}: ${seconds} s, seed ${seed}`);
  const random = new Random(seed);
  const proxy = new Proxy();
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  const endpoint = { host: "127.0.0.1", port: await fuzzer.startBackend(random) };
  const edit = { listeners: [listener("127.0.0.1", port)], ...fuzzer.program(endpoint) };
  assert.deepEqual(await proxy.apply(change(1, edit)), []);
  const end = performance.now() + seconds * 1000;
  let codecRuns = 0;
  let proxyRuns = 0;
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (text: string) => {
    if (text.startsWith("bug: ")) throw new Error(text);
    return write(text);
  };
  while (performance.now() < end) {
    for (let run = 0; run < 200; run++, codecRuns++) fuzzer.fuzzCodec(random);
    const clients = Array.from({ length: 20 }, () => fuzzer.fuzzProxy(random, port));
    proxyRuns += clients.length;
    await Promise.all(clients);
  }
  const cut = await proxy.drain(patience);
  assert.equal(cut, 0, "connections that nobody was on were still there");
  console.log(`${codecRuns} inputs for the codec, ${proxyRuns} connections to the proxy: nothing found`);
  process.exit(0);
}
