import type { Condition } from "../../resources/condition.ts";
import type { Problem } from "../problem.ts";
import { fails, holds, shorten } from "./make.ts";

export function routeAccepted(generation: number, problem: Problem | undefined): Condition {
  if (problem !== undefined) return fails("Accepted", generation, problem);
  return holds("Accepted", generation, "Accepted", "The route is accepted");
}

export function routeResolvedRefs(generation: number, problems: readonly Problem[]): Condition {
  const [first] = problems;
  if (first === undefined)
    return holds("ResolvedRefs", generation, "ResolvedRefs", "All references are resolved");
  const message = [...new Set(problems.map((problem) => problem.message))].join("; ");
  return fails("ResolvedRefs", generation, { reason: first.reason, message: shorten(message) });
}

/**
 * The message "MUST start with" `Dropped Rule` or `Fall Back` (Gateway API, `RouteConditionPartiallyInvalid`); the latter is for
 * implementations that go on with an earlier version of the route.
 */
export function routePartiallyInvalid(generation: number, messages: readonly string[]): Condition {
  return holds("PartiallyInvalid", generation, "UnsupportedValue", shorten(messages.join("; ")));
}

export function droppedRules(reason: string, messages: readonly string[]): Problem {
  return { reason, message: shorten(messages.join("; ")) };
}

export function noMatchingParent(kind: "Gateway" | "ListenerSet"): Problem {
  const message = `No listener of the ${kind} has this sectionName and port`;
  return { reason: "NoMatchingParent", message };
}

/** Of a ListenerSet that its Gateway does not allow. */
export const parentNotTaken: Problem = {
  reason: "NoMatchingParent",
  message: "The Gateway does not take the listeners of this ListenerSet",
};

export const notAllowedByListeners: Problem = {
  reason: "NotAllowedByListeners",
  message: "No listener allows routes of this kind from this namespace",
};

/** The specification gives no reason for this; for two kinds of routes on one Service of a mesh it has this one. */
export const hostnamesTaken: Problem = {
  reason: "Conflicted",
  message: "An older route of another kind has hostnames of this one on the listeners",
};

export const noMatchingListenerHostname: Problem = {
  reason: "NoMatchingListenerHostname",
  message: "No hostname of the route is among those of the listeners",
};
