import assert from "node:assert/strict";
import { Agent, type IncomingMessage, request as httpRequest } from "node:http";
import { test, type TestContext } from "node:test";
import { HttpBackend } from "./kit/http-backend.ts";
import { http2Backend, http2Client, NodeHttp2Backend, reply } from "./kit/http2-scene.ts";
import { backend, route, rule } from "./kit/program.ts";
import { Scene } from "./kit/scene.ts";

const MiB = Buffer.alloc(1024 * 1024, "0123456789abcde");

/** One exchange, the same whatever carries it. */
interface Case {
  readonly method: string;
  readonly status: number;
  readonly request?: Buffer;
  readonly length: "known" | "unknown";
  readonly requestTrailer?: string;
  readonly response?: Buffer;
  readonly responseTrailer?: string;
  readonly hints?: true;
}

const get: Case = { method: "GET", status: 200, length: "known" };

const cases: Readonly<Record<string, Case>> = {
  "GET without a body": get,
  "GET of a little": { ...get, response: Buffer.from("hello") },
  "GET of 1 MiB": { ...get, response: MiB },
  "GET of an unknown length": { ...get, length: "unknown", response: Buffer.from("hello") },
  "GET of 1 MiB of an unknown length": { ...get, length: "unknown", response: MiB },
  "GET with trailers": { ...get, length: "unknown", response: Buffer.from("sum"), responseTrailer: "7" },
  "GET after a 103": { ...get, response: Buffer.from("hello"), hints: true },
  "GET of 204": { ...get, status: 204 },
  "GET of 304": { ...get, status: 304 },
  "GET of 404": { ...get, status: 404, response: Buffer.from("none") },
  HEAD: { ...get, method: "HEAD", response: Buffer.from("hello") },
  "HEAD of an unknown length": { ...get, method: "HEAD", length: "unknown", response: Buffer.from("hello") },
  DELETE: { ...get, method: "DELETE" },
  "POST of nothing": { ...get, method: "POST" },
  "POST of an empty body": { ...get, method: "POST", request: Buffer.alloc(0) },
  "POST of a little": { ...get, method: "POST", request: Buffer.from("abc"), response: Buffer.from("xyz") },
  "POST of 1 MiB": { ...get, method: "POST", request: MiB, response: MiB },
  "POST of an unknown length": { ...get, method: "POST", length: "unknown", request: Buffer.from("abc") },
  "POST of 1 MiB of an unknown length": {
    ...get,
    method: "POST",
    length: "unknown",
    request: MiB,
    response: MiB,
  },
  "POST with trailers": {
    ...get,
    method: "POST",
    length: "unknown",
    request: Buffer.from("abc"),
    requestTrailer: "6",
    response: Buffer.from("xyz"),
    responseTrailer: "9",
  },
};

/** What one side has seen of a message. */
interface Seen {
  readonly start: string;
  readonly body: Buffer;
  readonly length: string | undefined;
  readonly trailer: string | undefined;
  readonly hints: number;
}

interface Server {
  readonly host: string;
  readonly port: number;
  /** Answers the next request as the case has it, and resolves to what it was. */
  serve(wanted: Case): Promise<Seen>;
}

function lengthOf(body: Buffer | undefined, wanted: Case): Record<string, string> {
  return wanted.length === "unknown" || body === undefined ? {} : { "content-length": String(body.length) };
}

async function startHttp1(t: TestContext): Promise<Server> {
  let take: (
    incoming: IncomingMessage,
    response: Parameters<Parameters<typeof HttpBackend.start>[1]>[1],
  ) => void;
  const { host, port } = await HttpBackend.start(t, (incoming, response) => take(incoming, response));
  const serve = (wanted: Case) =>
    new Promise<Seen>((resolve) => {
      take = (incoming, response) => {
        const pieces: Buffer[] = [];
        incoming.on("data", (piece: Buffer) => pieces.push(piece));
        incoming.on("end", () => {
          if (wanted.hints === true) response.writeEarlyHints({ link: "</a>; rel=preload" });
          const fields = lengthOf(wanted.response, wanted);
          if (wanted.responseTrailer !== undefined) fields["trailer"] = "x-sum";
          response.writeHead(wanted.status, fields);
          if (wanted.responseTrailer !== undefined) response.addTrailers({ "x-sum": wanted.responseTrailer });
          response.end(wanted.response);
          resolve({
            start: `${incoming.method} ${incoming.url}`,
            body: Buffer.concat(pieces),
            length: incoming.headers["content-length"],
            trailer: incoming.trailers["x-sum"],
            hints: 0,
          });
        });
      };
    });
  return { host, port, serve };
}

async function startHttp2(t: TestContext): Promise<Server> {
  let take: (...args: Parameters<Parameters<typeof NodeHttp2Backend.start>[1]>) => void;
  const { host, port } = await NodeHttp2Backend.start(t, (stream, headers) => take(stream, headers));
  const serve = (wanted: Case) =>
    new Promise<Seen>((resolve) => {
      take = (stream, headers) => {
        const pieces: Buffer[] = [];
        let trailer: string | undefined;
        stream.on("trailers", (came) => (trailer = came["x-sum"] as string | undefined));
        stream.on("data", (piece: Buffer) => pieces.push(piece));
        stream.on("end", () => {
          if (wanted.hints === true) stream.additionalHeaders({ ":status": 103, link: "</a>; rel=preload" });
          const { response, responseTrailer } = wanted;
          stream.respond(
            { ":status": wanted.status, ...lengthOf(response, wanted) },
            { endStream: response === undefined, waitForTrailers: responseTrailer !== undefined },
          );
          stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": responseTrailer }));
          if (response !== undefined && !stream.writableEnded) stream.end(response);
          resolve({
            start: `${headers[":method"]} ${headers[":path"]}`,
            body: Buffer.concat(pieces),
            length: headers["content-length"],
            trailer,
            hints: 0,
          });
        });
      };
    });
  return { host, port, serve };
}

/** Sends the request of a case and resolves to what came back. */
type Client = (wanted: Case) => Promise<Seen>;

function http1(t: TestContext, scene: Scene): Promise<Client> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ask: Client = (wanted) =>
    new Promise((resolve, reject) => {
      const headers: Record<string, string> = lengthOf(wanted.request, wanted);
      if (wanted.length === "unknown" && wanted.request !== undefined)
        headers["transfer-encoding"] = "chunked";
      const { method } = wanted;
      const sent = httpRequest(
        { host: scene.address, port: scene.port, path: "/pair", method, headers, agent },
        (incoming) => {
          const pieces: Buffer[] = [];
          incoming.on("data", (piece: Buffer) => pieces.push(piece));
          incoming.on("error", reject);
          incoming.on("end", () => {
            resolve({
              start: String(incoming.statusCode),
              body: Buffer.concat(pieces),
              length: incoming.headers["content-length"],
              trailer: incoming.trailers["x-sum"],
              hints,
            });
          });
        },
      );
      let hints = 0;
      sent.on("information", () => hints++);
      sent.on("error", reject);
      if (wanted.requestTrailer !== undefined) sent.addTrailers({ "x-sum": wanted.requestTrailer });
      sent.end(wanted.request);
    });
  return Promise.resolve(ask);
}

async function http2(t: TestContext, scene: Scene): Promise<Client> {
  const session = await http2Client(t, scene);
  return async (wanted) => {
    const { method, request, requestTrailer } = wanted;
    const stream = session.request(
      { ":method": method, ":path": "/pair", ...lengthOf(request, wanted) },
      { endStream: request === undefined, waitForTrailers: requestTrailer !== undefined },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": requestTrailer }));
    if (request !== undefined) stream.end(request);
    const { status, headers, informational, body, trailers } = await reply(stream);
    return {
      start: String(status),
      body,
      length: headers["content-length"],
      trailer: trailers["x-sum"] as string | undefined,
      hints: informational.length,
    };
  };
}

const clients = { "HTTP/1.1": http1, "HTTP/2": http2 };
const servers = { "HTTP/1.1": startHttp1, "HTTP/2": startHttp2 };

for (const [from, connect] of Object.entries(clients)) {
  for (const [to, start] of Object.entries(servers)) {
    test(`${from} to ${to}: every kind of exchange, on connections that are used again`, async (t) => {
      const server = await start(t);
      const main = to === "HTTP/2" ? http2Backend("main", server) : backend("main", server);
      const scene = await Scene.with(t, { routes: [route([rule("/", "main")])], backends: [main] });
      const ask = await connect(t, scene);
      // Twice, in both orders: what one exchange leaves behind, the next would trip over.
      const all = Object.entries(cases);
      for (const [name, wanted] of [...all, ...all.toReversed()]) {
        const [seen, got] = await Promise.all([server.serve(wanted), ask(wanted)]);
        assert.equal(seen.start, `${wanted.method} /pair`, name);
        assert.ok(seen.body.equals(wanted.request ?? Buffer.alloc(0)), `${name}: body of the request`);
        assert.equal(seen.trailer, wanted.requestTrailer, name);
        if (wanted.request !== undefined && wanted.length === "known" && wanted.request.length > 0)
          assert.equal(seen.length, String(wanted.request.length), name);
        assert.equal(got.start, String(wanted.status), name);
        const bodiless = wanted.method === "HEAD";
        assert.ok(
          got.body.equals((bodiless ? undefined : wanted.response) ?? Buffer.alloc(0)),
          `${name}: body of the answer`,
        );
        assert.equal(got.trailer, wanted.responseTrailer, name);
        assert.equal(got.hints, wanted.hints === true ? 1 : 0, name);
        if (wanted.response !== undefined && wanted.length === "known")
          assert.equal(got.length, String(wanted.response.length), name);
      }
    });
  }
}
