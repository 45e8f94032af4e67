import type { Condition } from "../resources/condition.ts";
import type { Attachment, L4Route, Route } from "../program/program.ts";
import { keyOf } from "../resources/resource.ts";
import type { RouteWanted } from "../resources/wanted-status.ts";
import { attachAll, type Attached } from "./attach.ts";
import type { Way } from "./backends.ts";
import {
  droppedRules,
  hostnamesTaken,
  routeAccepted,
  routePartiallyInvalid,
  routeResolvedRefs,
} from "./condition/route.ts";
import type { Problem } from "./problem.ts";
import type { Contender } from "./rivals.ts";
import { translateBody, type RouteBody } from "./route-body.ts";
import { formOf, type AnyRoute } from "./route-form.ts";
import type { ListenerView, Sight } from "./sight.ts";
import type { Use } from "./used-backends.ts";

/** A route as far as it and its parents decide; its hostnames may still belong to a route of another kind. */
export interface RouteModel {
  readonly resource: AnyRoute;
  /** Those that are ours, never empty. */
  readonly parents: readonly Attached[];
  /** For the status, which is the same whatever way the traffic takes. */
  readonly body: RouteBody;
  /** By the way that traffic takes from the listeners to backends; mostly there is one. */
  readonly variants: ReadonlyMap<string, RouteBody>;
}

export interface SettledRoute {
  /** None when nothing of the route is served; one for each of several ways that traffic takes to backends. */
  readonly routes: readonly (Route | L4Route)[];
  readonly status: RouteWanted;
  /** Keys of the listeners that count it: accepted by them, whether they are served or not. */
  readonly counted: ReadonlySet<string>;
  /** What `routes` send requests to, and the Gateways that they do it through. */
  readonly uses: readonly Use[];
}

/** Undefined when none of the route's parents is ours. */
export function translateRoute(resource: AnyRoute, sight: Sight): RouteModel | undefined {
  const parents = attachAll(resource, sight);
  if (parents.length === 0) return undefined;
  const form = formOf(resource);
  const ways = new Map<string, Way>();
  for (const parent of parents) {
    for (const { listener } of parent.listeners) {
      const way = wayOf(parent, listener);
      ways.set(nameOf(way), way);
    }
  }
  if (ways.size === 0) ways.set("", { certificate: undefined, isPassthrough: false });
  const translated = [...ways].map(
    ([name, way]) => [name, translateBody(form, resource.metadata.namespace, way, sight)] as const,
  );
  return { resource, parents, body: translated[0]![1], variants: new Map(translated) };
}

/** What is passed on as it is shows no certificate of the Gateway's. */
function wayOf({ clientCertificate }: Attached, { isPassthrough }: ListenerView): Way {
  return { certificate: isPassthrough ? undefined : clientCertificate, isPassthrough };
}

/** What the key of a route in the program ends with, if its traffic takes several ways. */
function nameOf({ certificate, isPassthrough }: Way): string {
  if (isPassthrough) return "/PASSTHROUGH";
  return certificate === undefined ? "" : `/AS:${certificate}`;
}

/** Routes that look at connections and flows as a whole have no rivals: the most specific hostname serves, whatever the kind. */
export function contenderOf({ resource, parents, body }: RouteModel): Contender | undefined {
  if (body.served !== undefined && "destinations" in body.served) return undefined;
  const listeners = parents.flatMap((parent) => parent.listeners);
  const claims = new Map(listeners.map(({ listener, hostnames }) => [listener.key, hostnames]));
  return { key: keyOf(resource), route: resource, isSound: body.problem === undefined, claims };
}

/** `lost`: keys of the listeners on which a route of another kind has the hostnames. */
export function settleRoute(model: RouteModel, lost: ReadonlySet<string>): SettledRoute {
  const { resource, body } = model;
  const parents = model.parents.map((parent) => withoutLost(parent, lost, body.problem));
  const served = serve(model, parents);
  const counted = new Set(
    body.problem === undefined
      ? parents.flatMap((parent) => parent.listeners.map(({ listener }) => listener.key))
      : [],
  );
  return {
    routes: served.map(({ route }) => route),
    status: routeStatus(resource, parents, body),
    counted,
    uses: served.map(({ use }) => use),
  };
}

function serve(
  { resource, variants }: RouteModel,
  parents: readonly Attached[],
): readonly { readonly route: Route | L4Route; readonly use: Use }[] {
  return [...variants].flatMap(([name, { served, targets }]) => {
    const own = parents.flatMap((parent) => {
      const listeners = parent.listeners.filter(
        ({ listener }) => listener.isServed && nameOf(wayOf(parent, listener)) === name,
      );
      return listeners.length === 0 ? [] : { ...parent, listeners };
    });
    const attachments = mergeAttachments(own);
    if (attachments.length === 0 || served === undefined) return [];
    const key = variants.size === 1 ? keyOf(resource) : `${keyOf(resource)}${name}`;
    return { route: programRoute(key, resource, attachments, served), use: { targets, ancestors: own } };
  });
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
  key: string,
  resource: AnyRoute,
  attachments: readonly Attachment[],
  served: NonNullable<RouteBody["served"]>,
): Route | L4Route {
  const { namespace, name, creationTimestamp } = resource.metadata;
  return {
    key,
    namespace,
    name,
    // A leap second is a valid RFC 3339 time that `Date` does not know.
    created: Date.parse(creationTimestamp) || 0,
    attachments,
    ...served,
  };
}

/** Each listener once, though several parentRefs may lead to it. */
function mergeAttachments(parents: readonly Attached[]): readonly Attachment[] {
  const attachments = new Map<string, Attachment>();
  for (const { listeners } of parents) {
    for (const { listener, hostnames } of listeners) {
      attachments.set(listener.key, { listener: listener.key, hostnames });
    }
  }
  return [...attachments.values()];
}

function routeStatus(
  resource: AnyRoute,
  parents: readonly Attached[],
  { refProblems, dropped, problem: rulesProblem }: RouteBody,
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
      return { parentRef: parent.parentRef, controllerName: parent.controllerName, conditions };
    }),
  };
}
