import { once } from "node:events";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { Backend, Endpoint } from "../../../src/program/program.ts";
import { backend, route, rule } from "./program.ts";
import { Scene } from "./scene.ts";

/** A backend that is spoken to in HTTP/2. */
export function http2Backend(key: string, ...endpoints: readonly Endpoint[]): Backend {
  return { ...backend(key, ...endpoints), protocol: "HTTP2" };
}

/** Everything goes to these endpoints, in HTTP/2. */
export function http2Scene(t: TestContext, ...endpoints: readonly Endpoint[]): Promise<Scene> {
  return Scene.with(t, {
    routes: [route([rule("/", "main")])],
    backends: [http2Backend("main", ...endpoints)],
  });
}

/** A backend on `node:http2`: somebody else's reading of the standard. */
export class NodeHttp2Backend {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly server: Http2Server;
  readonly sessions: ServerHttp2Session[] = [];

  private constructor(server: Http2Server) {
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on("session", (session) => this.sessions.push(session));
  }

  static async start(
    t: TestContext,
    onStream: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  ): Promise<NodeHttp2Backend> {
    // Megabytes: by default it resets streams of large bodies.
    const server = createServer({ maxSessionMemory: 1000 });
    server.on("stream", (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      stream.on("error", () => undefined);
      onStream(stream, headers);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const started = new NodeHttp2Backend(server);
    t.after(() => {
      for (const session of started.sessions) session.destroy();
      server.close();
    });
    return started;
  }
}

/** A client on `node:http2`. */
export async function http2Client(
  t: TestContext,
  scene: Scene,
  options: Parameters<typeof connect>[1] = {},
): Promise<ClientHttp2Session> {
  const session = connect(scene.origin, { maxSessionMemory: 1000, ...options }, () => undefined);
  session.on("error", () => undefined);
  t.after(() => session.destroy());
  if (session.connecting) await once(session, "connect");
  return session;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly informational: readonly number[];
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders;
}

/** Resolves to the whole answer; rejects when the stream is reset. */
export async function reply(stream: ClientHttp2Stream): Promise<Reply> {
  const pieces: Buffer[] = [];
  const informational: number[] = [];
  let trailers: IncomingHttpHeaders = {};
  let headers: IncomingHttpHeaders = {};
  stream.on("headers", (more) => informational.push(Number(more[":status"])));
  stream.on("response", (came) => (headers = came));
  stream.on("trailers", (came) => (trailers = came));
  stream.on("data", (piece: Buffer) => pieces.push(piece));
  await new Promise<void>((resolve, reject) => {
    stream.once("error", reject);
    stream.once("aborted", () => reject(new Error("aborted")));
    stream.once("end", resolve);
    stream.once("close", () => reject(new Error(`closed with ${stream.rstCode}`)));
  });
  const status = Number((headers as Record<string, unknown>)[":status"]);
  return { status, headers, informational, body: Buffer.concat(pieces), trailers };
}

/** Sends a request with this body and resolves to the answer. */
export function exchange(
  session: ClientHttp2Session,
  headers: OutgoingHttpHeaders,
  body?: Buffer | string,
): Promise<Reply> {
  const stream = session.request(headers, { endStream: body === undefined });
  if (body !== undefined) stream.end(body);
  return reply(stream);
}
