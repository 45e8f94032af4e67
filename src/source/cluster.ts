import {
  openCluster,
  type Cluster,
  type ClusterBatch,
  type ClusterState,
  type KubeClient,
  type KubeObject,
  type WatchedKind,
} from "../kube/kube.ts";
import { equalValues } from "../resources/equality.ts";
import type { Kind } from "../resources/kind.ts";
import type { Resource, ResourceChange, ResourceKey } from "../resources/resource.ts";
import { validate } from "../resources/schema/validate.ts";
import { slimming } from "./slim.ts";

/** An object of the cluster that our rules refuse: its last good version stays in force. */
export interface ClusterProblem {
  readonly object: ResourceKey;
  readonly message: string;
  readonly keptLastGood: boolean;
}

/** What has changed in the cluster since the event before; every object once, in its last state. */
export interface ClusterEvent {
  readonly changes: readonly ResourceChange[];
  /** All that stand now. */
  readonly problems: readonly ClusterProblem[];
  /** Versions of the objects that were written by key, also where only the status did. */
  readonly versions: ReadonlyMap<ResourceKey, string>;
  /** On the clock of `performance.now()`. */
  readonly readAt: number;
}

export interface ClusterSourceOptions {
  readonly client: KubeClient;
  /** What is followed. */
  readonly kinds: readonly Kind[];
  /** Whether the server checks objects by our own definitions: then they are taken as they are. */
  readonly trust: "checked" | "unchecked";
  /** Called for one event after the other; the next waits for the promise. The first holds all that is there. */
  onEvent(event: ClusterEvent): Promise<void>;
  readonly onState?: (state: ClusterState) => void;
}

/** Follows the kinds that translation reads, in any cluster, until it is closed. */
export class ClusterSource {
  private readonly options: ClusterSourceOptions;
  private readonly cluster: Cluster;
  private readonly byKind: ReadonlyMap<string, Kind>;
  private readonly versions = new Map<ResourceKey, string>();
  private readonly good = new Map<ResourceKey, Resource>();
  private readonly problems = new Map<ResourceKey, ClusterProblem>();

  constructor(options: ClusterSourceOptions) {
    this.options = options;
    this.byKind = new Map(options.kinds.map((kind) => [kind.kind, kind]));
    this.cluster = openCluster({
      client: options.client,
      kinds: options.kinds.map(watched),
      onChanges: (batch) => this.take(batch),
      ...(options.onState !== undefined && { onState: options.onState }),
    });
  }

  /** Resolves when everything that was there has been read. */
  get synced(): Promise<void> {
    return this.cluster.synced;
  }

  /** The version of the object that was in the last event about it; undefined when it is gone. */
  versionOf(key: ResourceKey): string | undefined {
    return this.versions.get(key);
  }

  /** The object as the cluster has it now, which may be ahead of events. */
  find(key: ResourceKey): KubeObject | undefined {
    const [kind = "", namespace = "", name = ""] = key.split("/");
    return this.byKind.has(kind) ? this.cluster.cache(kind).get(namespace, name) : undefined;
  }

  /** Whether all objects of the kind have been read once: an event that begins after that leaves none of them out. */
  hasRead(kind: string): boolean {
    return this.byKind.has(kind) && this.cluster.stateOf(kind).synced;
  }

  /** Whether the server has no such kind, or none that it shows us, as far as is known. */
  lacks(kind: string): boolean {
    if (!this.byKind.has(kind)) return false;
    const { phase } = this.cluster.stateOf(kind);
    return phase === "absent" || phase === "forbidden";
  }

  close(): Promise<void> {
    return this.cluster.close();
  }

  private take({ changes }: ClusterBatch): Promise<void> {
    const readAt = performance.now();
    const versions = new Map<ResourceKey, string>();
    const read: ResourceChange[] = [];
    for (const { kind, key, object } of changes) {
      const version = object?.metadata.resourceVersion;
      if (version === undefined) this.versions.delete(key);
      else {
        versions.set(key, version);
        this.versions.set(key, version);
      }
      const change = object === undefined ? this.lose(key) : this.read(this.byKind.get(kind)!, key, object);
      if (change !== undefined) read.push(change);
    }
    return this.options.onEvent({ changes: read, problems: [...this.problems.values()], versions, readAt });
  }

  private lose(key: ResourceKey): ResourceChange | undefined {
    this.problems.delete(key);
    return this.good.delete(key) ? { key } : undefined;
  }

  private read(kind: Kind, key: ResourceKey, object: KubeObject): ResourceChange | undefined {
    // What is left of a slimmed object was checked by its server, as a whole.
    if (this.options.trust === "checked" || slimming.has(kind.kind))
      return this.keep(key, toResource(object));
    const { value, errors } = readInAnyVersion(kind, object);
    const [first] = errors;
    if (first !== undefined) {
      const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
      const message = `${first.path.join(".")}: ${first.message}${more}`;
      this.problems.set(key, { object: key, message, keptLastGood: this.good.has(key) });
      return undefined;
    }
    this.problems.delete(key);
    return this.keep(key, toResource({ ...(value as KubeObject), metadata: object.metadata }));
  }

  /** A change, unless only the status or bookkeeping is new: most often those are our own writes. */
  private keep(key: ResourceKey, object: Resource): ResourceChange | undefined {
    const before = this.good.get(key);
    this.good.set(key, object);
    return before !== undefined && sameMeaning(before, object) ? undefined : { key, object };
  }
}

/**
 * What was written in another version is stored as it is, and no server converts it: what that version allowed stays. The errors are those
 * of the version that is stored.
 */
function readInAnyVersion(kind: Kind, object: KubeObject): ReturnType<typeof validate> {
  const isStored = ({ name }: Kind["versions"][number]) => name === kind.storageVersion;
  const read = ({ schema }: Kind["versions"][number]) => validate(schema, object, { unknown: "prune" });
  const stored = read(kind.versions.find(isStored)!);
  if (stored.errors.length === 0) return stored;
  const others = kind.versions.filter((version) => !isStored(version));
  return others.map(read).find(({ errors }) => errors.length === 0) ?? stored;
}

function watched(kind: Kind): WatchedKind {
  const { group, plural, storageVersion, versions } = kind;
  const others = versions.filter(({ name, served }) => served && name !== storageVersion);
  const transform = slimming.get(kind.kind);
  return {
    kind: kind.kind,
    group,
    plural,
    versions: [storageVersion, ...others.map(({ name }) => name)],
    ...(transform !== undefined && { transform }),
  };
}

function sameMeaning(a: Resource, b: Resource): boolean {
  // Its status is what pods are looked at for.
  if (a.kind === "Pod") return equalValues(a, b);
  const { labels, annotations, generation } = a.metadata;
  const other = b.metadata;
  if (a.metadata.uid !== other.uid || generation !== other.generation) return false;
  if (!equalValues(labels, other.labels) || !equalValues(annotations, other.annotations)) return false;
  // Kinds that count generations say so themselves.
  return (
    generation > 0 || equalValues({ ...a, metadata: "", status: "" }, { ...b, metadata: "", status: "" })
  );
}

/** With what readers want to find without asking: labels, annotations, a namespace. */
function toResource(object: KubeObject): Resource {
  const { metadata } = object as unknown as { metadata: Partial<Resource["metadata"]> & { name: string } };
  return {
    ...object,
    metadata: {
      ...metadata,
      namespace: metadata.namespace ?? "",
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      generation: metadata.generation ?? 0,
      creationTimestamp: metadata.creationTimestamp ?? "",
    },
  };
}
