import { once } from "node:events";
import {
  connect as connectHttp2,
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { TestContext } from "node:test";
import type { Backend } from "../../../src/program/program.ts";
import { makeAuthority, makeLeaf } from "./certificates.ts";
import { route, rule } from "./program.ts";
import { Scene } from "./scene.ts";

export const key = "dGhlIHNhbXBsZSBub25jZQ==";
/** Of the key (RFC 6455 section 1.3). */
export const accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

/** A request for a WebSocket over HTTP/1.1, without the empty line. */
export const asking =
  "GET /chat?x=1 HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n" +
  `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: soap, wamp\r\n`;

export type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** A backend on `node:http2`: somebody else's reading of RFC 8441. */
export class TunnelBackend {
  readonly backend: Backend;
  readonly sessions: ServerHttp2Session[] = [];

  private constructor(backend: Backend, sessions: ServerHttp2Session[]) {
    this.backend = backend;
    this.sessions = sessions;
  }

  static async start(
    t: TestContext,
    serve: Serve,
    { tls = false, offers = true }: { readonly tls?: boolean; readonly offers?: boolean } = {},
  ): Promise<TunnelBackend> {
    const authority = makeAuthority();
    const { certificate: cert, key: secret } = makeLeaf(authority, { names: ["backend.test"] });
    const settings = { enableConnectProtocol: offers };
    const server = tls ? createSecureServer({ settings, cert, key: secret }) : createServer({ settings });
    const sessions: ServerHttp2Session[] = [];
    server.on("session", (session: ServerHttp2Session) => {
      session.on("error", () => undefined);
      sessions.push(session);
    });
    server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.on("error", () => undefined);
      serve(stream, headers);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    t.after(() => {
      for (const session of sessions) session.destroy();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    return new TunnelBackend(
      {
        key: "main",
        protocol: "HTTP2",
        endpoints: [{ host: "127.0.0.1", port }],
        ...(tls && { tls: { serverName: "backend.test", authorities: authority.certificate } }),
      },
      sessions,
    );
  }

  scene(t: TestContext): Promise<Scene> {
    return Scene.with(t, { routes: [route([rule("/", "main")])], backends: [this.backend] });
  }
}

/** A client's end of a tunnel, or the answer that there is none. */
export interface Opened {
  readonly stream: Duplex;
  readonly status: number;
  /** Of the answer, lower case. */
  readonly fields: IncomingHttpHeaders;
  /** Ends it without a word of farewell. */
  readonly reset: () => void;
  /** Whether the other side has done so. */
  readonly wasReset: () => boolean;
}

export type Open = (t: TestContext, scene: Scene, early?: string) => Promise<Opened>;

export async function rawClient(t: TestContext, scene: Scene): Promise<Socket> {
  const socket = connect({ host: scene.address, port: scene.port, allowHalfOpen: true });
  socket.on("error", () => undefined);
  t.after(() => socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** Reads the head of an answer; what came behind it can be read from the socket. */
export async function readHead(socket: Socket): Promise<Pick<Opened, "status" | "fields">> {
  let text = "";
  while (!text.includes("\r\n\r\n")) text += (await takeSome(socket)).toString("latin1");
  const end = text.indexOf("\r\n\r\n") + 4;
  if (end < text.length) socket.unshift(Buffer.from(text.slice(end), "latin1"));
  const [line = "", ...lines] = text.slice(0, end - 4).split("\r\n");
  const fields = lines.map((one) => [
    one.slice(0, one.indexOf(":")).toLowerCase(),
    one.slice(one.indexOf(":") + 2),
  ]);
  return { status: Number(line.split(" ")[1]), fields: Object.fromEntries(fields) as IncomingHttpHeaders };
}

/** Over HTTP/1.1. */
export const open1: Open = async (t, scene, early = "") => {
  const socket = await rawClient(t, scene);
  let broken = false;
  socket.on("error", (error: NodeJS.ErrnoException) => (broken ||= error.code === "ECONNRESET"));
  socket.write(`${asking}Sec-WebSocket-Key: ${key}\r\n\r\n${early}`);
  return {
    stream: socket,
    ...(await readHead(socket)),
    reset: () => socket.resetAndDestroy(),
    wasReset: () => broken,
  };
};

/** Over HTTP/2. */
export const open2: Open = async (t, scene, early = "") => {
  const session = connectHttp2(scene.origin, { maxSessionMemory: 1000 });
  session.on("error", () => undefined);
  t.after(() => session.destroy());
  await once(session, "remoteSettings");
  const stream = session.request({
    ":method": "CONNECT",
    ":protocol": "websocket",
    ":path": "/chat?x=1",
    ":authority": "a",
    "sec-websocket-version": "13",
    "sec-websocket-protocol": "soap, wamp",
  });
  stream.on("error", () => undefined);
  if (early !== "") stream.write(early);
  const [fields] = (await once(stream, "response")) as [IncomingHttpHeaders];
  const status = Number((fields as Record<string, unknown>)[":status"]);
  return { stream, status, fields, reset: () => stream.close(8), wasReset: () => stream.rstCode === 8 };
};

/** Resolves when nothing more comes or goes, however that came about. What comes until then is dropped. */
export function closed(stream: Duplex): Promise<void> {
  stream.resume();
  return stream.closed ? Promise.resolve() : new Promise((resolve) => stream.once("close", resolve));
}

/** The next bytes, whatever their number; none at the end. */
export async function takeSome(stream: Duplex): Promise<Buffer> {
  for (;;) {
    const some = stream.read() as Buffer | null;
    if (some !== null) return some;
    if (stream.readableEnded || stream.destroyed) return Buffer.alloc(0);
    await new Promise<void>((resolve) => {
      for (const event of ["readable", "end", "close"]) stream.once(event, resolve);
    });
  }
}

/** So many bytes, or what there is until the end. */
export async function take(stream: Duplex, length: number): Promise<string> {
  const parts: Buffer[] = [];
  for (let left = length; left > 0; left -= parts.at(-1)!.length) {
    const some = await takeSome(stream);
    if (some.length === 0) break;
    parts.push(some.subarray(0, left));
    if (some.length > left) stream.unshift(some.subarray(left));
  }
  return Buffer.concat(parts).toString("latin1");
}

/** Everything until the end. */
export async function takeAll(stream: Duplex): Promise<string> {
  let all = "";
  for (;;) {
    const some = await takeSome(stream);
    if (some.length === 0) return all;
    all += some.toString("latin1");
  }
}
