import type { JsonObject } from "../../resources/json.ts";
import type { Kind } from "../../resources/kind.ts";
import type { Objects } from "../objects/objects.ts";
import type { ServedKind } from "../registry.ts";

/** Names one object of any kind: `GROUP/PLURAL/NAMESPACE/NAME`. */
export function identityOf(kind: Kind, namespace: string, name: string): string {
  return `${kind.group}/${kind.plural}/${namespace}/${name}`;
}

export interface Found {
  readonly served: ServedKind;
  readonly namespace: string;
  readonly name: string;
  readonly object: JsonObject;
}

/** The object of this identity as it is now, in the version that it is stored in. */
export function findIdentity(objects: Objects, identity: string): Found | undefined {
  const [group = "", plural = "", namespace = "", name = ""] = identity.split("/");
  const kind = objects.registry.findResource(group, plural);
  const served = kind === undefined ? undefined : inStorageVersion(kind);
  if (served === undefined) return undefined;
  const object = objects.find(served, namespace, name);
  return object === undefined ? undefined : { served, namespace, name, object };
}

export function inStorageVersion(kind: Kind): ServedKind | undefined {
  const version = kind.versions.find(({ name }) => name === kind.storageVersion) ?? kind.versions[0];
  return version === undefined ? undefined : { kind, version };
}
