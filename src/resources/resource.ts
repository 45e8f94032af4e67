/** What every kind has in common: metadata, keys, changes. */
export interface ObjectMeta {
  readonly name: string;
  /** `""` for kinds that live outside namespaces. */
  readonly namespace: string;
  readonly uid?: string;
  /** RFC 3339; the source fills it in when the manifest has none. */
  readonly creationTimestamp: string;
  /** Counts edits of anything but metadata and status, from 1. */
  readonly generation: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Any resource. `apiVersion` is the one that the kind is stored in, whatever version the user wrote. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** `KIND/NAMESPACE/NAME`; the namespace is empty for cluster-scoped kinds: `GatewayClass//name`. */
export type ResourceKey = string;

export function resourceKey(kind: string, namespace: string, name: string): ResourceKey {
  return `${kind}/${namespace}/${name}`;
}

export function keyOf(object: Resource): ResourceKey {
  return resourceKey(object.kind, object.metadata.namespace, object.metadata.name);
}

/** One object appeared or changed (`object` set), or is gone (`object` absent). */
export interface ResourceChange {
  readonly key: ResourceKey;
  readonly object?: Resource;
}

/**
 * Order of age: oldest first, then `NAMESPACE/NAME`. The specification settles every conflict
 * between objects of one kind this way.
 */
export function compareAge(a: Resource, b: Resource): number {
  const age = Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp);
  if (age !== 0) return age;
  const nameA = `${a.metadata.namespace}/${a.metadata.name}`;
  const nameB = `${b.metadata.namespace}/${b.metadata.name}`;
  return nameA < nameB ? -1 : nameA > nameB ? 1 : 0;
}
