import { once } from "node:events";
import { Agent, request, type RequestOptions } from "node:https";
import type { IncomingMessage } from "node:http";
import { createInterface, type Interface } from "node:readline";
import type { TestContext } from "node:test";
import type { JsonObject } from "../resources/json.ts";
import { ApiServer, type ApiServerOptions } from "./apiserver.ts";

export interface Answer {
  readonly code: number;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
  readonly body: JsonObject;
}

export interface CallOptions {
  readonly type?: string;
  readonly accept?: string;
  /** No credentials when empty. */
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server for a test, and requests to it. */
export class Api {
  readonly server: ApiServer;
  private readonly agent: Agent;

  static async open(context: TestContext, options: Partial<ApiServerOptions> = {}): Promise<Api> {
    const server = await ApiServer.open({ version: "0.0.0", ...options });
    const api = new Api(server);
    context.after(async () => {
      api.agent.destroy();
      await server.close();
    });
    return api;
  }

  private constructor(server: ApiServer) {
    this.server = server;
    this.agent = new Agent({ keepAlive: true, ca: server.ca });
  }

  get(path: string, options: CallOptions = {}): Promise<Answer> {
    return this.call("GET", path, undefined, options);
  }

  post(path: string, body: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.call("POST", path, body, options);
  }

  put(path: string, body: unknown, options: CallOptions = {}): Promise<Answer> {
    return this.call("PUT", path, body, options);
  }

  delete(path: string, body?: unknown): Promise<Answer> {
    return this.call("DELETE", path, body);
  }

  /** `type`: `merge`, `json`, `strategic-merge` or `apply`. */
  patch(path: string, type: string, body: unknown): Promise<Answer> {
    const media = type === "apply" ? "application/apply-patch+yaml" : `application/${type}-patch+json`;
    return this.call("PATCH", path, body, { type: media });
  }

  async call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer> {
    const sent = request(this.requestOptions(method, path, options));
    if (body === undefined) sent.end();
    else {
      const content = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
      // Without a length the body of a DELETE is lost: it is not sent in chunks, as others are.
      sent.setHeader("content-length", content.length);
      sent.end(content);
    }
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    let text = "";
    for await (const chunk of response.setEncoding("utf8")) text += chunk as string;
    const isJson = (response.headers["content-type"] ?? "").startsWith("application/json") && text !== "";
    const parsed = isJson ? (JSON.parse(text) as JsonObject) : {};
    return { code: response.statusCode!, headers: response.headers, text, body: parsed };
  }

  /** The events of a watch; rejects with the answer's text when it is refused. */
  async watch(context: TestContext, path: string, options: CallOptions = {}): Promise<Events> {
    const separator = path.includes("?") ? "&" : "?";
    const sent = request({
      ...this.requestOptions("GET", `${path}${separator}watch=true`, options),
      agent: false,
    });
    sent.end();
    context.after(() => sent.destroy());
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    if (response.statusCode !== 200) {
      let text = "";
      for await (const chunk of response.setEncoding("utf8")) text += chunk as string;
      throw new Error(`${response.statusCode}: ${text}`);
    }
    return new Events(response);
  }

  private requestOptions(method: string, path: string, options: CallOptions): RequestOptions {
    const { hostname, port } = new URL(this.server.url);
    const { type = "application/json", accept, token = this.server.token, headers } = options;
    return {
      host: hostname,
      port,
      method,
      path,
      agent: this.agent,
      ca: this.server.ca,
      headers: {
        ...(method !== "GET" && { "content-type": type }),
        ...(accept !== undefined && { accept }),
        ...(token !== "" && { authorization: `Bearer ${token}` }),
        ...headers,
      },
    };
  }
}

export interface WatchEvent {
  readonly type: string;
  readonly object: JsonObject & {
    readonly metadata: { readonly name: string; readonly resourceVersion: string };
  };
}

/** The lines of a watch, one after the other. */
export class Events {
  private readonly response: IncomingMessage;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;

  constructor(response: IncomingMessage) {
    this.response = response;
    this.reader = createInterface({ input: response });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  async next(): Promise<WatchEvent> {
    const { done, value } = await this.lines.next();
    if (done === true) throw new Error("the watch has ended");
    return JSON.parse(value) as WatchEvent;
  }

  /** `TYPE NAME` of so many events. */
  async take(count: number): Promise<readonly string[]> {
    const taken: string[] = [];
    for (let index = 0; index < count; index++) {
      const { type, object } = await this.next();
      taken.push(`${type} ${object.metadata.name}`);
    }
    return taken;
  }

  /** Whether the server has ended the stream. */
  async ended(): Promise<boolean> {
    const { done } = await this.lines.next();
    return done === true;
  }

  close(): void {
    this.reader.close();
    this.response.destroy();
  }
}

/** Paths of objects in the namespace `default`. */
export const routes = "/apis/gateway.networking.k8s.io/v1/namespaces/default/httproutes";
export const configMaps = "/api/v1/namespaces/default/configmaps";

export function route(name: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "HTTPRoute",
    metadata: { name },
    spec: { parentRefs: [{ name: "web" }], rules: [{ backendRefs: [{ name: "a", port: 80 }] }], ...spec },
  };
}

export function configMap(
  name: string,
  data: Readonly<Record<string, string>> = {},
  metadata: JsonObject = {},
) {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, ...metadata }, data };
}
