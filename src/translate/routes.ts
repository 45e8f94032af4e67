import type { Condition } from "../resources/condition.ts";
import type { Attachment, Route } from "../program/program.ts";
import { keyOf } from "../resources/resource.ts";
import type { RouteWanted } from "../resources/wanted-status.ts";
import type { Ancestor } from "./ancestors.ts";
import { attachAll, type Attached } from "./attach.ts";
import type { BackendTarget } from "./backends.ts";
import {
  droppedRules,
  hostnamesTaken,
  routeAccepted,
  routePartiallyInvalid,
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
  /** For the status, which is the same whatever certificate is shown to backends. */
  readonly rules: TranslatedRules;
  /** By key of the certificate that its Gateways show to backends; mostly there is none, and so one entry. */
  readonly variants: ReadonlyMap<string | undefined, TranslatedRules>;
}

export interface SettledRoute {
  /** None when nothing of the route is served; several where its Gateways show different certificates to backends. */
  readonly routes: readonly Route[];
  readonly status: RouteWanted;
  /** Keys of the listeners that count it: accepted by them, whether they are served or not. */
  readonly counted: ReadonlySet<string>;
  /** What `routes` send requests to. */
  readonly targets: readonly BackendTarget[];
  /** The Gateways that they are served by. */
  readonly ancestors: readonly Ancestor[];
}

/** Undefined when none of the route's parents is ours. */
export function translateRoute(resource: AnyRoute, sight: Sight): RouteModel | undefined {
  const parents = attachAll(resource, sight);
  if (parents.length === 0) return undefined;
  const form = formOf(resource);
  const certificates = new Set(parents.map((parent) => parent.clientCertificate));
  const translated = [...certificates].map((certificate) => {
    const rules = translateRules(form, resource.metadata.namespace, certificate, sight);
    return [certificate, rules] as const;
  });
  return { resource, parents, rules: translated[0]![1], variants: new Map(translated) };
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
  const served = serve(model, parents);
  const counted = new Set(
    rules.problem === undefined
      ? parents.flatMap((parent) => parent.listeners.map(({ listener }) => listener.key))
      : [],
  );
  return {
    routes: served.map(({ route }) => route),
    status: routeStatus(resource, parents, rules),
    counted,
    targets: served.flatMap((one) => one.targets),
    ancestors: served.flatMap((one) => one.ancestors),
  };
}

type Served = { readonly route: Route } & Pick<SettledRoute, "targets" | "ancestors">;

function serve({ resource, variants }: RouteModel, parents: readonly Attached[]): readonly Served[] {
  return [...variants].flatMap(([certificate, rules]) => {
    const own = parents.filter((parent) => parent.clientCertificate === certificate);
    const attachments = mergeAttachments(own);
    if (attachments.length === 0 || rules.rules.length === 0) return [];
    const isOne = variants.size === 1 || certificate === undefined;
    const key = isOne ? keyOf(resource) : `${keyOf(resource)}/AS:${certificate}`;
    const serving = own.filter(({ listeners }) => listeners.some(({ listener }) => listener.isServed));
    return {
      route: programRoute(key, resource, attachments, rules),
      targets: rules.targets,
      ancestors: serving,
    };
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
  { rules }: TranslatedRules,
): Route {
  const { namespace, name, creationTimestamp } = resource.metadata;
  return {
    key,
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
  { refProblems, dropped, problem: rulesProblem }: TranslatedRules,
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
