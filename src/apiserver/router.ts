import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import type { JsonObject } from "../resources/json.ts";
import { apiVersionOf } from "../resources/kind.ts";
import { authenticate, clientCertificateOf, type Authenticators } from "./auth/authenticate.ts";
import { forbidden } from "./auth/forbidden.ts";
import { impersonate } from "./auth/impersonate.ts";
import type { Attributes } from "./auth/policy-rule.ts";
import type { Rbac } from "./auth/rbac.ts";
import type { User } from "./auth/user.ts";
import type { Document } from "./discovery/document.ts";
import { absenceOf, findRetired, refusalOf } from "./discovery/retired.ts";
import { findVirtual } from "./discovery/virtual.ts";
import { ApiError } from "./error.ts";
import { negotiateForm } from "./http/accept.ts";
import { decodeObject, mediaType, readBody } from "./http/body.ts";
import { isOn, type Call, type Reply } from "./http/call.ts";
import { send, sendDocument, sendError, sendText } from "./http/server.ts";
import { readTarget, type Target } from "./http/target.ts";
import { metaOf } from "./objects/meta.ts";
import type { Objects } from "./objects/objects.ts";
import type { ServedKind } from "./registry.ts";
import type { Reviews } from "./review/reviews.ts";
import type { PodLogs } from "./verbs/pod-log.ts";
import { serve, type Services } from "./verbs/serve.ts";
import type { Watches } from "./verbs/watch.ts";

export interface RouterOptions {
  readonly objects: Objects;
  readonly watches: Watches;
  readonly authenticators: Authenticators;
  readonly rbac: Rbac;
  readonly reviews: Reviews;
  readonly services: Services;
  readonly podLogs: PodLogs;
  /** Discovery and OpenAPI. */
  readonly documents: (
    path: string,
    accept: string | undefined,
    query: URLSearchParams,
  ) => Document | undefined;
  /** Of the program, for `/version`. */
  readonly version: JsonObject;
  readonly reportBug: (error: unknown) => void;
}

const nothing = { group: "", resource: "", subresource: "", namespace: "", name: "" };

const APPLY = "application/apply-patch+yaml";
const WRITES = new Set(["create", "update", "patch"]);

/** Paths that answer without credentials. */
const HEALTH = new Set(["/healthz", "/readyz", "/livez"]);

/** From a request to its answer: who asks, whether they may, what it is about. */
export class Router {
  private readonly options: RouterOptions;

  constructor(options: RouterOptions) {
    this.options = options;
  }

  /** Never throws: whatever goes wrong is an answer. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const warnings: string[] = [];
    this.route(request, response, warnings).catch((error: unknown) => {
      if (response.headersSent) {
        if (!response.destroyed) response.destroy();
        return;
      }
      // What is left of a refused body is not read; the connection cannot be used again.
      if (!request.complete) response.setHeader("connection", "close");
      sendError(response, this.errorOf(error), warnings);
    });
  }

  private errorOf(error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    this.options.reportBug(error);
    return new ApiError("InternalError", "An error on the server: its log says more");
  }

  private async route(request: IncomingMessage, response: ServerResponse, warnings: string[]): Promise<void> {
    const url = parseUrl(request.url ?? "/");
    const method = request.method ?? "GET";
    if (HEALTH.has(url.pathname) && (method === "GET" || method === "HEAD")) {
      sendText(response, 200, "ok");
      return;
    }
    const user = this.userOf(request);
    if (user === undefined) throw new ApiError("Unauthorized", "Unauthorized");
    const target = readTarget(url.pathname);
    if (target === undefined) {
      this.sendDocument(request, response, url, user);
      return;
    }
    const verb = verbOf(method, target, url.searchParams);
    const name = target.name === "" ? namedBy(url.searchParams) : target.name;
    this.requireAllowed(user, { verb, ...target, name });
    const virtual = findVirtual(target.group, target.version, target.resource);
    const body = method === "GET" || method === "HEAD" ? Buffer.alloc(0) : await readBody(request);
    if (virtual !== undefined) {
      if (method !== "POST") throw notAllowed(method);
      send(
        response,
        this.options.reviews.answer(virtual.kind, body, request.headers, user, target),
        warnings,
      );
      return;
    }
    const retired = findRetired(this.options.objects.registry, target);
    if (retired !== undefined) {
      if (!WRITES.has(verb)) throw absenceOf(retired, target.name);
      const object = decodeObject(body, mediaType(request.headers["content-type"]));
      throw refusalOf(retired, metaOf(object).name ?? target.name, object);
    }
    const served = this.options.objects.registry.find(target.group, target.version, target.resource);
    if (
      served === undefined ||
      (served.kind.namespaced !== (target.namespace !== "") && !isAllNamespaces(served, target))
    ) {
      throw new ApiError("NotFound", "the server could not find the requested resource");
    }
    // Server-side apply of what is not there creates it, which takes both rights.
    const isApply =
      verb === "patch" && target.subresource === "" && mediaType(request.headers["content-type"]) === APPLY;
    if (isApply && this.options.objects.find(served, target.namespace, name) === undefined)
      this.requireAllowed(user, { ...target, verb: "create", name });
    warnOfDeprecation(served, warnings);
    const call: Call = {
      method,
      target,
      served,
      query: url.searchParams,
      headers: request.headers,
      body,
      user,
      ...negotiateForm(request.headers.accept),
      objects: this.options.objects,
      warnings,
    };
    if (verb === "watch") {
      for (const text of warnings)
        response.appendHeader("warning", `299 - "${text.replaceAll(/["\\]/g, "\\$&")}"`);
      this.options.watches.start(call, response);
      return;
    }
    if (verb === "get" && isPodLog(target)) {
      await this.options.podLogs.send(call, response);
      return;
    }
    const reply: Reply = serve(call, verb, this.options.services);
    send(response, reply, warnings);
  }

  private userOf(request: IncomingMessage): User | undefined {
    const certificate = clientCertificateOf(request.socket as TLSSocket);
    const credentials = { authorization: request.headers.authorization, certificate };
    const user = authenticate(credentials, this.options.authenticators);
    return user === undefined ? undefined : impersonate(this.options.rbac, user, request.headersDistinct);
  }

  private requireAllowed(user: User, attributes: Attributes): void {
    if (!this.options.rbac.authorize(user, attributes).allowed) throw forbidden(user, attributes);
  }

  private sendDocument(request: IncomingMessage, response: ServerResponse, url: URL, user: User): void {
    const path = url.pathname.length > 1 ? url.pathname.replace(/\/$/, "") : url.pathname;
    this.requireAllowed(user, { verb: "get", ...nothing, path });
    if (request.method !== "GET" && request.method !== "HEAD") throw notAllowed(request.method ?? "");
    if (path === "/version") {
      send(response, { code: 200, body: this.options.version }, []);
      return;
    }
    const document = this.options.documents(path, request.headers.accept, url.searchParams);
    if (document === undefined)
      throw new ApiError("NotFound", "the server could not find the requested resource");
    sendDocument(request, response, document);
  }
}

function isPodLog({ group, resource, subresource }: Target): boolean {
  return group === "" && resource === "pods" && subresource === "log";
}

function parseUrl(target: string): URL {
  try {
    return new URL(target, "https://server");
  } catch {
    throw new ApiError("BadRequest", "The request target is not a URL");
  }
}

/** In the words of RBAC. */
function verbOf(method: string, { name }: Target, query: URLSearchParams): string {
  const isOne = name !== "";
  switch (method) {
    case "GET":
    case "HEAD":
      if (isOn(query, "watch")) return "watch";
      return isOne ? "get" : "list";
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return isOne ? "delete" : "deletecollection";
    default:
      throw notAllowed(method);
  }
}

/** Whoever lists the one object of a name needs the right to that object only. */
function namedBy(query: URLSearchParams): string {
  return /^metadata\.name==?([^,=]+)$/.exec(query.get("fieldSelector") ?? "")?.[1] ?? "";
}

function notAllowed(method: string): ApiError {
  return new ApiError(
    "MethodNotAllowed",
    `the server does not allow this method on the requested resource: ${method}`,
  );
}

/** Lists and watches of a namespaced kind may leave the namespace out. */
function isAllNamespaces({ kind }: ServedKind, { namespace, name }: Target): boolean {
  return kind.namespaced && namespace === "" && name === "";
}

function warnOfDeprecation({ kind, version }: ServedKind, warnings: string[]): void {
  if (version.deprecated === undefined) return;
  const standard = `${apiVersionOf(kind.group, version.name)} ${kind.kind} is deprecated`;
  warnings.push(version.deprecated === true ? standard : version.deprecated);
}
