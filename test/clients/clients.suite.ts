// What people have speaks through the proxy: openssl, curl, redis-cli and dig, to servers that are theirs too: `npm run test:clients`.
import assert from "node:assert/strict";
import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createConnection } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { Folder, Running } from "../../src/run/running.ts";
import { unusedEndpoint } from "../blackbox/kit/unused-endpoint.ts";
import { type KeyPair, makeAuthority, makeLeaf } from "../blackbox/kit/certificates.ts";

const tools = {
  openssl: "openssl",
  curl: "curl",
  "redis-server": "redis-server",
  "redis-cli": "redis-tools",
  dnsmasq: "dnsmasq-base",
  dig: "bind9-dnsutils",
} as const;
const missing = Object.entries(tools).filter(([tool]) => spawnSync(tool, ["--version"]).error !== undefined);
if (missing.length > 0) {
  const [names, packages] = [0, 1].map((at) => missing.map((one) => one[at]));
  console.error(`Missing: ${names!.join(", ")}. On Debian: apt-get install ${packages!.join(" ")}`);
  process.exit(1);
}

const run = promisify(execFile);
const authority = makeAuthority();
const ours = makeLeaf(authority, { names: ["*.ours.example"] });

/** The Gateway, with one listener for each of what follows. */
const gateway = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: { name: edge }
spec:
  gatewayClassName: any
  listeners:
    - { name: pass, protocol: TLS, port: 7443, hostname: "*.pass.example", tls: { mode: Passthrough } }
    - name: end
      protocol: TLS
      port: 7443
      hostname: "*.ours.example"
      tls: { mode: Terminate, certificateRefs: [{ name: ours }] }
    - { name: redis, protocol: TCP, port: 6379 }
    - { name: dns-udp, protocol: UDP, port: 5353 }
    - { name: dns-tcp, protocol: TCP, port: 5353 }
`;

function secret(name: string, { certificate, key }: KeyPair): string {
  const data = (text: string): string => Buffer.from(text).toString("base64");
  return `
apiVersion: v1
kind: Secret
type: kubernetes.io/tls
metadata: { name: ${name} }
data: { tls.crt: ${data(certificate)}, tls.key: ${data(key)} }
`;
}

function route(kind: string, name: string, listener: string, service: string, hostname?: string): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: ${kind}
metadata: { name: ${name} }
spec:
  parentRefs: [{ name: edge, sectionName: ${listener} }]
  ${hostname === undefined ? "" : `hostnames: ["${hostname}"]`}
  rules: [{ backendRefs: [{ name: ${service}, port: 1 }] }]
`;
}

function service(name: string, port: number, protocol = "TCP"): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { ports: [{ port: 1, protocol: ${protocol} }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: ${name}-1, labels: { kubernetes.io/service-name: ${name} } }
addressType: IPv4
endpoints: [{ addresses: [127.0.0.1] }]
ports: [{ port: ${port}, protocol: ${protocol} }]
`;
}

/** A run with these resources beside the Gateway, and the address that it serves on. */
async function serve(
  t: TestContext,
  ...resources: readonly string[]
): Promise<{ folder: Folder; address: string }> {
  const all = [gateway, secret("ours", ours), ...resources].join("\n---\n");
  const folder = new Folder(t, { "all.yaml": all, "ca.crt": authority.certificate });
  const running = new Running(t, [join(folder.path, "all.yaml")]);
  const ready = await running.next("ready");
  return { folder, address: ready.gateways[0]!.addresses[0]! };
}

/** A server of somebody else's; resolves when it listens. */
async function start(t: TestContext, port: number, command: string, ...args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: "ignore" });
  t.after(() => child.kill("SIGKILL"));
  for (let connected = false; !connected;) {
    assert.equal(child.exitCode, null, `${command} has ended`);
    const socket = createConnection({ host: "127.0.0.1", port });
    connected = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "close").then(() => false),
    ]).catch(() => false);
    socket.destroy();
  }
}

async function startRedis(t: TestContext): Promise<number> {
  const { port } = await unusedEndpoint();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--daemonize", "no"];
  await start(t, port, "redis-server", ...options);
  return port;
}

/** HTTPS with a certificate of its own. */
async function startSite(t: TestContext): Promise<number> {
  const { certificate: cert, key } = makeLeaf(authority, { names: ["site.pass.example"] });
  const server = createHttps({ cert, key }, (_, response) => response.end("the site's own words\n"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test("curl and openssl s_client: TLS that passes through shows the site's own certificate", async (t) => {
  const { folder, address } = await serve(
    t,
    route("TLSRoute", "site", "pass", "site", "site.pass.example"),
    service("site", await startSite(t)),
  );
  const ca = join(folder.path, "ca.crt");
  const to = `site.pass.example:7443:${address}`;
  const { stdout } = await run("curl", [
    "-sS",
    "--cacert",
    ca,
    "--resolve",
    to,
    "https://site.pass.example:7443/",
  ]);
  assert.equal(stdout, "the site's own words\n");
  const shown = await sClient(address, "site.pass.example", "-CAfile", ca, "-verify_return_error");
  assert.match(shown, /Verify return code: 0 \(ok\)/);
  await assert.rejects(sClient(address, "no.pass.example"), /errno=104|Connection reset/);
  const ended = await sClient(address, "any.ours.example", "-CAfile", ca).catch(String);
  assert.match(ended, /unrecognized|alert|errno/i);
});

/** What `openssl s_client` says to a server that it says nothing to. The server may be in this process, so nobody waits idly. */
async function sClient(address: string, servername: string, ...options: string[]): Promise<string> {
  const to = ["s_client", "-connect", `${address}:7443`, "-servername", servername];
  const running = run("openssl", [...to, ...options]);
  running.child.stdin?.end();
  return (await running).stdout;
}

test("redis-cli: through a TCPRoute, and with TLS that ends at the Gateway", async (t) => {
  const { folder, address } = await serve(
    t,
    route("TCPRoute", "redis", "redis", "redis"),
    route("TLSRoute", "redis", "end", "redis", "redis.ours.example"),
    service("redis", await startRedis(t)),
  );
  const plain = ["-h", address, "-p", "6379"];
  const secure = [
    "-h",
    address,
    "-p",
    "7443",
    "--tls",
    "--sni",
    "redis.ours.example",
    "--cacert",
    join(folder.path, "ca.crt"),
  ];
  const ask = async (args: readonly string[]): Promise<string> =>
    (await run("redis-cli", [...args], { maxBuffer: 1 << 26 })).stdout.trim();
  assert.equal(await ask([...plain, "SET", "greeting", "hello"]), "OK");
  assert.equal(await ask([...secure, "GET", "greeting"]), "hello");
  const long = "v".repeat(100_000);
  assert.equal(await ask([...secure, "SET", "long", long]), "OK");
  assert.equal(await ask([...plain, "GET", "long"]), long);
  const many = Array.from({ length: 10_000 }, (_, i) => `SET key-${i} ${i}\n`).join("");
  const piped = spawnSync("redis-cli", [...plain, "--pipe"], { input: many, encoding: "utf8" });
  assert.match(piped.stdout, /errors: 0, replies: 10000/);
  assert.equal(await ask([...plain, "DBSIZE"]), "10002");
});

test("dig: a name server behind a UDPRoute and, on the same port, a TCPRoute", async (t) => {
  const { port } = await unusedEndpoint();
  const zone = ["--address=/gateway.test/192.0.2.55", ...longAnswer()];
  const options = [
    "--keep-in-foreground",
    "--conf-file=/dev/null",
    "--no-resolv",
    "--no-hosts",
    "--user=root",
  ];
  const bound = [`--port=${port}`, "--listen-address=127.0.0.1", "--bind-interfaces", "--pid-file="];
  await start(t, port, "dnsmasq", ...options, ...bound, ...zone);
  const { address } = await serve(
    t,
    route("UDPRoute", "dns", "dns-udp", "dns-udp"),
    route("TCPRoute", "dns", "dns-tcp", "dns-tcp"),
    service("dns-udp", port, "UDP"),
    service("dns-tcp", port),
  );
  const dig = async (...args: string[]): Promise<string> =>
    (await run("dig", [`@${address}`, "-p", "5353", "+short", "+tries=1", "+time=5", ...args])).stdout.trim();
  assert.equal(await dig("gateway.test"), "192.0.2.55");
  assert.equal(await dig("+tcp", "gateway.test"), "192.0.2.55");
  // Too long for 512 bytes: the answer over UDP says so, and dig asks again over TCP.
  assert.equal((await dig("+noedns", "TXT", "long.test")).split("\n").length, 20);
  for (let i = 0; i < 50; i++) assert.equal(await dig("gateway.test"), "192.0.2.55");
});

function longAnswer(): readonly string[] {
  return Array.from({ length: 20 }, (_, i) => `--txt-record=long.test,${String(i).padStart(60, "x")}`);
}

test("the package that brings each tool is named in the list that CI installs", () => {
  const script = readFileSync(new URL("../../.ci/run", import.meta.url), "utf8");
  for (const [tool, packageName] of Object.entries(tools))
    assert.ok(script.includes(`${tool}:${packageName}`), tool);
});
