import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";
import * as tls from "node:tls";
import { certificate, makeAuthority, makeLeaf } from "./certificates.ts";
import { Peer } from "./peer.ts";
import { RawBackend } from "./raw-backend.ts";
import { l4Route, relayScene, tcpBackend, tcpListener } from "./relay-scene.ts";
import { Scene } from "./scene.ts";
import { accept as acceptKey, asking } from "./web-socket-scene.ts";

/** What one end of a relayed connection says and hears, and the TCP connection below that. */
export interface End {
  readonly peer: Peer;
  readonly tcp: Socket;
}

export interface Relayed {
  readonly scene: Scene;
  readonly client: End;
  readonly upstream: End;
}

const authority = makeAuthority();
const leaf = makeLeaf(authority, { names: ["a.example"] });
const pair = { cert: leaf.certificate, key: leaf.key };

const plain = (peer: Peer): End => ({ peer, tcp: peer.socket });

async function overTcp(t: TestContext): Promise<Relayed> {
  const backend = await RawBackend.start(t);
  const scene = await relayScene(t, [backend]);
  const client = plain(await scene.connect());
  return { scene, client, upstream: plain(await backend.accept()) };
}

/** Whoever speaks TLS does so on a connection that can be reset. */
async function overTls(tcp: Socket): Promise<End> {
  const socket = tls.connect({ socket: tcp, servername: "a.example", ca: authority.certificate });
  await once(socket, "secureConnect");
  return { peer: new Peer(socket), tcp };
}

async function terminated(t: TestContext): Promise<Relayed> {
  const backend = await RawBackend.start(t);
  const scene = await Scene.with(t, { listeners: [] });
  await scene.edit({
    certificates: [certificate("leaf", leaf)],
    listeners: [tcpListener(scene, { protocol: "TLS", tls: { certificates: ["leaf"] } })],
    l4Routes: [l4Route("main", { hostnames: ["a.example"] })],
    backends: [tcpBackend("main", [backend])],
  });
  const raw = await scene.connect();
  raw.socket.removeAllListeners("data");
  const client = await overTls(raw.socket);
  return { scene, client, upstream: plain(await backend.accept()) };
}

async function passedThrough(t: TestContext): Promise<Relayed> {
  const backend = await RawBackend.start(t);
  const scene = await Scene.with(t, { listeners: [] });
  await scene.edit({
    listeners: [tcpListener(scene, { protocol: "TLS", hostname: "" })],
    l4Routes: [l4Route("main", { hostnames: ["a.example"] })],
    backends: [tcpBackend("main", [backend])],
  });
  const client = plain(await scene.connect());
  const hello = await clientHello();
  client.peer.send(hello);
  const upstream = plain(await backend.accept());
  await upstream.peer.take(hello.length);
  return { scene, client, upstream };
}

/** What OpenSSL says first. */
async function clientHello(): Promise<Buffer> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const socket = tls.connect({ host: "127.0.0.1", port, servername: "a.example" });
  socket.on("error", () => undefined);
  const [accepted] = (await once(server, "connection")) as [Socket];
  const [hello] = (await once(accepted, "data")) as [Buffer];
  accepted.destroy();
  socket.destroy();
  server.close();
  return hello;
}

async function toTls(t: TestContext): Promise<Relayed> {
  const accepted = Promise.withResolvers<End>();
  const server = createServer((tcp) => {
    const socket = new tls.TLSSocket(tcp, { isServer: true, ...pair });
    accepted.resolve({ peer: new Peer(socket), tcp });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const backend = { tls: { serverName: "a.example", authorities: authority.certificate } };
  const scene = await relayScene(t, [{ host: "127.0.0.1", port }], { backend });
  const client = plain(await scene.connect());
  client.peer.send("x");
  const upstream = await accepted.promise;
  t.after(() => upstream.tcp.destroy());
  await upstream.peer.take(1);
  return { scene, client, upstream };
}

async function upgraded(t: TestContext): Promise<Relayed> {
  const backend = await RawBackend.start(t);
  const scene = await Scene.start(t, backend);
  const client = plain(await scene.connect());
  client.peer.send(`${asking}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`);
  const upstream = plain(await backend.accept());
  await upstream.peer.readRequest();
  upstream.peer.send(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${acceptKey}\r\n\r\n`,
  );
  await client.peer.readResponse();
  return { scene, client, upstream };
}

/** Everything that two connections are tied together for. */
export const relays: readonly (readonly [string, (t: TestContext) => Promise<Relayed>])[] = [
  ["TCP", overTcp],
  ["TLS that ends here", terminated],
  ["TLS that passes through", passedThrough],
  ["TCP to TLS", toTls],
  ["an HTTP/1.1 upgrade", upgraded],
];
