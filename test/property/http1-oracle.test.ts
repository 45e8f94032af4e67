import assert from "node:assert/strict";
import { once } from "node:events";
import {
  type ClientRequest,
  createServer as createHttpServer,
  METHODS,
  type RequestListener,
  request as httpRequest,
} from "node:http";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { test } from "node:test";
import * as fc from "fast-check";
import { requests, responses } from "./http1-arbitraries.ts";
import { readRequests, readResponse, type Seen } from "./http1-stream.ts";

/** A few seconds' worth; more with `RUNS=100000`. */
const numRuns = Number(process.env["RUNS"] ?? 4000);

/** Resolves to what node:http makes of the bytes, before the connection ends or it refuses them. */
type Oracle = (bytes: Buffer) => Promise<readonly Seen[]>;

async function startServer(close: (stop: () => void) => void): Promise<Oracle> {
  const seen = new Map<string, Seen[]>();
  const done = new Map<string, () => void>();
  const keyOf = (socket: Socket) => `${socket.remoteAddress} ${socket.remotePort}`;
  const server = createHttpServer({ insecureHTTPParser: false, keepAliveTimeout: 0 });
  const take: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    const list = seen.get(keyOf(request.socket));
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString("latin1");
      list?.push({ start: `${request.method} ${request.url}`, fields: request.rawHeaders, body });
      response.end();
    });
    request.on("error", () => undefined);
  };
  server.on("request", take);
  server.on("checkContinue", take);
  server.on("checkExpectation", take);
  server.on("clientError", (_, socket) => socket.destroy());
  server.on("connection", (socket) => {
    const key = keyOf(socket);
    socket.on("close", () => done.get(key)?.());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  close(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return async (bytes) => {
    const socket = connect({ port, host: "127.0.0.1" });
    await once(socket, "connect");
    const key = `${socket.localAddress} ${socket.localPort}`;
    const list: Seen[] = [];
    seen.set(key, list);
    const closed = new Promise<void>((resolve) => done.set(key, resolve));
    socket.on("error", () => undefined);
    socket.resume().end(bytes);
    await closed;
    seen.delete(key);
    done.delete(key);
    return list;
  };
}

async function startClient(close: (stop: () => void) => void): Promise<Oracle> {
  const answers = new Map<string, Buffer>();
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (bytes) => {
      const name = /^GET \/(\S+)/.exec(bytes.toString("latin1"))?.[1] ?? "";
      socket.end(answers.get(name) ?? "");
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  close(() => server.close());
  const { port } = server.address() as AddressInfo;
  let next = 0;
  return async (bytes) => {
    const name = String(next++);
    answers.set(name, bytes);
    const list: Seen[] = [];
    await new Promise<void>((resolve) => {
      const request: ClientRequest = httpRequest(
        { port, host: "127.0.0.1", path: `/${name}`, agent: false },
        (response) => {
          const pieces: Buffer[] = [];
          response.on("data", (piece: Buffer) => pieces.push(piece));
          response.on("end", () => {
            const body = Buffer.concat(pieces).toString("latin1");
            list.push({ start: String(response.statusCode), fields: response.rawHeaders, body });
            resolve();
          });
          response.on("error", () => resolve());
        },
      );
      request.on("error", () => resolve());
      request.on("close", () => resolve());
      request.end();
    });
    answers.delete(name);
    return list;
  };
}

/** Node knows a list of methods, the standard does not. */
function isKnownMethod({ start }: Seen): boolean {
  return METHODS.includes(start.slice(0, start.indexOf(" ")));
}

test("a request that we accept is one that node:http accepts, and both read the same", async (t) => {
  const oracle = await startServer((stop) => t.after(stop));
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(requests, async (text) => {
      const bytes = Buffer.from(text, "latin1");
      const ours = readRequests(bytes);
      const end = ours.findIndex((message) => !isKnownMethod(message));
      const known = end < 0 ? ours : ours.slice(0, end);
      if (known.length === 0) return;
      accepted += known.length;
      assert.deepEqual((await oracle(bytes)).slice(0, known.length), known);
    }),
    { numRuns },
  );
  assert.ok(accepted > 1000, `only ${accepted} messages were accepted: nothing was compared`);
});

test("an answer that we accept is one that node:http accepts, and both read the same", async (t) => {
  const oracle = await startClient((stop) => t.after(stop));
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(responses, async (text) => {
      const bytes = Buffer.from(text, "latin1");
      const ours = readResponse(bytes);
      if (ours === undefined) return;
      accepted++;
      assert.deepEqual((await oracle(bytes)).slice(0, 1), [ours]);
    }),
    { numRuns },
  );
  assert.ok(accepted > 500, `only ${accepted} answers were accepted: nothing was compared`);
});
