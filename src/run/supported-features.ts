import { features, type Need } from "../resources/feature.ts";
import { isJsonObject } from "../resources/json.ts";
import { resourceKey } from "../resources/resource.ts";
import type { ClusterSource } from "../source/source.ts";

export interface Surroundings {
  readonly source: Pick<ClusterSource, "lacks" | "find">;
  /** Of this machine, as the pods of a cluster reach it. */
  readonly clusterAddress: string | undefined;
}

/** Names of the features that work here and now. */
export function supportedFeatures(around: Surroundings): readonly string[] {
  return features
    .filter(({ needs = [] }) => needs.every((need) => isThere(need, around)))
    .map(({ name }) => name);
}

function isThere(need: Need, { source, clusterAddress }: Surroundings): boolean {
  switch (need) {
    case "ClusterTrustBundle":
      return !source.lacks(need);
    case "experimental channel":
      return keepsExperimental(source);
    case "cluster address":
      return clusterAddress !== undefined;
  }
}

const gatewayDefinition = resourceKey("CustomResourceDefinition", "", "gateways.gateway.networking.k8s.io");

/** A server with the definitions of the standard channel drops the fields that only the other one has. */
function keepsExperimental(source: Surroundings["source"]): boolean {
  const annotations = source.find(gatewayDefinition)?.metadata["annotations"];
  return isJsonObject(annotations) && annotations["gateway.networking.k8s.io/channel"] === "experimental";
}
