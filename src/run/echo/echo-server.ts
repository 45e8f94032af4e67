import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { HostPort } from "../host-port.ts";
import type { EchoPort } from "../overlay/played-services.ts";
import { echoWebSocket } from "./websocket.ts";

const loopback = "127.0.0.1";

/**
 * A backend that answers every request with what it was sent, as JSON: `{path, host, method, proto, headers,
 * namespace, ingress, service, pod}`, the form of the echo server of the Gateway API's own tests. WebSockets
 * are accepted and get their frames back. It listens where its Service is, or, where this machine does not let it,
 * on a free port of the loopback.
 */
export class EchoServer {
  private readonly server: Server;

  private constructor(server: Server) {
    this.server = server;
  }

  static async open(part: EchoPort): Promise<EchoServer> {
    const server = createServer({ shouldUpgradeCallback: isWebSocket }, (request, response) =>
      answer(part, request, response),
    );
    server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) =>
      echoWebSocket(socket, request.headers["sec-websocket-key"] ?? "", head),
    );
    const { clusterIP, port } = part;
    if (clusterIP !== undefined && (await listens(server, { host: clusterIP, port })))
      return new EchoServer(server);
    await listen(server, { host: loopback, port: 0 });
    return new EchoServer(server);
  }

  get target(): HostPort {
    const { address, port } = this.server.address() as AddressInfo;
    return { host: address, port };
  }

  /** Requests that run are finished, then its connections are closed. */
  close(): void {
    this.server.close();
  }

  /** Cuts everything. */
  abort(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

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

function answer(part: EchoPort, request: IncomingMessage, response: ServerResponse): void {
  const body = {
    path: request.url,
    host: request.headers.host ?? "",
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
    response.setHeader("Content-Type", "application/json");
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.end(`${JSON.stringify(body, null, 1)}\n`);
  });
}

/** Every value, under the name as it was first written. `Host` is told apart, by name. */
function collectHeaders(raw: readonly string[]): Record<string, string[]> {
  const headers = new Map<string, { name: string; values: string[] }>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index]!;
    const key = name.toLowerCase();
    if (key === "host") continue;
    const field = headers.get(key) ?? { name, values: [] };
    field.values.push(raw[index + 1]!);
    headers.set(key, field);
  }
  // `__proto__` is a field name like any other.
  return Object.fromEntries([...headers.values()].map(({ name, values }) => [name, values]));
}
