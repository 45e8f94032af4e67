import type { Condition } from "../../resources/condition.ts";
import type { Problem } from "../problem.ts";

export function holds(type: string, generation: number, reason: string, message: string): Condition {
  return { type, status: "True", reason, message, observedGeneration: generation };
}

export function fails(type: string, generation: number, { reason, message }: Problem): Condition {
  return { type, status: "False", reason, message, observedGeneration: generation };
}
