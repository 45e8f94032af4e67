import type { JsonObject } from "../../resources/json.ts";
import type { Group, Resource } from "./resources.ts";

export type AggregatedVersion = "v2" | "v2beta1";

/** Everything in one answer: `APIGroupDiscoveryList` of apidiscovery.k8s.io; both versions have the same fields. */
export function aggregated(groups: readonly Group[], version: AggregatedVersion): JsonObject {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === "" ? {} : { name },
      versions: versions.map((each) => ({
        version: each.version,
        resources: each.resources.map((resource) => entry(name, each.version, resource)),
        freshness: "Current",
      })),
    })),
  };
}

function entry(group: string, version: string, resource: Resource): JsonObject {
  const { shortNames, categories, subresources } = resource;
  return {
    resource: resource.plural,
    responseKind: { group, version, kind: resource.kind },
    scope: resource.namespaced ? "Namespaced" : "Cluster",
    singularResource: resource.singular,
    verbs: resource.verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map((sub) => ({
        subresource: sub.name,
        responseKind: { group: sub.group, version: sub.version, kind: sub.kind },
        verbs: sub.verbs,
      })),
    }),
  };
}
