import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { Document } from "../discovery/document.ts";
import type { ApiError } from "../error.ts";
import { jsonText } from "../json-text.ts";
import type { Reply } from "./call.ts";
import { endClient } from "./client-error.ts";

/** Milliseconds for the head of a request, and for all of it: whoever is slower is not a client. */
const HEAD_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 60_000;
/** Milliseconds between two looks at who is too slow. */
const CHECK_INTERVAL = 5000;
/** Milliseconds that an idle connection is kept: longer than clients keep theirs. */
const IDLE_TIMEOUT = 120_000;
const MAX_CONNECTIONS = 10_000;
/** Bytes of a list that are joined into one write. */
const WRITE_SIZE = 64 * 1024;

export interface ListenOptions {
  readonly address: string;
  /** 0 for any that is free. */
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
  /** Whose client certificates are believed. */
  readonly clientAuthority: string;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** An HTTPS server that is listening. */
export interface Listening {
  readonly address: string;
  readonly port: number;
  /** Ends idle connections at once and the others when they have their answer. */
  close(): Promise<void>;
}

export async function listen(options: ListenOptions, handler: Handler): Promise<Listening> {
  const server = createServer(
    {
      cert: options.certificate,
      key: options.key,
      ca: options.clientAuthority,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
      headersTimeout: HEAD_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      keepAliveTimeout: IDLE_TIMEOUT,
      connectionsCheckingInterval: CHECK_INTERVAL,
    },
    handler,
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.on("clientError", (error, socket) => endClient(error, socket, IDLE_TIMEOUT));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: options.address, port: options.port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { address, port } = server.address() as AddressInfo;
  return { address, port, close: () => closeServer(server) };
}

/** Milliseconds for answers that are under way when the server closes. */
const CLOSE_GRACE = 1000;

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

export function send(response: ServerResponse, { code, body }: Reply, warnings: readonly string[]): void {
  for (const text of new Set(warnings)) response.appendHeader("warning", `299 - "${quoted(text)}"`);
  if (isPieces(body)) {
    response.writeHead(code, head("application/json"));
    sendPieces(response, body[Symbol.iterator]());
    return;
  }
  const text = jsonText(body);
  response.writeHead(code, head("application/json", Buffer.byteLength(text))).end(text);
}

export function sendText(response: ServerResponse, code: number, text: string): void {
  response.writeHead(code, head("text/plain; charset=utf-8", Buffer.byteLength(text))).end(text);
}

/** A document that clients keep and ask for again by its tag. */
export function sendDocument(request: IncomingMessage, response: ServerResponse, document: Document): void {
  const { body, contentType, etag, immutable, location } = document;
  if (location !== undefined) {
    response.writeHead(301, { location, "content-length": 0 }).end();
    return;
  }
  if (immutable) response.setHeader("cache-control", "public, immutable, max-age=31536000");
  response.setHeader("etag", etag);
  response.setHeader("vary", "accept");
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.writeHead(200, { "content-type": contentType, "content-length": body.length }).end(body);
}

function head(type: string, length?: number) {
  return {
    "content-type": type,
    "cache-control": "no-cache, private",
    ...(length !== undefined && { "content-length": length }),
  };
}

function isPieces(body: Reply["body"]): body is Iterable<string> {
  return Symbol.iterator in body;
}

/** A list as fast as its client reads. */
function sendPieces(response: ServerResponse, pieces: Iterator<string>): void {
  let joined = "";
  for (;;) {
    const { done, value } = pieces.next();
    if (done === true) break;
    joined += value;
    if (joined.length < WRITE_SIZE) continue;
    const goesOn = response.write(joined);
    joined = "";
    if (goesOn) continue;
    response.once("drain", () => sendPieces(response, pieces));
    return;
  }
  response.end(joined);
}

export function sendError(response: ServerResponse, error: ApiError, warnings: readonly string[] = []): void {
  const { retryAfterSeconds } = error.details ?? {};
  if (retryAfterSeconds !== undefined) response.setHeader("retry-after", String(retryAfterSeconds));
  send(response, { code: error.code, body: error.status }, warnings);
}

/** A quoted-string of RFC 9110 section 5.6.4 in one line of ASCII. */
function quoted(text: string): string {
  return text
    .replaceAll(/[^\x20-\x7e]/g, "?")
    .replaceAll(/["\\]/g, "\\$&")
    .slice(0, 1000);
}
