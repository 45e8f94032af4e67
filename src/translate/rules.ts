import type { Destination, Match, Rule } from "../program/program.ts";
import type { HTTPBackendRef } from "../resources/gateway/http-route.ts";
import { resolveBackend, type BackendReferrer, type BackendTarget } from "./backends.ts";
import { translateFilters, type FilterFault } from "./filter/filter.ts";
import type { Problem } from "./problem.ts";
import type { RouteForm, RuleForm } from "./route-form.ts";
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

export function translateRules(form: RouteForm, namespace: string, sight: Sight): TranslatedRules {
  const context: Context = { form, namespace, sight };
  const translated = form.rules.map((rule, index) => translateRule(rule, `rules[${index}]`, context));
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
    ...(lost.length > 0 &&
      lost.length === translated.length && { problem: { reason, message: dropped.join("; ") } }),
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

/** The route that a rule belongs to. */
interface Context {
  readonly form: RouteForm;
  readonly namespace: string;
  readonly sight: Sight;
}

function translateRule(form: RuleForm, place: string, context: Context): TranslatedRule {
  const matches = form.matches.flatMap((one) => ("match" in one ? [one.match] : []));
  const faults = form.matches.flatMap((one) => ("fault" in one ? [one.fault] : []));
  const { filters, fault: filterFault } = translateFilters(form.filters, matches);
  const forwarding = translateBackendRefs(form.backendRefs, place, matches, context);
  const fault = firstFault(faults) ?? filterFault;
  const name = form.name !== undefined && { name: form.name };
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
  const { targets, dropped, destinations } = forwarding;
  const rule: Rule = { ...name, matches, filters, destinations, ...form.timeouts };
  const missing = form.unserved.map((field) => `${place} is served without ${field}, which is not supported`);
  return { rule, targets, refProblems, dropped, missing };
}

function firstFault(messages: readonly string[]): FilterFault | undefined {
  return messages[0] === undefined ? undefined : { reason: "UnsupportedValue", message: messages[0] };
}

function translateBackendRefs(
  refs: readonly HTTPBackendRef[],
  place: string,
  matches: readonly Match[],
  { form, namespace, sight }: Context,
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
  const referrer: BackendReferrer = { ...form.kind, namespace, protocol: form.protocol };
  for (const [index, ref] of refs.entries()) {
    const { weight } = ref;
    const invalid: Destination = { weight, filters: [] };
    const resolved = resolveBackend(ref, referrer, sight);
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
