import type { ServerResponse } from "node:http";
import { equalValues } from "../../resources/equality.ts";
import type { JsonObject } from "../../resources/json.ts";
import { apiVersionOf } from "../../resources/kind.ts";
import { ApiError } from "../error.ts";
import { isOn, type Call } from "../http/call.ts";
import { jsonText } from "../json-text.ts";
import { decode, encode, storedAs, textOf } from "../objects/codec.ts";
import type { ObjectChange } from "../objects/objects.ts";
import type { Row, Store, StoreEvent, Watch } from "../storage/store.ts";
import { matcherOf, type Matcher } from "./list.ts";
import { includeOf, represent, type Representation } from "./represent.ts";
import { revisionOf } from "./revision.ts";

/** Milliseconds between bookmarks: a client that was away this long at most hears of few events twice. */
const BOOKMARK_INTERVAL = 30_000;
/** Seconds that a watch without `timeoutSeconds` lives; spread, so that not all come back at once. */
const MIN_LIFE = 1800;
const MAX_LIFE = 3600;
/** Bytes that wait for a client which does not read; more, and it is cut off: it can list anew. */
const MAX_BACKLOG = 32 * 1024 * 1024;

const DEFINITIONS = "customresourcedefinitions.apiextensions.k8s.io";

/** The streams that are open, so that they can end when the server does, or when their kind goes. */
export class Watches {
  private readonly open = new Set<Stream>();

  /** Answers with a stream of events; throws before the first byte when it cannot. */
  start(call: Call, response: ServerResponse): void {
    const stream = new Stream(call, response, () => this.open.delete(stream));
    stream.begin();
    this.open.add(stream);
  }

  /** A definition that has changed or gone ends the streams of its kind: they show objects as it was. */
  note({ kind, name, object, previous }: ObjectChange): void {
    if (storedAs(kind) !== DEFINITIONS) return;
    if (object === undefined || !equalValues(object["spec"], previous?.["spec"])) this.end(name);
  }

  /** Ends the streams of one resource, or all. */
  end(resource?: string): void {
    for (const stream of this.open) {
      if (resource === undefined || stream.resource === resource) stream.end();
    }
  }
}

class Stream {
  readonly resource: string;
  private readonly response: ServerResponse;
  private readonly store: Store;
  private readonly matches: Matcher | undefined;
  private readonly namespace: string;
  private readonly representation: Representation;
  private readonly wantsBookmarks: boolean;
  private readonly call: Call;
  private readonly onEnd: () => void;
  private watch: Watch | undefined;
  private bookmarks: NodeJS.Timeout | undefined;
  private life: NodeJS.Timeout | undefined;
  private isEnded = false;
  private hasHeaders = false;

  constructor(call: Call, response: ServerResponse, onEnd: () => void) {
    const { served, form, metaVersion, query, objects, target } = call;
    this.call = call;
    this.response = response;
    this.onEnd = onEnd;
    this.store = objects.store;
    this.resource = storedAs(served.kind);
    this.matches = matcherOf(call);
    this.namespace = target.namespace;
    this.representation = { served, form, metaVersion, include: includeOf(query), now: objects.now() };
    this.wantsBookmarks = isOn(query, "allowWatchBookmarks");
  }

  begin(): void {
    const { query } = this.call;
    const revision = revisionOf(query) ?? 0;
    const sendInitial = initialEvents(query, revision);
    const life = lifetime(query);
    if (revision > this.store.revision) throw tooOld(revision);
    const from = sendInitial || revision === 0 ? this.store.revision : revision;
    const past: StoreEvent[] = [];
    let isLive = false;
    const watch = this.store.watch(this.resource, from, (event) => {
      if (isLive) this.send(event);
      else past.push(event);
    });
    if (watch === undefined) throw tooOld(revision);
    this.watch = watch;
    this.response.writeHead(200, {
      "content-type": "application/json",
      "cache-control": "no-cache, private",
    });
    this.response.flushHeaders();
    this.response.on("close", () => this.close());
    this.response.on("error", () => this.close());
    if (sendInitial) this.sendAll();
    for (const event of past) this.send(event);
    isLive = true;
    if (query.get("sendInitialEvents") === "true") this.bookmark({ "k8s.io/initial-events-end": "true" });
    this.life = setTimeout(() => this.end(), life * 1000);
    if (this.wantsBookmarks) this.bookmarks = setInterval(() => this.bookmark(), BOOKMARK_INTERVAL);
  }

  /** The last chunk, so that the client sees an orderly end and asks again. */
  end(): void {
    if (this.isEnded) return;
    this.close();
    this.response.end();
  }

  private close(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    clearTimeout(this.life);
    clearInterval(this.bookmarks);
    this.watch?.stop();
    this.onEnd();
  }

  private sendAll(): void {
    const scope = this.namespace === "" ? {} : { namespace: this.namespace };
    const page = this.store.page(this.resource, scope);
    for (const row of page?.rows ?? []) {
      if (this.matches === undefined || this.matches(this.decode(row))) this.write("ADDED", row);
    }
  }

  private send({ type, row, previous }: StoreEvent): void {
    if (this.namespace !== "" && row.namespace !== this.namespace) return;
    if (this.matches === undefined) return this.write(type, row);
    const was = previous !== undefined && this.matches(this.decode(previous));
    const is = type !== "DELETED" && this.matches(this.decode(row));
    if (is) return this.write(was ? "MODIFIED" : "ADDED", row);
    if (!was) return;
    // Who watches gets the object as it was in sight, at the version that took it out.
    this.write("DELETED", type === "DELETED" ? row : atRevision(previous, row.revision));
  }

  private decode(row: Row): JsonObject {
    return decode(row, this.representation.served);
  }

  private write(type: StoreEvent["type"], row: Row): void {
    const { served, form } = this.representation;
    const text = form === "object" ? textOf(row, served) : this.represented(this.decode(row));
    this.line(`{"type":"${type}","object":${text}}\n`);
  }

  private bookmark(annotations?: Readonly<Record<string, string>>): void {
    const { kind, version } = this.representation.served;
    const object = {
      kind: kind.kind,
      apiVersion: apiVersionOf(kind.group, version.name),
      metadata: {
        resourceVersion: String(this.store.revision),
        creationTimestamp: null,
        ...(annotations !== undefined && { annotations }),
      },
    };
    const text = this.representation.form === "object" ? jsonText(object) : this.represented(object);
    this.line(`{"type":"BOOKMARK","object":${text}}\n`);
  }

  /** Only the first table of a stream says what its columns are. */
  private represented(object: JsonObject): string {
    const { hasHeaders } = this;
    this.hasHeaders = true;
    const now = this.call.objects.now();
    return jsonText(
      represent(object, { ...this.representation, now, ...(hasHeaders && { noHeaders: true }) }),
    );
  }

  private line(text: string): void {
    if (this.isEnded) return;
    this.response.write(text);
    if (this.response.writableLength <= MAX_BACKLOG) return;
    this.close();
    this.response.destroy();
  }
}

function atRevision(row: Row, revision: number): Row {
  return { ...row, revision, text: encode(JSON.parse(row.text) as JsonObject, revision) };
}

/** Whether the stream begins with what is there. */
function initialEvents(query: URLSearchParams, revision: number): boolean {
  const text = query.get("sendInitialEvents");
  const match = query.get("resourceVersionMatch") ?? "";
  if (text === null) {
    if (match !== "") {
      throw new ApiError(
        "BadRequest",
        "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
      );
    }
    return revision === 0;
  }
  if (match !== "NotOlderThan") {
    throw new ApiError(
      "BadRequest",
      "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
    );
  }
  if (text === "true" && !isOn(query, "allowWatchBookmarks")) {
    throw new ApiError("BadRequest", "sendInitialEvents requires setting allowWatchBookmarks to true");
  }
  return text === "true";
}

/** Seconds. */
function lifetime(query: URLSearchParams): number {
  const text = query.get("timeoutSeconds") ?? "";
  const seconds = Number(text);
  if (seconds === 0) return MIN_LIFE + Math.random() * (MAX_LIFE - MIN_LIFE);
  if (Number.isFinite(seconds) && seconds >= 0) return Math.min(seconds, 24 * 3600);
  throw new ApiError("BadRequest", `Invalid value for timeoutSeconds: "${text}": a number of seconds`);
}

function tooOld(revision: number): ApiError {
  return new ApiError("Expired", `The resourceVersion for the provided watch is too old: ${revision}`);
}
