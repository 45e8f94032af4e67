import type { Kind } from "../../resources/kind.ts";
import type { Registry, ServedKind } from "../registry.ts";
import { hashOf } from "./document.ts";
import { retiredResources } from "./retired.ts";
import { subresourcesOf, verbsOf, type Subresource } from "./subresources.ts";
import { compareGroups, compareVersions } from "./versions.ts";
import { virtualResources } from "./virtual.ts";

/** One resource of a group version, as both forms of discovery show it. */
export interface Resource {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
  /** Changes with the version that objects are stored in; absent for what is not stored. */
  readonly storageVersionHash?: string;
}

export interface GroupVersion {
  readonly version: string;
  readonly resources: readonly Resource[];
}

export interface Group {
  /** `""` for the core group. */
  readonly name: string;
  /** The preferred first. */
  readonly versions: readonly GroupVersion[];
}

/** Everything that is served, in the order in which documents list it. */
export function groupsOf(registry: Registry): readonly Group[] {
  const groups = new Map<string, Map<string, Resource[]>>();
  const add = (group: string, version: string, resource: Resource) => {
    let versions = groups.get(group);
    if (versions === undefined) groups.set(group, (versions = new Map()));
    const resources = versions.get(version);
    if (resources === undefined) versions.set(version, [resource]);
    else resources.push(resource);
  };
  for (const kind of registry.kinds) {
    for (const version of kind.versions) {
      if (version.served) add(kind.group, version.name, stored({ kind, version }));
    }
  }
  const virtual = virtualResources.filter(
    (each) => registry.findResource(each.group, each.plural) === undefined,
  );
  for (const { group, version, ...resource } of [...virtual, ...retiredResources(registry)]) {
    add(group, version, { ...resource, shortNames: [], categories: [], subresources: [] });
  }
  return [...groups]
    .sort(([a], [b]) => compareGroups(a, b))
    .map(([name, versions]) => ({
      name,
      versions: [...versions]
        .sort(([a], [b]) => compareVersions(a, b))
        .map(([version, resources]) => ({
          version,
          resources: resources.sort((a, b) => (a.plural < b.plural ? -1 : 1)),
        })),
    }));
}

function stored(served: ServedKind): Resource {
  const { plural, singular, kind, namespaced, shortNames, categories } = served.kind;
  return {
    plural,
    singular,
    kind,
    namespaced,
    verbs: verbsOf(served),
    shortNames,
    categories,
    subresources: subresourcesOf(served),
    storageVersionHash: storageVersionHash(served.kind),
  };
}

function storageVersionHash({ group, kind, storageVersion }: Kind): string {
  const digest = hashOf(`${group}/${storageVersion}/${kind}`);
  return Buffer.from(digest.slice(0, 16), "hex").toString("base64");
}
