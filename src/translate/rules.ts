import type { Destination, Match, Rule } from "../program/program.ts";
import type { HTTPBackendRef, HTTPRoute, HTTPRouteRule } from "../resources/gateway/http-route.ts";
import { resolveBackend, type BackendTarget } from "./backends.ts";
import { milliseconds } from "../resources/gateway/duration.ts";
import { translateFilters, type FilterFault } from "./filter/filter.ts";
import { translateMatches } from "./matches.ts";
import type { Problem } from "./problem.ts";
import type { Sight } from "./sight.ts";

export interface TranslatedRules {
  /** A rule of which no match can be evaluated is not among them: it takes no request. */
  readonly rules: readonly Rule[];
  readonly targets: readonly BackendTarget[];
  readonly refProblems: readonly Problem[];
  /** What is not served; each begins with `Dropped Rule`. */
  readonly dropped: readonly string[];
  /** What is served, but not in full. */
  readonly missing: readonly string[];
  /** Set when no rule at all is left that works. */
  readonly problem?: Problem;
}

export function translateRules(route: HTTPRoute, sight: Sight): TranslatedRules {
  const specs = route.spec.rules;
  const translated = specs.map((spec, index) => translateRule(spec, `rules[${index}]`, route, sight));
  const dropped = translated.flatMap((one) => one.dropped);
  const lost = translated.flatMap((one) => (one.fault === undefined ? [] : [one.fault.reason]));
  const reason = lost.every((one) => one === "IncompatibleFilters")
    ? "IncompatibleFilters"
    : "UnsupportedValue";
  return {
    rules: translated.flatMap((one) => one.rule ?? []),
    targets: translated.flatMap((one) => one.targets),
    refProblems: translated.flatMap((one) => one.refProblems),
    dropped,
    missing: translated.flatMap((one) => one.missing),
    ...(lost.length === specs.length && { problem: { reason, message: dropped.join("; ") } }),
  };
}

interface TranslatedRule {
  readonly rule?: Rule;
  readonly targets: readonly BackendTarget[];
  readonly refProblems: readonly Problem[];
  readonly dropped: readonly string[];
  readonly missing: readonly string[];
  /** The whole rule does not work. */
  readonly fault?: FilterFault;
}

function translateRule(spec: HTTPRouteRule, place: string, route: HTTPRoute, sight: Sight): TranslatedRule {
  const { matches, faults } = translateMatches(spec.matches);
  const { filters, fault: filterFault } = translateFilters(spec.filters, matches);
  const forwarding = translateBackendRefs(spec, place, matches, route, sight);
  const fault = firstFault(faults) ?? filterFault;
  const name = spec.name !== undefined && { name: spec.name };
  const { refProblems } = forwarding;
  if (fault !== undefined) {
    const dropped = [`Dropped Rule ${place}: ${fault.message}`];
    const broken: Rule = { ...name, matches, filters: [], destinations: [], broken: fault.message };
    return {
      ...(matches.length > 0 && { rule: broken }),
      targets: [],
      refProblems,
      dropped,
      missing: [],
      fault,
    };
  }
  const rule: Rule = {
    ...name,
    matches,
    filters,
    destinations: forwarding.destinations,
    ...translateTimeouts(spec),
  };
  const { targets, dropped } = forwarding;
  return { rule, targets, refProblems, dropped, missing: findMissing(spec, place) };
}

function firstFault(messages: readonly string[]): FilterFault | undefined {
  return messages[0] === undefined ? undefined : { reason: "UnsupportedValue", message: messages[0] };
}

/** Fields that a rule can be served without: nothing becomes reachable that was not meant to be. */
function findMissing(spec: HTTPRouteRule, place: string): readonly string[] {
  const fields = (["retry", "sessionPersistence"] as const).filter((field) => spec[field] !== undefined);
  return fields.map((field) => `${place} is served without ${field}, which is not supported`);
}

function translateBackendRefs(
  spec: HTTPRouteRule,
  place: string,
  matches: readonly Match[],
  route: HTTPRoute,
  sight: Sight,
): {
  readonly destinations: readonly Destination[];
  readonly targets: readonly BackendTarget[];
  readonly refProblems: readonly Problem[];
  readonly dropped: readonly string[];
} {
  const destinations: Destination[] = [];
  const targets: BackendTarget[] = [];
  const refProblems: Problem[] = [];
  const dropped: string[] = [];
  for (const [index, ref] of (spec.backendRefs ?? []).entries()) {
    const { weight } = ref;
    const invalid: Destination = { weight, filters: [] };
    const resolved = resolveBackend(ref, route.metadata.namespace, sight);
    const { filters, fault } = translateRefFilters(ref, matches);
    if ("problem" in resolved) refProblems.push(resolved.problem);
    if (fault !== undefined) dropped.push(`Dropped Rule ${place}.backendRefs[${index}]: ${fault}`);
    if ("problem" in resolved || fault !== undefined) {
      destinations.push(invalid);
      continue;
    }
    destinations.push({ weight, backend: resolved.target.key, filters });
    targets.push(resolved.target);
  }
  return { destinations, targets, refProblems, dropped };
}

function translateRefFilters(ref: HTTPBackendRef, matches: readonly Match[]) {
  const { filters, fault } = translateFilters(ref.filters, matches);
  return { filters, fault: fault?.message };
}

/** `0s` "disables" a timeout: no limit. */
function translateTimeouts({
  timeouts,
}: HTTPRouteRule): Pick<Rule, "requestTimeout" | "backendRequestTimeout"> {
  const requestTimeout = milliseconds(timeouts?.request ?? "0s");
  const backendRequestTimeout = milliseconds(timeouts?.backendRequest ?? "0s");
  return {
    ...(requestTimeout > 0 && { requestTimeout }),
    ...(backendRequestTimeout > 0 && { backendRequestTimeout }),
  };
}
