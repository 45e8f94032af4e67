// npm run test:h2spec: the conformance tests of h2spec against the proxy, in plain text and over TLS.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Proxy } from "../../src/proxy/proxy.ts";
import { certificate, makeAuthority, makeLeaf } from "../blackbox/kit/certificates.ts";
import { backend, change, listener, route, rule } from "../blackbox/kit/program.ts";
import { buildH2spec } from "./program.ts";
import { type Failure, readReport } from "./report.ts";

const host = "127.0.0.1";

/** Tests that must fail, by port, and why that is right. */
const exceptions: Readonly<Record<string, ReadonlyMap<string, string>>> = {
  plain: new Map([
    [
      "http2/3.5 Sends invalid connection preface",
      "what does not begin with the preface is HTTP/1.1 there, and answered with 400",
    ],
  ]),
  TLS: new Map(),
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs h2spec against a port. It runs as a process of its own while this one serves. */
async function run(program: string, port: number, ...more: readonly string[]): Promise<readonly Failure[]> {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-h2spec-"));
  try {
    const report = join(folder, "report.xml");
    const words = ["-h", host, "-p", String(port), "-S", "-j", report, ...more];
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (bytes: Buffer) => (output += bytes.toString()));
    await once(child, "close");
    const result = readReport(readFileSync(report, "utf8"));
    console.log(output.trimEnd().split("\n").at(-1));
    if (result.count === 0) throw new Error(`h2spec has run no test:\n${output}`);
    return result.failures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<number> {
  const program = buildH2spec();
  // One that answers before it has read the request would end streams whose last frames are still to be judged.
  const server = createHttpServer((request, response) => {
    request.resume().once("end", () => response.end("served by the backend"));
  }).listen(0, host);
  await once(server, "listening");
  const plain = await freePort();
  const secure = await freePort();
  const proxy = new Proxy({ secret: randomBytes(32) });
  const leaf = makeLeaf(makeAuthority(), { names: ["localhost"] });
  const failed = await proxy.apply(
    change(1, {
      certificates: [certificate("c", leaf)],
      listeners: [
        listener(host, plain),
        listener(host, secure, {
          key: "default/gateway/https",
          protocol: "HTTPS",
          tls: { certificates: ["c"] },
        }),
      ],
      routes: [
        {
          ...route([rule("/", "main")]),
          attachments: ["http", "https"].map((name) => ({
            listener: `default/gateway/${name}`,
            hostnames: [""],
          })),
        },
      ],
      backends: [backend("main", { host, port: (server.address() as AddressInfo).port })],
    }),
  );
  if (failed.length > 0) throw new Error(failed[0]!.message);
  let faults = 0;
  for (const [name, port, ...more] of [
    ["plain", plain],
    ["TLS", secure, "-t", "-k"],
  ] as const) {
    console.log(`== ${name}`);
    const known = exceptions[name]!;
    const found = await run(program, port, ...more);
    for (const { test, reason } of found) {
      const exception = known.get(test);
      if (exception === undefined) faults++;
      console.log(
        exception === undefined ? `FAILED: ${test}: ${reason}` : `as it should be: ${test}: ${exception}`,
      );
    }
    for (const test of known.keys()) {
      if (found.some((failure) => failure.test === test)) continue;
      faults++;
      console.log(`FAILED: ${test} passes, which is not meant to`);
    }
  }
  await proxy.drain(1000);
  server.closeAllConnections();
  server.close();
  return faults;
}

try {
  process.exitCode = (await main()) === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`npm run test:h2spec: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
