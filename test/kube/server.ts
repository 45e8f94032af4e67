import http, { type IncomingMessage, type ServerResponse } from "node:http";
import https from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";
import type { JsonObject } from "../../src/resources/json.ts";

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  readonly at: number;
}

/** Takes a request out of the server's hands. */
type Act = (asked: Asked, answer: ServerResponse) => void;
type Pick = (asked: Asked) => boolean;

export interface Item extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
}

interface Occurrence {
  readonly plural: string;
  readonly revision: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: Item;
}

interface OpenWatch {
  readonly plural: string;
  readonly answer: ServerResponse;
  readonly bookmarks: boolean;
}

export const isWatch: Pick = ({ query }) => query.has("watch");
export const isList: Pick = ({ method, path, query }) =>
  method === "GET" && !query.has("watch") && /\/[a-z]+s$/.test(path) && path.split("/").length > 3;

/**
 * An API server for namespaced kinds of the group `example.test`, with a history as long as wanted, and a script of
 * what it does wrong.
 */
export class ApiServer {
  readonly asked: Asked[] = [];
  readonly watches = new Set<OpenWatch>();
  readonly sockets = new Set<Socket>();
  /** Kinds by plural name. */
  readonly kinds = new Map([["widgets", "Widget"]]);
  /** Watches from before this revision are refused with 410. */
  oldest = 0;
  revision = 100;
  aggregated = true;
  /** Objects and events in one; otherwise refused with 422, as old servers do. */
  watchList = true;
  private readonly objects = new Map<string, Item>();
  private readonly history: Occurrence[] = [];
  private readonly script: { readonly pick: Pick; readonly act: Act; times: number }[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly tls: https.ServerOptions | undefined;
  private server: http.Server;
  private port = 0;

  private constructor(tls: https.ServerOptions | undefined) {
    this.tls = tls;
    this.server = this.make();
  }

  static async start(t: TestContext, tls?: https.ServerOptions): Promise<ApiServer> {
    const server = new ApiServer(tls);
    await server.listen();
    t.after(() => server.stop());
    return server;
  }

  get url(): string {
    return `${this.tls === undefined ? "http" : "https"}://127.0.0.1:${this.port}`;
  }

  /** Refuses connections, and cuts those that there are. */
  stop(): void {
    this.server.close();
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Comes back where it was. */
  async listen(): Promise<void> {
    if (this.port !== 0) this.server = this.make();
    await new Promise<void>((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.server.address() as AddressInfo).port;
  }

  /** The next so many requests that are picked are answered by `act` instead. */
  intercept(pick: Pick, act: Act, times = Infinity): void {
    this.script.push({ pick, act, times });
  }

  /** Resolves when so many picked requests have come, or something else is true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  count(pick: Pick): number {
    return this.asked.filter(pick).length;
  }

  put(name: string, fields: JsonObject = {}, plural = "widgets"): Item {
    const key = `${plural}/${name}`;
    const old = this.objects.get(key);
    const revision = ++this.revision;
    const object: Item = {
      apiVersion: "example.test/v1",
      kind: this.kinds.get(plural)!,
      ...fields,
      metadata: {
        name,
        namespace: "default",
        uid: old?.metadata.uid ?? `uid-${revision}`,
        resourceVersion: String(revision),
      },
    };
    this.objects.set(key, object);
    this.happen({ plural, revision, type: old === undefined ? "ADDED" : "MODIFIED", object });
    return object;
  }

  remove(name: string, plural = "widgets"): void {
    const old = this.objects.get(`${plural}/${name}`)!;
    this.objects.delete(`${plural}/${name}`);
    const revision = ++this.revision;
    const object = { ...old, metadata: { ...old.metadata, resourceVersion: String(revision) } };
    this.happen({ plural, revision, type: "DELETED", object });
  }

  get(name: string, plural = "widgets"): Item | undefined {
    return this.objects.get(`${plural}/${name}`);
  }

  bookmark(): void {
    for (const { answer, bookmarks } of this.watches) {
      if (bookmarks) answer.write(bookmarkLine(this.revision));
    }
  }

  /** As when the process dies. */
  cutWatches(): void {
    for (const { answer } of this.watches) answer.socket?.resetAndDestroy();
  }

  /** As when their time is over. */
  endWatches(): void {
    for (const { answer } of this.watches) answer.end();
  }

  private make(): http.Server {
    const onRequest = (request: IncomingMessage, answer: ServerResponse): void => {
      const chunks: Buffer[] = [];
      request.on("error", () => undefined);
      answer.on("error", () => undefined);
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => this.serve(request, Buffer.concat(chunks).toString(), answer));
    };
    const server =
      this.tls === undefined ? http.createServer(onRequest) : https.createServer(this.tls, onRequest);
    server.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.sockets.delete(socket);
        this.wake();
      });
    });
    server.on("tlsClientError", () => undefined);
    return server;
  }

  private serve(request: IncomingMessage, body: string, answer: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://server");
    const { method = "GET", headers } = request;
    const asked: Asked = {
      method,
      headers,
      body,
      path: url.pathname,
      query: url.searchParams,
      at: performance.now(),
    };
    this.asked.push(asked);
    const scripted = this.script.find(({ pick, times }) => times > 0 && pick(asked));
    if (scripted === undefined) this.answer(asked, answer);
    else {
      scripted.times--;
      scripted.act(asked, answer);
    }
    this.wake();
  }

  /** What a server does that does nothing wrong. */
  answer(asked: Asked, answer: ServerResponse): void {
    const { method, path, query } = asked;
    if (path === "/apis" || path === "/api") {
      sendJson(answer, this.aggregated ? this.discovery(path) : { kind: "APIGroupList", groups: [] });
      return;
    }
    if (path === "/apis/example.test/v1") {
      const resources = [...this.kinds].map(([name, kind]) => ({ name, kind, namespaced: true }));
      sendJson(answer, { kind: "APIResourceList", groupVersion: "example.test/v1", resources });
      return;
    }
    const parts = path.replace("/apis/example.test/v1/", "").replace("namespaces/default/", "").split("/");
    const [plural = "", name] = parts;
    if (!this.kinds.has(plural)) sendStatus(answer, 404, "NotFound");
    else if (name === undefined) {
      if (query.has("watch")) this.openWatch(plural, asked, answer);
      else this.list(plural, query, answer);
    } else this.one(plural, name, method, asked.body, answer);
  }

  private one(plural: string, name: string, method: string, body: string, answer: ServerResponse): void {
    const object = this.get(name, plural);
    if (object === undefined) sendStatus(answer, 404, "NotFound");
    else if (method === "GET") sendJson(answer, object);
    else {
      const patch = JSON.parse(body) as { metadata?: { resourceVersion?: string }; status?: JsonObject };
      const wanted = patch.metadata?.resourceVersion;
      if (wanted !== undefined && wanted !== object.metadata.resourceVersion) {
        sendStatus(answer, 409, "Conflict");
      } else sendJson(answer, this.put(name, { ...object, ...patch }, plural));
    }
  }

  private list(plural: string, query: URLSearchParams, answer: ServerResponse): void {
    const all = [...this.objects].filter(([key]) => key.startsWith(`${plural}/`)).map(([, object]) => object);
    const from = Number(query.get("continue") ?? 0);
    const to = from + Number(query.get("limit") ?? all.length);
    const metadata = {
      resourceVersion: String(this.revision),
      ...(to < all.length && { continue: String(to) }),
    };
    // Items of built-in kinds do not say what they are.
    const items = all
      .slice(from, to)
      .map((object) => ({ ...object, apiVersion: undefined, kind: undefined }));
    sendJson(answer, { kind: "List", apiVersion: "v1", metadata, items });
  }

  private openWatch(plural: string, { query }: Asked, answer: ServerResponse): void {
    const initial = query.get("sendInitialEvents") === "true";
    if (initial && !this.watchList) {
      sendStatus(answer, 422, "Invalid");
      return;
    }
    const from = Number(query.get("resourceVersion") ?? this.revision);
    if (from < this.oldest) {
      sendStatus(answer, 410, "Expired");
      return;
    }
    answer.writeHead(200, { "content-type": "application/json" });
    answer.flushHeaders();
    if (initial) {
      for (const [key, object] of this.objects) {
        if (key.startsWith(`${plural}/`)) answer.write(eventLine("ADDED", object));
      }
      answer.write(bookmarkLine(this.revision, true));
    }
    for (const past of this.history) {
      if (past.plural === plural && past.revision > from) answer.write(eventLine(past.type, past.object));
    }
    const watch = { plural, answer, bookmarks: query.get("allowWatchBookmarks") === "true" };
    this.watches.add(watch);
    answer.on("close", () => {
      this.watches.delete(watch);
      this.wake();
    });
  }

  private happen(occurrence: Occurrence): void {
    this.history.push(occurrence);
    for (const { plural, answer } of this.watches) {
      if (plural === occurrence.plural) answer.write(eventLine(occurrence.type, occurrence.object));
    }
  }

  private discovery(path: string): JsonObject {
    const resources = [...this.kinds].map(([resource, kind]) => ({ resource, responseKind: { kind } }));
    const versions = [{ version: "v1", freshness: "Current", resources }];
    const items = path === "/api" ? [] : [{ metadata: { name: "example.test" }, versions }];
    return { kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2", metadata: {}, items };
  }

  private wake(): void {
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}

export function eventLine(type: string, object: JsonObject): string {
  return `${JSON.stringify({ type, object })}\n`;
}

export function bookmarkLine(revision: number, end = false): string {
  const annotations = end ? { "k8s.io/initial-events-end": "true" } : {};
  return eventLine("BOOKMARK", { metadata: { resourceVersion: String(revision), annotations } });
}

export function sendJson(answer: ServerResponse, body: JsonObject, code = 200): void {
  answer.writeHead(code, { "content-type": "application/json" });
  answer.end(JSON.stringify(body));
}

export function statusOf(code: number, reason: string, more: JsonObject = {}): JsonObject {
  const message = `scripted ${reason}`;
  return { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message, ...more };
}

export function sendStatus(
  answer: ServerResponse,
  code: number,
  reason: string,
  headers: http.OutgoingHttpHeaders = {},
): void {
  answer.writeHead(code, { "content-type": "application/json", ...headers });
  answer.end(JSON.stringify(statusOf(code, reason)));
}
