import type { Condition } from "../../resources/condition.ts";
import type { Problem } from "../problem.ts";

export function holds(type: string, generation: number, reason: string, message: string): Condition {
  return { type, status: "True", reason, message, observedGeneration: generation };
}

export function fails(type: string, generation: number, { reason, message }: Problem): Condition {
  return { type, status: "False", reason, message, observedGeneration: generation };
}

/** `metav1.Condition.message` holds at most 32768 characters. */
const longestMessage = 32_768;

export function shorten(message: string): string {
  return message.length <= longestMessage ? message : `${message.slice(0, longestMessage - 1)}…`;
}
