// What most reverse proxies in JavaScript are made of: `node:http` on both sides, an agent that keeps connections, pipes.
import { randomUUID } from "node:crypto";
import { Agent, createServer, request, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import type { FieldEdits } from "../subject/setup.ts";
import { groupByHost, poolSize } from "../subject/setup.ts";
import { readSetup } from "./read-setup.ts";

const setup = readSetup();
const table = groupByHost(setup.routes);
const agent = new Agent({ keepAlive: true, maxFreeSockets: poolSize });
/** RFC 9110 section 7.6.1. Framing is passed on: node:http then sends the body as it came. */
const hopByHop = ["connection", "keep-alive", "proxy-connection", "te", "upgrade"];

const server = createServer({ keepAliveTimeout: 75_000 }, (incoming, outgoing) => {
  const path = incoming.url ?? "/";
  if (!isRouted(incoming.headers.host ?? "", path)) {
    outgoing.writeHead(404).end();
    return;
  }
  const upstream = request(
    {
      agent,
      host: "127.0.0.1",
      port: setup.upstreamPort,
      method: incoming.method ?? "GET",
      path: (setup.edits?.pathPrefix ?? "") + path,
      headers: forwardedFields(incoming),
    },
    (response) => {
      const fields = withoutHops(response.headers);
      if (setup.edits !== undefined) edit(fields, setup.edits.response);
      outgoing.writeHead(response.statusCode ?? 502, fields);
      response.pipe(outgoing);
    },
  );
  upstream.on("error", () => {
    if (outgoing.headersSent) outgoing.destroy();
    else outgoing.writeHead(502).end();
  });
  // Without a body there is nothing to wait for.
  if (incoming.headers["content-length"] === undefined && incoming.headers["transfer-encoding"] === undefined)
    upstream.end();
  else incoming.pipe(upstream);
});
server.listen(setup.port, "127.0.0.1");

function isRouted(authority: string, target: string): boolean {
  const prefixes = table.get(authority.split(":", 1)[0]!.toLowerCase());
  const path = target.split("?", 1)[0]!;
  return prefixes?.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)) ?? false;
}

function forwardedFields({ headers, socket }: IncomingMessage): OutgoingHttpHeaders {
  const fields = withoutHops(headers);
  const client = socket.remoteAddress ?? "";
  const before = headers["x-forwarded-for"];
  fields["x-forwarded-for"] = before === undefined ? client : `${String(before)}, ${client}`;
  fields["x-forwarded-proto"] = "http";
  fields["x-forwarded-host"] = headers.host;
  fields["x-request-id"] ??= randomUUID();
  if (setup.edits !== undefined) edit(fields, setup.edits.request);
  return fields;
}

function withoutHops(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const fields = { ...headers };
  for (const name of hopByHop) delete fields[name];
  return fields;
}

function edit(fields: OutgoingHttpHeaders, { set, add, remove }: FieldEdits): void {
  fields[set.name.toLowerCase()] = set.value;
  const name = add.name.toLowerCase();
  const before = fields[name];
  fields[name] = before === undefined ? add.value : `${String(before)}, ${add.value}`;
  delete fields[remove.toLowerCase()];
}
