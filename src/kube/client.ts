import { isJsonObject, type JsonObject } from "../resources/json.ts";
import type { Connection } from "./connection.ts";
import { failure, KubeError } from "./error.ts";
import { type ApiRequest, type RequestLimits, Transport } from "./request.ts";
import { pathOf, queryOf, type Target } from "./target.ts";

/** What becomes of an object: changes (JSON merge patch, RFC 7386), or our fields (server-side apply). */
export type Patch =
  | { readonly type: "merge"; readonly body: JsonObject }
  | { readonly type: "json"; readonly body: readonly JsonObject[] }
  | {
      readonly type: "apply";
      /** With apiVersion, kind and name. */
      readonly body: JsonObject;
      readonly fieldManager: string;
      /** Takes fields from other managers instead of answering 409. */
      readonly force: boolean;
    };

export interface ListOptions {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  /** Objects per page. */
  readonly limit?: number;
  readonly signal?: AbortSignal | undefined;
  readonly tries?: number;
}

export interface ObjectList {
  readonly items: readonly JsonObject[];
  /** Where a watch goes on from. */
  readonly resourceVersion: string;
}

export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly signal?: AbortSignal | undefined;
  /** Tries in all, when trying again is harmless. */
  readonly tries?: number;
}

const contentTypes = {
  merge: "application/merge-patch+json",
  json: "application/json-patch+json",
  apply: "application/apply-patch+yaml",
} as const;

/** Objects per page of a list, as in other clients. */
const PAGE = 500;
/** Lists that are begun anew because the server has forgotten the beginning of the one before. */
const MAX_EXPIRED_LISTS = 3;
/** Pages of one list; a server that goes on for ever is a broken one. */
const MAX_PAGES = 10_000;

/** Reads and writes objects of one API server. Every call rejects with a `KubeError`. */
export class KubeClient {
  readonly transport: Transport;

  constructor(connection: Connection, limits?: Partial<RequestLimits>) {
    this.transport = new Transport(connection, limits);
  }

  async get(target: Target, signal?: AbortSignal): Promise<JsonObject> {
    return this.transport.send({ method: "GET", path: pathOf(target), signal });
  }

  /**
   * All objects, page by page, as they were at one moment. Those of built-in kinds come without apiVersion and kind.
   */
  async list(target: Target, options: ListOptions = {}): Promise<ObjectList> {
    for (let count = 1; ; count++) {
      try {
        return await this.listOnce(target, options);
      } catch (error) {
        const again = error instanceof KubeError && error.isExpired && count < MAX_EXPIRED_LISTS;
        if (!again) throw error;
      }
    }
  }

  async create(target: Target, object: JsonObject, options: WriteOptions = {}): Promise<JsonObject> {
    const path = pathOf({ ...target, name: undefined }) + writeQuery(options);
    return this.transport.send({ method: "POST", path, body: object, signal: options.signal });
  }

  async patch(target: Target, patch: Patch, options: WriteOptions = {}): Promise<JsonObject> {
    return this.sendPatch(pathOf(target), patch, options);
  }

  /** Of the status subresource: nothing else of the object can change. */
  async patchStatus(target: Target, patch: Patch, options: WriteOptions = {}): Promise<JsonObject> {
    return this.sendPatch(pathOf(target, "status"), patch, options);
  }

  /** @param preconditions `uid` and `resourceVersion` that the object must have to be deleted. */
  async delete(target: Target, preconditions?: JsonObject, signal?: AbortSignal): Promise<JsonObject> {
    const body = { kind: "DeleteOptions", apiVersion: "v1", ...(preconditions && { preconditions }) };
    return this.transport.send({ method: "DELETE", path: pathOf(target), body, signal });
  }

  /** Ends what is under way; nothing can be asked any more. */
  close(): void {
    this.transport.close();
  }

  private async listOnce(target: Target, options: ListOptions): Promise<ObjectList> {
    const items: JsonObject[] = [];
    let token: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const query = queryOf({
        limit: options.limit ?? PAGE,
        continue: token,
        labelSelector: options.labelSelector,
        fieldSelector: options.fieldSelector,
      });
      const request: ApiRequest = {
        method: "GET",
        path: pathOf(target) + query,
        list: true,
        signal: options.signal,
        ...(options.tries !== undefined && { tries: options.tries }),
      };
      const list = readList(await this.transport.send(request));
      for (const item of list.items) items.push(item);
      if (list.next === undefined) return { items, resourceVersion: list.resourceVersion };
      if (list.next === token) break;
      token = list.next;
    }
    throw failure("BadAnswer", `The list of ${target.plural} has no end`);
  }

  private sendPatch(path: string, patch: Patch, options: WriteOptions): Promise<JsonObject> {
    const query =
      patch.type === "apply"
        ? writeQuery({ ...options, fieldManager: patch.fieldManager }, patch.force)
        : writeQuery(options);
    return this.transport.send({
      method: "PATCH",
      path: path + query,
      body: patch.body,
      contentType: contentTypes[patch.type],
      idempotent: patch.type !== "json",
      signal: options.signal,
      ...(options.tries !== undefined && { tries: options.tries }),
    });
  }
}

function writeQuery(options: WriteOptions, force?: boolean): string {
  return queryOf({
    dryRun: options.dryRun === true ? "All" : undefined,
    fieldManager: options.fieldManager,
    force: force === true ? true : undefined,
  });
}

function readList(list: JsonObject): ObjectList & { readonly next: string | undefined } {
  const { items, metadata } = list;
  // An empty list of a built-in kind may come as null.
  if (!isJsonObject(metadata) || !(items === null || Array.isArray(items))) {
    throw failure("BadAnswer", "The answer is not a list of objects");
  }
  const { resourceVersion, continue: next } = metadata;
  if (typeof resourceVersion !== "string") throw failure("BadAnswer", "The list has no resourceVersion");
  return {
    items: (items ?? []) as readonly JsonObject[],
    resourceVersion,
    next: typeof next === "string" && next !== "" ? next : undefined,
  };
}
