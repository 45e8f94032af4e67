import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** A request as a backend saw it. */
export interface SeenRequest {
  readonly backend: string;
  readonly method: string;
  readonly host: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/**
 * Plays one backend of a case: answers with what it saw. `x-echo-delay: 500ms` makes it wait first, `x-echo-header: Name=value`
 * adds a field to the answer.
 */
export async function startStandIn(backend: string): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const delay = request.headers["x-echo-delay"];
    const seen: SeenRequest = {
      backend,
      method: request.method ?? "",
      host: request.headers.host ?? "",
      path: request.url ?? "",
      headers: request.headers,
    };
    for (const field of request.headersDistinct["x-echo-header"] ?? []) {
      const [name = "", ...value] = field.split("=");
      response.appendHeader(name, value.join("="));
    }
    request.resume();
    setTimeout(() => response.end(JSON.stringify(seen)), Number.parseInt(String(delay ?? "0"), 10));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}
