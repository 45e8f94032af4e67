import { ApiError, type ObjectName, type Ownership } from "../apiserver/apiserver.ts";
import { kinds } from "../resources/kinds.ts";
import { apiVersionOf } from "../resources/kind.ts";
import type { JsonObject } from "../resources/json.ts";
import type { Resource, ResourceChange, ResourceKey } from "../resources/resource.ts";
import type { SkippedKind, SourceEvent } from "../source/source.ts";
import type { ObjectFault } from "./object-fault.ts";

/** What one look at the files has brought, on its way through the API server. */
export interface FileEvent {
  readonly readAt: number;
  readonly files: readonly string[];
  readonly skipped: readonly SkippedKind[];
}

interface Waiting {
  readonly event: FileEvent;
  /** What has to come back: the version that it was written as, undefined for what is gone. */
  readonly keys: Map<ResourceKey, string | undefined>;
}

/**
 * Files on their way into the API server, as a field manager of their own: what a file no longer says is taken
 * back, what nobody else wrote goes with it.
 */
export class FileFeed {
  private readonly ownership: Ownership;
  /** Kinds that come back through the source; others are only stored. */
  private readonly followed: ReadonlySet<string>;
  private readonly refused = new Map<ResourceKey, string>();
  private waiting: Waiting[] = [];

  constructor(ownership: Ownership, followed: ReadonlySet<string>) {
    this.ownership = ownership;
    this.followed = followed;
  }

  /** What the server did not take, and why. */
  get faults(): readonly ObjectFault[] {
    return [...this.refused].map(([object, message]) => ({ object, message }));
  }

  /** Takes away what the files of an earlier run have left and these files do not have. */
  begin(first: readonly ResourceChange[]): void {
    const kept = new Set(first.map(({ key }) => key));
    for (const name of this.ownership.owned()) {
      if (name.kind !== "Namespace" && !kept.has(`${name.kind}/${name.namespace}/${name.name}`))
        this.ownership.remove(name);
    }
  }

  /** Writes what has changed; namespaces first, so that what is in them finds them. */
  put(event: SourceEvent): void {
    const keys = new Map<ResourceKey, string | undefined>();
    const gone = event.changes.filter(({ object }) => object === undefined);
    const there = event.changes.filter(({ object }) => object !== undefined);
    const ordered = [
      ...there.filter(isNamespace),
      ...there.filter((change) => !isNamespace(change)),
      ...gone.filter((change) => !isNamespace(change)),
      ...gone.filter(isNamespace),
    ];
    for (const { key, object } of ordered) {
      const version = object === undefined ? this.remove(key, event) : this.apply(key, object);
      if (version !== "refused" && this.followed.has(key.slice(0, key.indexOf("/")))) keys.set(key, version);
    }
    const { readAt, files, skipped } = event;
    this.waiting.push({ event: { readAt, files, skipped }, keys });
  }

  /** The events all of whose objects have come back. */
  arrived(versionOf: (key: ResourceKey) => string | undefined): readonly FileEvent[] {
    const done: FileEvent[] = [];
    this.waiting = this.waiting.filter(({ event, keys }) => {
      for (const [key, version] of keys) {
        if (hasArrived(versionOf(key), version)) keys.delete(key);
      }
      if (keys.size === 0) done.push(event);
      return keys.size > 0;
    });
    return done;
  }

  private apply(key: ResourceKey, object: Resource): string | undefined {
    try {
      const written = this.ownership.apply(manifestOf(object));
      this.refused.delete(key);
      return (written["metadata"] as { readonly resourceVersion?: string }).resourceVersion;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refused.set(key, error.message);
      return "refused";
    }
  }

  private remove(key: ResourceKey, event: SourceEvent): string | undefined {
    this.refused.delete(key);
    const name = nameOf(key);
    if (name === undefined || event.implied.has(key)) return "refused";
    try {
      // What finalizers hold does not come back as gone.
      return this.ownership.remove(name) ? undefined : "refused";
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refused.set(key, error.message);
      return "refused";
    }
  }
}

function isNamespace({ key }: ResourceChange): boolean {
  return key.startsWith("Namespace/");
}

function hasArrived(seen: string | undefined, wanted: string | undefined): boolean {
  if (seen === undefined || wanted === undefined) return seen === wanted;
  return Number(seen) >= Number(wanted);
}

function nameOf(key: ResourceKey): ObjectName | undefined {
  const [kind = "", namespace = "", name = ""] = key.split("/");
  const found = kinds.find((each) => each.kind === kind);
  if (found === undefined) return undefined;
  return { apiVersion: apiVersionOf(found.group, found.storageVersion), kind, namespace, name };
}

/** What a user would apply: without what the server fills in. */
function manifestOf(object: Resource): JsonObject {
  const { name, namespace, labels, annotations } = object.metadata;
  const { metadata: _, ...rest } = object as Resource & JsonObject;
  return {
    ...rest,
    metadata: {
      name,
      ...(namespace !== "" && { namespace }),
      ...(Object.keys(labels).length > 0 && { labels }),
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
  };
}
