import {
  METHODS,
  createServer as createHttp1,
  type IncomingMessage,
  type Server as Http1Server,
  type ServerResponse,
} from "node:http";
import { createServer as createHttp2, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import type { HostPort } from "../host-port.ts";
import type { EchoPort } from "../overlay/played-services.ts";
import type { Echo } from "./echo-servers.ts";
import { echoGrpc, isGrpc } from "./grpc.ts";
import { echoWebSocket } from "./websocket.ts";

const loopback = "127.0.0.1";

/**
 * A backend that answers every request with what it was sent, as JSON: `{path, host, method, proto, headers,
 * namespace, ingress, service, pod}`, the form of the echo server of the Gateway API's own tests. WebSockets
 * are accepted and get their frames back, as calls of gRPC get their messages. It speaks HTTP/1.1 and HTTP/2, whichever a connection
 * begins with; one that begins with anything else gets its bytes back, to the last. It listens where its Service is, or, where this
 * machine does not let it, on a free port of the loopback.
 */
export class EchoServer implements Echo {
  private readonly server: Server;
  private readonly http1: Http1Server;
  private readonly sockets = new Set<Socket>();

  private constructor(part: EchoPort) {
    const http1 = createHttp1({ shouldUpgradeCallback: isWebSocket }, (request, response) =>
      answer(part, request, response),
    );
    http1.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      echoWebSocket(socket, request.headers["sec-websocket-key"] ?? "", head),
    );
    this.http1 = http1;
    const http2 = createHttp2((request, response) => {
      if (isGrpc(request)) echoGrpc(part, request, response);
      else answer(part, request, response);
    });
    this.server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once("close", () => this.sockets.delete(socket));
      // A client that vanishes before it has said anything.
      socket.on("error", () => undefined);
      openingOf(socket, (first) => {
        socket.unshift(first);
        // node:http2 reads from below a socket's stream, and would not see what was put back.
        if (isHttp2(first)) http2.emit("connection", wrapped(socket));
        else if (isHttp1(first)) http1.emit("connection", socket);
        else socket.pipe(socket);
        socket.resume();
      });
    });
  }

  static async open(part: EchoPort): Promise<EchoServer> {
    const echo = new EchoServer(part);
    const { clusterIP, port } = part;
    if (clusterIP === undefined || !(await listens(echo.server, { host: clusterIP, port })))
      await listen(echo.server, { host: loopback, port: 0 });
    return echo;
  }

  get target(): HostPort {
    const { address, port } = this.server.address() as AddressInfo;
    return { host: address, port };
  }

  /** Requests that run are finished, then their connections are closed. */
  close(): void {
    this.server.close();
    this.http1.closeIdleConnections();
  }

  /** Cuts everything. */
  abort(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

/** The same bytes as a stream without a handle. */
function wrapped(socket: Socket): Duplex {
  // The types lack what the documentation has.
  return Duplex.from({ readable: socket, writable: socket } as unknown as NodeJS.ReadableStream);
}

/** Calls back once with as many first bytes as it takes to tell HTTP from all else, with the socket paused. */
function openingOf(socket: Socket, take: (first: Buffer) => void): void {
  let first: Buffer = Buffer.alloc(0);
  // What ends before that is no HTTP.
  const giveUp = (): void => void socket.end(first);
  const read = (chunk: Buffer): void => {
    first = Buffer.concat([first, chunk]);
    const text = first.toString("latin1", 0, longestOpening);
    if (openings.some((opening) => opening.length > text.length && opening.startsWith(text))) return;
    socket.off("data", read);
    socket.off("end", giveUp);
    socket.pause();
    take(first);
  };
  socket.on("data", read);
  socket.once("end", giveUp);
}

/** RFC 9113 section 3.4, as far as nothing else begins so. */
const preface = "PRI * HTTP/2";
const openings = [preface, ...METHODS.map((method) => `${method} `)];
const longestOpening = Math.max(...openings.map(({ length }) => length));

function isHttp2(first: Buffer): boolean {
  return first.toString("latin1", 0, preface.length) === preface;
}

/** A method that Node.js can serve, or at least a whole request line of one that it cannot. */
function isHttp1(first: Buffer): boolean {
  const text = first.toString("latin1", 0, longestLine);
  return openings.some((opening) => text.startsWith(opening)) || /^\S+ \S+ HTTP\/1\.\d\r?\n/.test(text);
}

/** Bytes of a request line that are looked at. */
const longestLine = 8192;

function listen(server: Server, place: HostPort): Promise<void> {
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject);
  server.listen({ ...place, exclusive: true }, () => {
    server.off("error", listening.reject);
    listening.resolve();
  });
  return listening.promise;
}

/** Whether this machine has the address, and the port is free and allowed. */
async function listens(server: Server, place: HostPort): Promise<boolean> {
  try {
    await listen(server, place);
    return true;
  } catch {
    return false;
  }
}

/** Other upgrades (`h2c`) are offers that a server may decline by answering as usual (RFC 9110 §7.8). */
function isWebSocket(request: IncomingMessage): boolean {
  const { upgrade = "" } = request.headers;
  return upgrade.toLowerCase() === "websocket" && request.headers["sec-websocket-key"] !== undefined;
}

function answer(
  part: EchoPort,
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): void {
  const body = {
    path: request.url,
    host: request.headers.host ?? String(request.headers[":authority"] ?? ""),
    method: request.method,
    proto: `HTTP/${request.httpVersion}`,
    headers: collectHeaders(request.rawHeaders),
    namespace: part.namespace,
    ingress: "",
    service: part.service,
    pod: `${part.service}-echo`,
  };
  // The body has to be read, or it stands in the way of the connection's next request.
  request.resume();
  request.once("end", () => {
    const text = `${JSON.stringify(body, null, 1)}\n`;
    response.setHeader("Content-Type", "application/json");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Content-Length", Buffer.byteLength(text));
    response.end(text);
  });
}

/** Every value, under the name as it was first written. `Host` is told apart, by name. */
function collectHeaders(raw: readonly string[]): Record<string, string[]> {
  const headers = new Map<string, { name: string; values: string[] }>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const key = name.toLowerCase();
    if (key === "host" || key.startsWith(":")) continue;
    const field = headers.get(key) ?? { name, values: [] };
    field.values.push(raw[index + 1]!);
    headers.set(key, field);
  }
  // `__proto__` is a field name like any other.
  return Object.fromEntries([...headers.values()].map(({ name, values }) => [name, values]));
}
