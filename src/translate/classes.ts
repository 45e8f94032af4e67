import type { GatewayClass } from "../resources/gateway/gateway-class.ts";
import { keyOf } from "../resources/resource.ts";
import type { GatewayClassWanted } from "../resources/wanted-status.ts";
import {
  classAccepted,
  classParametersUnsupported,
  classSupportedVersion,
} from "./condition/gateway-class.ts";
import { gatewayDefinitions } from "./groups.ts";
import type { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

/** A class of ours. */
export interface ClassModel {
  readonly controllerName: string;
  readonly problem?: Problem;
}

export function translateClass(gatewayClass: GatewayClass): ClassModel {
  const { controllerName, parametersRef } = gatewayClass.spec;
  if (parametersRef === undefined) return { controllerName };
  return { controllerName, problem: classParametersUnsupported };
}

export function classStatus(
  gatewayClass: GatewayClass,
  model: ClassModel,
  supportedFeatures: readonly string[],
  sight: Sight,
): GatewayClassWanted {
  const { generation } = gatewayClass.metadata;
  return {
    kind: "GatewayClass",
    key: keyOf(gatewayClass),
    conditions: [
      classAccepted(generation, model.problem),
      classSupportedVersion(generation, unsupportedVersions(sight)),
    ],
    supportedFeatures,
  };
}

const BUNDLE_VERSION = "gateway.networking.k8s.io/bundle-version";

/** The release that is known here, in all its patches. */
const supportedVersion = /^v1\.7\.\d+(-[0-9A-Za-z.-]+)?$/;

/**
 * Versions of the API's definitions that are not known here, each once and sorted. Where there are no definitions
 * the server has the kinds built in, and those are ours.
 */
function unsupportedVersions(sight: Sight): readonly string[] {
  const versions = new Set<string>();
  for (const { metadata } of sight.members("CustomResourceDefinition", gatewayDefinitions)) {
    const version = metadata.annotations[BUNDLE_VERSION] ?? "none";
    if (!supportedVersion.test(version)) versions.add(version);
  }
  return [...versions].toSorted();
}
