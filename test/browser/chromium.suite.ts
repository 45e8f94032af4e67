// Chromium loads a page over HTTP/2 and TLS through the proxy, and talks over a WebSocket and an event stream on it: `npm run test:browser`.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { certificate, makeAuthority, makeLeaf } from "../blackbox/kit/certificates.ts";
import { backend, listener, route, rule } from "../blackbox/kit/program.ts";
import { Scene } from "../blackbox/kit/scene.ts";

const program = ["chromium", "chromium-browser", "google-chrome"].find(
  (name) => spawnSync(name, ["--version"]).status === 0,
);
if (program === undefined) {
  console.error("Chromium is needed: apt-get install chromium");
  process.exit(1);
}

/** What the page finds out, as it writes it down. */
interface Findings {
  readonly page: string;
  readonly script: string;
  readonly images: readonly string[];
  readonly posted: string;
  readonly echo: string;
  readonly events: readonly string[];
}

const images = 20;

const page = `<!doctype html><title>page</title><body>
${Array.from({ length: images }, (_, index) => `<img src="/image/${index}.svg">`).join("")}
<script>
const finding = async () => {
  const posted = await (await fetch("/post", { method: "POST", body: "x".repeat(300000) })).text();
  const echo = await new Promise((resolve, reject) => {
    const socket = new WebSocket("wss://" + location.host + "/socket");
    socket.onerror = () => reject(new Error("the WebSocket failed"));
    socket.onopen = () => socket.send("hello from the page");
    socket.onmessage = ({ data }) => { socket.close(); resolve(data); };
  });
  const events = await new Promise((resolve) => {
    const source = new EventSource("/events");
    const all = [];
    source.onmessage = ({ data }) => { all.push(data); if (all.length === 3) { source.close(); resolve(all); } };
  });
  const protocol = (entry) => entry.nextHopProtocol;
  const resources = performance.getEntriesByType("resource");
  return {
    page: protocol(performance.getEntriesByType("navigation")[0]),
    script: protocol(resources.find(({ name }) => name.endsWith("/post"))),
    images: [...new Set(resources.filter(({ name }) => name.endsWith(".svg")).map(protocol))],
    posted, echo, events,
  };
};
onload = () => finding().catch((error) => ({ error: String(error) }))
  .then((found) => fetch("/found", { method: "POST", body: JSON.stringify(found) }));
</script>`;

const image = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`;

/** A server of HTTP/1.1 behind the proxy. Resolves `found` to what the page reports. */
async function startSite(t: TestContext) {
  const found = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    const url = request.url ?? "";
    if (url === "/") response.writeHead(200, { "content-type": "text/html" }).end(page);
    else if (url.startsWith("/image/"))
      response.writeHead(200, { "content-type": "image/svg+xml" }).end(image);
    else if (url === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const part of ["one", "two", "three"]) response.write(`data: ${part}\n\n`);
    } else if (request.method === "POST") {
      void readBody(request).then((body) => {
        if (url === "/found") found.resolve(JSON.parse(body));
        response.end(`${body.length} bytes`);
      });
    } else response.writeHead(404).end();
  });
  server.on("upgrade", (request, socket) => acceptWebSocket(request, socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: "127.0.0.1", port: (server.address() as AddressInfo).port, found: found.promise };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const part of request) body += String(part);
  return body;
}

/** Says the first message back (RFC 6455), which is short and masked as every client's is. */
function acceptWebSocket(request: IncomingMessage, socket: Duplex): void {
  const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const accept = createHash("sha1").update(key).digest("base64");
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on("error", () => undefined);
  socket.on("data", (bytes: Buffer) => {
    if ((bytes[0]! & 0xf) !== 1) return void socket.end();
    const length = bytes[1]! & 0x7f;
    const mask = bytes.subarray(2, 6);
    const text = bytes.subarray(6, 6 + length).map((byte, index) => byte ^ mask[index % 4]!);
    socket.write(Buffer.concat([Buffer.from([0x81, length]), text]));
  });
}

/** Opens the address in a browser of its own that trusts any certificate, until the test ends. */
function browse(t: TestContext, address: string): void {
  const profile = mkdtempSync(join(tmpdir(), "gatewright-browser-"));
  const child = spawn(
    program!,
    [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--ignore-certificate-errors",
      `--user-data-dir=${profile}`,
      "--remote-debugging-port=0",
      address,
    ],
    { stdio: "ignore" },
  );
  t.after(async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  });
}

test("a page over HTTP/2, its images, an upload, a WebSocket and an event stream", async (t) => {
  const site = await startSite(t);
  const authority = makeAuthority();
  const scene = await Scene.with(t, {
    routes: [route([rule("/", "main")])],
    backends: [backend("main", site)],
  });
  await scene.edit({
    certificates: [certificate("c", makeLeaf(authority, { names: ["localhost"] }))],
    listeners: [{ ...listener(scene.address, scene.port), protocol: "HTTPS", tls: { certificates: ["c"] } }],
  });
  browse(t, `https://${scene.address}:${scene.port}/`);
  const found = (await site.found) as Findings;
  assert.deepEqual(found, {
    page: "h2",
    script: "h2",
    images: ["h2"],
    posted: "300000 bytes",
    echo: "hello from the page",
    events: ["one", "two", "three"],
  });
});
