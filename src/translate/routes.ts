import type { Condition } from "../resources/condition.ts";
import type { Attachment, Route } from "../program/program.ts";
import type { HTTPRoute } from "../resources/gateway/http-route.ts";
import { keyOf } from "../resources/resource.ts";
import type { RouteWanted } from "../resources/wanted-status.ts";
import { attach, type Attached } from "./attach.ts";
import type { BackendTarget } from "./backends.ts";
import {
  droppedRules,
  routeAccepted,
  routePartiallyInvalid,
  routePartlyServed,
  routeResolvedRefs,
} from "./condition/route.ts";
import { translateRules, type TranslatedRules } from "./rules.ts";
import type { Sight } from "./sight.ts";

export interface TranslatedRoute {
  /** Absent when nothing of the route is served. */
  readonly route?: Route;
  /** Absent when none of its parents is ours. */
  readonly status?: RouteWanted;
  /** Keys of the listeners that count it: accepted by them, whether they are served or not. */
  readonly counted: ReadonlySet<string>;
  /** What `route` sends requests to. */
  readonly targets: readonly BackendTarget[];
}

const foreign: TranslatedRoute = { counted: new Set(), targets: [] };

export function translateRoute(resource: HTTPRoute, sight: Sight): TranslatedRoute {
  const parents = (resource.spec.parentRefs ?? []).flatMap((ref) => attach(resource, ref, sight) ?? []);
  if (parents.length === 0) return foreign;
  const rules = translateRules(resource, sight);
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

/**
 * A route whose rules all failed is not accepted, and still answers 500 where its matches can be evaluated:
 * letting its requests fall to other routes would expose what the failed rules, say with an authorization,
 * were to protect.
 */
function programRoute(
  resource: HTTPRoute,
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
  resource: HTTPRoute,
  parents: readonly Attached[],
  { refProblems, dropped, missing, problem: rulesProblem }: TranslatedRules,
): RouteWanted {
  const { generation } = resource.metadata;
  const unusable = rulesProblem && droppedRules(rulesProblem.reason, dropped);
  const resolvedRefs = routeResolvedRefs(generation, refProblems);
  return {
    kind: "HTTPRoute",
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
