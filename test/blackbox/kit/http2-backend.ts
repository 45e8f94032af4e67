import { once } from "node:events";
import { createServer, type Http2Server, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

/** A request as `node:http2` has read it. */
export interface Http2Request {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders;
}

/** A backend on `node:http2`, in clear text: somebody else's reading of the standard. */
export class Http2Backend {
  readonly host = "127.0.0.1";
  readonly port: number;
  readonly server: Http2Server;

  private constructor(server: Http2Server) {
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(
    t: TestContext,
    serve: (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void,
  ): Promise<Http2Backend> {
    const server = createServer();
    const sessions = new Set<{ destroy(): void }>();
    server.on("session", (session) => sessions.add(session));
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
    return new Http2Backend(server);
  }
}

/** Resolves when the request was read to its end. */
export async function readHttp2(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): Promise<Http2Request> {
  let trailers: IncomingHttpHeaders = {};
  stream.on("trailers", (received) => (trailers = received));
  const parts: Buffer[] = [];
  stream.on("data", (part: Buffer) => parts.push(part));
  if (!stream.readableEnded) await once(stream, "end");
  return { headers, body: Buffer.concat(parts), trailers };
}
