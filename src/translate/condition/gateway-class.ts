import type { Condition } from "../../resources/condition.ts";
import type { Problem } from "../problem.ts";
import { fails, holds } from "./make.ts";

export function classAccepted(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Accepted", generation, problem);
  return holds("Accepted", generation, "Accepted", "This controller serves the class");
}

/** Other versions are served as far as they are alike: the class is accepted all the same. */
export function classSupportedVersion(generation: number, others: readonly string[]): Condition {
  if (others.length === 0) {
    return holds("SupportedVersion", generation, "SupportedVersion", "The Gateway API is of version 1.7");
  }
  const message = `Definitions of the Gateway API are of version ${others.join(", ")}: 1.7 is supported`;
  return fails("SupportedVersion", generation, { reason: "UnsupportedVersion", message });
}

export const classParametersUnsupported: Problem = {
  reason: "InvalidParameters",
  message: "spec.parametersRef is set, and this controller knows no parameters",
};
