import { apiVersionOf } from "../../resources/kind.ts";
import { negotiate } from "../discovery/accept.ts";
import { documentOf, DocumentCache, hashOf, jsonDocument, type Document } from "../discovery/document.ts";
import { compareGroups, compareVersions } from "../discovery/versions.ts";
import { ApiError } from "../error.ts";
import type { Registry, ServedKind } from "../registry.ts";
import { openApiV2 } from "./v2.ts";
import { toProtobuf } from "./v2-protobuf.ts";
import { openApiV3 } from "./v3.ts";

const JSON_TYPE = "application/json";
const PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
/** Not a media type by the letter, but the one that clients send. */
const OLD_PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly kinds: readonly ServedKind[];
}

/** A version 3 document; `hash` is what URLs in the index carry. */
export interface HashedDocument extends Document {
  readonly hash: string;
}

/** The OpenAPI documents of a server, built when they are asked for and kept until a kind in them changes. */
export class OpenApi {
  private readonly registry: Registry;
  private readonly cache: DocumentCache;
  /** By path; those of group versions whose kinds stayed outlive a change of the registry. */
  private readonly documents = new Map<string, { kinds: readonly ServedKind[]; document: HashedDocument }>();

  constructor(registry: Registry) {
    this.registry = registry;
    this.cache = new DocumentCache(registry);
  }

  /** `/openapi/v3`: where the documents of all group versions are. */
  index(): Document {
    return this.cache.get("index", () => {
      const paths: Record<string, { readonly serverRelativeURL: string }> = {};
      for (const path of this.groupVersions.keys()) {
        paths[path] = { serverRelativeURL: urlOf(path, this.v3(path, undefined)!) };
      }
      for (const path of this.documents.keys()) {
        if (!this.groupVersions.has(path)) this.documents.delete(path);
      }
      return jsonDocument({ paths });
    });
  }

  /**
   * `/openapi/v3/PATH` for a path of the index, such as `apis/apps/v1`; `undefined` when there is none. When the URL
   * says another hash than the document has, clients belong at `urlOf(path, document)`.
   * Throws NotAcceptable when the client does not take JSON, which every known client does.
   */
  v3(path: string, accept: string | undefined): HashedDocument | undefined {
    const found = this.groupVersions.get(path);
    if (found === undefined) return undefined;
    acceptable(accept, [JSON_TYPE]);
    const known = this.documents.get(path);
    if (known !== undefined && same(known.kinds, found.kinds)) return known.document;
    const made = jsonDocument(openApiV3(found.kinds));
    const document = { ...made, hash: hashOf(made.body) };
    this.documents.set(path, { kinds: found.kinds, document });
    return document;
  }

  /** `/openapi/v2`, as JSON or as protobuf. */
  v2(accept: string | undefined): Document {
    const type = acceptable(accept, [JSON_TYPE, PROTOBUF, OLD_PROTOBUF]);
    if (type !== JSON_TYPE) {
      return this.cache.get("protobuf", () => documentOf(toProtobuf(this.swagger), PROTOBUF));
    }
    return this.cache.get("json", () => jsonDocument(this.swagger));
  }

  private get swagger() {
    return openApiV2([...this.groupVersions.values()].flatMap(({ kinds }) => kinds));
  }

  private get groupVersions(): ReadonlyMap<string, GroupVersion> {
    return this.cache.get("group versions", () => groupVersionsOf(this.registry));
  }
}

/** Relative to the server; other content has another URL, so what is there can be kept for ever. */
export function urlOf(path: string, { hash }: HashedDocument): string {
  return `/openapi/v3/${path}?hash=${hash}`;
}

function groupVersionsOf(registry: Registry): ReadonlyMap<string, GroupVersion> {
  const found = new Map<string, { group: string; version: string; kinds: ServedKind[] }>();
  for (const kind of registry.kinds) {
    for (const version of kind.versions) {
      if (!version.served) continue;
      const path = `${kind.group === "" ? "api" : "apis"}/${apiVersionOf(kind.group, version.name)}`;
      const known = found.get(path);
      if (known === undefined) {
        found.set(path, { group: kind.group, version: version.name, kinds: [{ kind, version }] });
      } else {
        known.kinds.push({ kind, version });
      }
    }
  }
  for (const { kinds } of found.values()) kinds.sort((a, b) => (a.kind.plural < b.kind.plural ? -1 : 1));
  const order = ([, a]: [string, GroupVersion], [, b]: [string, GroupVersion]) =>
    compareGroups(a.group, b.group) || compareVersions(a.version, b.version);
  return new Map([...found].sort(order));
}

function same(a: readonly ServedKind[], b: readonly ServedKind[]): boolean {
  return a.length === b.length && a.every(({ kind }, index) => kind === b[index]!.kind);
}

function acceptable(accept: string | undefined, offers: readonly string[]): string {
  const type = negotiate(accept, offers);
  if (type === undefined) throw new ApiError("NotAcceptable", `served here: ${offers.join(", ")}`);
  return type;
}
