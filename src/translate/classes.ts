import type { GatewayClass } from "../resources/gateway/gateway-class.ts";
import { keyOf } from "../resources/resource.ts";
import type { GatewayClassWanted } from "../resources/wanted-status.ts";
import { classAccepted, classParametersUnsupported } from "./condition/gateway-class.ts";
import type { Problem } from "./problem.ts";

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
): GatewayClassWanted {
  return {
    kind: "GatewayClass",
    key: keyOf(gatewayClass),
    conditions: [classAccepted(gatewayClass.metadata.generation, model.problem)],
    supportedFeatures,
  };
}
