import type { Condition } from "../../resources/condition.ts";
import type { Problem } from "../problem.ts";
import { fails, holds } from "./make.ts";

export function classAccepted(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Accepted", generation, problem);
  return holds("Accepted", generation, "Accepted", "This controller serves the class");
}

export const classParametersUnsupported: Problem = {
  reason: "InvalidParameters",
  message: "spec.parametersRef is set, and this controller knows no parameters",
};
