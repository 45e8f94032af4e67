import type { Condition } from "../../resources/condition.ts";
import type { Problem } from "../problem.ts";
import { fails, holds } from "./make.ts";

export function setAccepted(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Accepted", generation, problem);
  return holds("Accepted", generation, "Accepted", "The ListenerSet is accepted");
}

/** Some listeners are fine: the set stands, and the reason says that not all of it does. */
export function setPartlyAccepted(generation: number, listeners: readonly string[]): Condition {
  return holds("Accepted", generation, "ListenersNotValid", `Not served: ${listeners.join(", ")}`);
}

export function setProgrammed(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Programmed", generation, problem);
  return holds("Programmed", generation, "Programmed", "The listeners are served");
}

/** Also of a Gateway that says nothing: "None" is the default of `allowedListeners`. */
export const setNotAllowed: Problem = {
  reason: "NotAllowed",
  message: "The Gateway allows no ListenerSets from this namespace (spec.allowedListeners)",
};

export const parentNotAccepted: Problem = {
  reason: "ParentNotAccepted",
  message: "The Gateway is not accepted",
};

export const parentNotProgrammed: Problem = {
  reason: "ParentNotProgrammed",
  message: "The Gateway is not served",
};

export const noEntryValid: Problem = {
  reason: "ListenersNotValid",
  message: "None of the listeners can be served",
};
