import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { connect } from "node:tls";
import { headTimeout } from "../../src/proxy/limits.ts";
import type { ProxiedConnection } from "../../src/wire/proxy-protocol/header.ts";
import { readProxyHeader } from "../../src/wire/proxy-protocol/reader.ts";
import { proxyBlock, proxyLine } from "../../src/wire/proxy-protocol/writer.ts";
import { certificate, makeAuthority, makeLeaf } from "./kit/certificates.ts";
import { Clock } from "./kit/clock.ts";
import { listener } from "./kit/program.ts";
import { RawBackend } from "./kit/raw-backend.ts";
import { l4Route, relayScene, tcpBackend } from "./kit/relay-scene.ts";
import { Scene } from "./kit/scene.ts";

const said: ProxiedConnection = {
  source: { host: "192.0.2.7", port: 4711 },
  destination: { host: "198.51.100.9", port: 443 },
};
const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

for (const version of [1, 2] as const) {
  test(`a backend is told who speaks to whom, version ${version}`, async (t) => {
    const backend = await RawBackend.start(t);
    const scene = await relayScene(t, [backend], { backend: { proxyProtocol: version } });
    const client = await scene.connect();
    client.send("hello");
    const upstream = await backend.accept();
    const length = version === 2 ? 28 : (await upstream.takeUntil("\r\n")).length;
    if (version === 2) await upstream.take(length);
    const header = readProxyHeader(upstream.received);
    const { localAddress, localPort } = client.socket;
    assert.deepEqual(header, {
      state: "read",
      length,
      connection: {
        source: { host: localAddress, port: localPort },
        destination: { host: scene.address, port: scene.port },
      },
    });
    assert.equal((await upstream.take(5)).toString(), "hello");
  });
}

test("what a proxy in front says goes on to the backend, header and data in pieces or at once", async (t) => {
  const backend = await RawBackend.start(t);
  const scene = await relayScene(t, [backend], {
    backend: { proxyProtocol: 1 },
    on: { proxyProtocol: true },
  });
  const heads = [Buffer.from(proxyLine(said), "latin1"), proxyBlock(said)];
  for (const head of heads) {
    const whole = await scene.connect();
    whole.send(Buffer.concat([head, Buffer.from("hello")]));
    const first = await backend.accept();
    assert.equal(await first.takeUntil("\r\n"), proxyLine(said));
    assert.equal((await first.take(5)).toString(), "hello");
    const pieces = await scene.connect();
    await pieces.sendInPieces([...head].map((byte) => Buffer.from([byte])));
    const second = await backend.accept();
    assert.equal(await second.takeUntil("\r\n"), proxyLine(said));
    second.send("first word");
    assert.equal((await pieces.take(10)).toString(), "first word");
  }
  const local = await scene.connect();
  local.send("PROXY UNKNOWN\r\n");
  const third = await backend.accept();
  assert.match(await third.takeUntil("\r\n"), new RegExp(`^PROXY TCP4 127[.]0[.]0[.]1 ${scene.address} `));
});

test("without a header, with a wrong one, or too late with it: a reset, and no byte to the backend", async (t) => {
  const clock = new Clock(t);
  const backend = await RawBackend.start(t);
  const scene = await relayScene(t, [backend], { on: { proxyProtocol: true } });
  for (const wrong of [request, "PROXY TCP4 a b 1 2\r\n", "\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0"]) {
    const client = await scene.connect();
    client.send(wrong);
    assert.equal(await client.ended(), "reset", JSON.stringify(wrong));
  }
  const late = await scene.connect();
  await late.sendInPieces(["PROXY TCP4 "]);
  await clock.skip(headTimeout + 1000);
  assert.equal(await late.ended(), "reset");
  const gone = await scene.connect();
  await gone.sendInPieces(["PROXY TCP4 "]);
  gone.end();
  await gone.ended();
  assert.equal(backend.connections.length, 0);
});

test("only a proxy that is trusted may say it, where some are", async (t) => {
  const backend = await RawBackend.answering(t, ok);
  const trusting = { proxyProtocol: true, trustedProxies: ["10.0.0.0/8"] } as const;
  const scene = await Scene.start(t, backend);
  const edit = (more: object) => scene.edit({ listeners: [listener(scene.address, scene.port, more)] });
  await edit(trusting);
  const client = await scene.connect().catch(() => undefined);
  client?.send(proxyLine(said) + request);
  if (client !== undefined) assert.equal(await client.ended(), "reset");
  await edit({ ...trusting, trustedProxies: ["127.0.0.0/8"] });
  const trusted = await scene.connect();
  trusted.send(proxyLine(said) + request);
  assert.equal((await trusted.readResponse()).status, 200);
});

test("HTTP behind a PROXY header: the backend is told the client that the header names", async (t) => {
  const backend = await RawBackend.answering(t, ok);
  const scene = await Scene.start(t, backend);
  await scene.edit({ listeners: [listener(scene.address, scene.port, { proxyProtocol: true })] });
  const client = await scene.connect();
  client.send(proxyLine(said) + request);
  assert.equal((await client.readResponse()).status, 200);
  client.send(request);
  assert.equal((await client.readResponse()).status, 200);
  assert.deepEqual(backend.received.match(/x-forwarded-for: .*/gi), [
    `X-Forwarded-For: ${said.source.host}`,
    `X-Forwarded-For: ${said.source.host}`,
  ]);
});

test("a backend behind TLS that ends here is told the addresses of the connection itself", async (t) => {
  const authority = makeAuthority();
  const raw = await RawBackend.start(t);
  const scene = await relayScene(t, [raw], {
    backend: { proxyProtocol: 1 },
    on: { protocol: "TLS", tls: { certificates: ["c"] } },
  });
  await scene.edit({ certificates: [certificate("c", makeLeaf(authority, { names: ["a.example.com"] }))] });
  const { address: host, port } = scene;
  const client = connect({ host, port, servername: "a.example.com", ca: authority.certificate });
  t.after(() => client.destroy());
  await once(client, "secureConnect");
  client.write("hello");
  const { localAddress, localPort } = client;
  const upstream = await raw.accept();
  assert.equal(
    await upstream.takeUntil("\r\n"),
    `PROXY TCP4 ${localAddress} ${host} ${localPort} ${port}\r\n`,
  );
  assert.equal((await upstream.take(5)).toString(), "hello");
});

test("HTTPS and TLS behind a PROXY header, the ClientHello in the same packet or not", async (t) => {
  const authority = makeAuthority();
  const pair = makeLeaf(authority, { names: ["*.example.com"] });
  const raw = await RawBackend.start(t);
  const scene = await Scene.start(t, await RawBackend.answering(t, ok));
  const place = {
    binds: [{ address: scene.address, port: scene.port }],
    tls: { certificates: ["c"] },
    proxyProtocol: true,
  };
  await scene.edit({
    certificates: [certificate("c", pair)],
    listeners: [
      {
        key: "default/gateway/http",
        protocol: "HTTPS",
        hostname: "web.example.com",
        ...place,
        proxyProtocol: true,
      },
      {
        key: "default/gateway/tls",
        protocol: "TLS",
        hostname: "raw.example.com",
        ...place,
        proxyProtocol: true,
      },
    ],
    l4Routes: [l4Route("raw", { hostnames: ["raw.example.com"], on: "default/gateway/tls" })],
    backends: [tcpBackend("raw", [raw], { proxyProtocol: 2 })],
  });
  const secure = async (servername: string) => {
    const { socket } = await scene.connect();
    socket.removeAllListeners();
    socket.write(proxyLine(said));
    const inside = connect({ socket, servername, ca: authority.certificate });
    t.after(() => inside.destroy());
    await once(inside, "secureConnect");
    return inside;
  };
  const web = await secure("web.example.com");
  web.write("GET / HTTP/1.1\r\nHost: web.example.com\r\n\r\n");
  assert.match(String(await once(web, "data")), /^HTTP\/1\.1 200 /);
  const inside = await secure("raw.example.com");
  inside.write("hello");
  const upstream = await raw.accept();
  assert.deepEqual(await upstream.take(28), proxyBlock(said));
  assert.equal((await upstream.take(5)).toString(), "hello");
});
