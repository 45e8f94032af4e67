import type { Condition } from "../resources/condition.ts";
import type { Attachment, Route } from "../program/program.ts";
import { keyOf } from "../resources/resource.ts";
import type { RouteWanted } from "../resources/wanted-status.ts";
import { attachAll, type Attached } from "./attach.ts";
import type { BackendTarget } from "./backends.ts";
import {
  droppedRules,
  hostnamesTaken,
  routeAccepted,
  routePartiallyInvalid,
  routePartlyServed,
  routeResolvedRefs,
} from "./condition/route.ts";
import type { Problem } from "./problem.ts";
import type { Contender } from "./rivals.ts";
import { formOf, type AnyRoute } from "./route-form.ts";
import { translateRules, type TranslatedRules } from "./rules.ts";
import type { Sight } from "./sight.ts";

/** A route as far as it and its parents decide; its hostnames may still belong to a route of another kind. */
export interface RouteModel {
  readonly resource: AnyRoute;
  /** Those that are ours, never empty. */
  readonly parents: readonly Attached[];
  readonly rules: TranslatedRules;
}

export interface SettledRoute {
  /** Absent when nothing of the route is served. */
  readonly route?: Route;
  readonly status: RouteWanted;
  /** Keys of the listeners that count it: accepted by them, whether they are served or not. */
  readonly counted: ReadonlySet<string>;
  /** What `route` sends requests to. */
  readonly targets: readonly BackendTarget[];
}

/** Undefined when none of the route's parents is ours. */
export function translateRoute(resource: AnyRoute, sight: Sight): RouteModel | undefined {
  const parents = attachAll(resource, sight);
  if (parents.length === 0) return undefined;
  const rules = translateRules(formOf(resource), resource.metadata.namespace, sight);
  return { resource, parents, rules };
}

export function contenderOf({ resource, parents, rules }: RouteModel): Contender {
  const listeners = parents.flatMap((parent) => parent.listeners);
  const claims = new Map(listeners.map(({ listener, hostnames }) => [listener.key, hostnames]));
  return { key: keyOf(resource), route: resource, isSound: rules.problem === undefined, claims };
}

/** `lost`: keys of the listeners on which a route of another kind has the hostnames. */
export function settleRoute(model: RouteModel, lost: ReadonlySet<string>): SettledRoute {
  const { resource, rules } = model;
  const parents = model.parents.map((parent) => withoutLost(parent, lost, rules.problem));
  const attachments = mergeAttachments(parents);
  const isServed = attachments.length > 0 && rules.rules.length > 0;
  const route = isServed && programRoute(resource, attachments, rules);
  const status = routeStatus(resource, parents, rules);
  const counted = new Set(
    rules.problem === undefined
      ? parents.flatMap((parent) => parent.listeners.map(({ listener }) => listener.key))
      : [],
  );
  return { ...(route && { route }), status, counted, targets: isServed ? rules.targets : [] };
}

/** One listener that is left is enough; a problem of the route itself is told rather than this one. */
function withoutLost(parent: Attached, lost: ReadonlySet<string>, own: Problem | undefined): Attached {
  const listeners = parent.listeners.filter(({ listener }) => !lost.has(listener.key));
  if (listeners.length === parent.listeners.length) return parent;
  const isTaken = listeners.length === 0 && own === undefined;
  return { ...parent, listeners, ...(isTaken && { problem: hostnamesTaken }) };
}

/**
 * A route whose rules all failed is not accepted, and still answers 500 where its matches can be evaluated:
 * letting its requests fall to other routes would expose what the failed rules, say with an authorization,
 * were to protect.
 */
function programRoute(
  resource: AnyRoute,
  attachments: readonly Attachment[],
  { rules }: TranslatedRules,
): Route {
  const { namespace, name, creationTimestamp } = resource.metadata;
  return {
    key: keyOf(resource),
    namespace,
    name,
    // A leap second is a valid RFC 3339 time that `Date` does not know.
    created: Date.parse(creationTimestamp) || 0,
    attachments,
    rules,
  };
}

/** Each served listener once, though several parentRefs may lead to it. */
function mergeAttachments(parents: readonly Attached[]): readonly Attachment[] {
  const attachments = new Map<string, Attachment>();
  for (const { listeners } of parents) {
    for (const { listener, hostnames } of listeners) {
      if (listener.isServed) attachments.set(listener.key, { listener: listener.key, hostnames });
    }
  }
  return [...attachments.values()];
}

function routeStatus(
  resource: AnyRoute,
  parents: readonly Attached[],
  { refProblems, dropped, missing, problem: rulesProblem }: TranslatedRules,
): RouteWanted {
  const { generation } = resource.metadata;
  const unusable = rulesProblem && droppedRules(rulesProblem.reason, dropped);
  const resolvedRefs = routeResolvedRefs(generation, refProblems);
  return {
    kind: resource.kind,
    key: keyOf(resource),
    parents: parents.map((parent) => {
      const problem = parent.problem ?? unusable;
      const conditions: Condition[] = [routeAccepted(generation, problem), resolvedRefs];
      // "MUST NOT be set if a Route is [...] not accepted" (`RouteConditionPartiallyInvalid`).
      if (problem === undefined && dropped.length > 0) {
        conditions.push(routePartiallyInvalid(generation, dropped));
      }
      if (problem === undefined && missing.length > 0)
        conditions.push(routePartlyServed(generation, missing));
      return { parentRef: parent.parentRef, controllerName: parent.controllerName, conditions };
    }),
  };
}
