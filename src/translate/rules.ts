import type { Destination, Rule } from "../program/program.ts";
import {
  resolveBackend,
  withPersistence,
  type BackendReferrer,
  type BackendTarget,
  type Way,
} from "./backends.ts";
import {
  translateFilters,
  type BackendResolver,
  type FilterContext,
  type FilterFault,
} from "./filter/filter.ts";
import type { Problem } from "./problem.ts";
import type { RouteBody } from "./route-body.ts";
import type { HTTPForm, RuleForm } from "./route-form.ts";
import type { Sight } from "./sight.ts";

export function translateRules(form: HTTPForm, namespace: string, way: Way, sight: Sight): RouteBody {
  const referrer: BackendReferrer = { ...form.kind, namespace, protocol: form.protocol, ...way };
  const resolve: BackendResolver = (ref, protocol = form.protocol) =>
    resolveBackend(ref, { ...referrer, protocol }, sight);
  const translated = form.rules.map((rule, index) => translateRule(rule, `rules[${index}]`, resolve));
  const dropped = translated.flatMap((one) => one.dropped);
  const lost = translated.flatMap((one) => (one.fault === undefined ? [] : [one.fault.reason]));
  const reason = lost.every((one) => one === "IncompatibleFilters")
    ? "IncompatibleFilters"
    : "UnsupportedValue";
  // A rule of which no match can be evaluated is not among them: it takes no request.
  const rules = translated.flatMap((one) => one.rule ?? []);
  return {
    ...(rules.length > 0 && { served: { rules } }),
    targets: translated.flatMap((one) => one.targets),
    refProblems: translated.flatMap((one) => one.refProblems),
    dropped,
    ...(lost.length > 0 &&
      lost.length === translated.length && { problem: { reason, message: dropped.join("; ") } }),
  };
}

interface TranslatedRule {
  readonly rule?: Rule;
  readonly targets: readonly BackendTarget[];
  readonly refProblems: readonly Problem[];
  readonly dropped: readonly string[];
  /** The whole rule does not work. */
  readonly fault?: FilterFault;
}

function translateRule(form: RuleForm, place: string, resolve: BackendResolver): TranslatedRule {
  const matches = form.matches.flatMap((one) => ("match" in one ? [one.match] : []));
  const faults = form.matches.flatMap((one) => ("fault" in one ? [one.fault] : []));
  const context: FilterContext = { matches, resolve };
  const own = translateFilters(form.filters, context);
  const forwarding = translateBackendRefs(form, place, context);
  const fault = firstFault(faults) ?? own.fault;
  const name = form.name !== undefined && { name: form.name };
  const refProblems = [...own.refProblems, ...forwarding.refProblems];
  if (fault !== undefined) {
    const dropped = [`Dropped Rule ${place}: ${fault.message}`];
    const broken: Rule = { ...name, matches, filters: [], destinations: [], broken: fault.message };
    return { ...(matches.length > 0 && { rule: broken }), targets: [], refProblems, dropped, fault };
  }
  const { dropped, destinations } = forwarding;
  const rule: Rule = { ...name, matches, filters: own.filters, destinations, ...form.settings };
  return { rule, targets: [...own.targets, ...forwarding.targets], refProblems, dropped };
}

function firstFault(messages: readonly string[]): FilterFault | undefined {
  return messages[0] === undefined ? undefined : { reason: "UnsupportedValue", message: messages[0] };
}

function translateBackendRefs(
  { backendRefs, persistence }: RuleForm,
  place: string,
  context: FilterContext,
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
  for (const [index, ref] of backendRefs.entries()) {
    const { weight } = ref;
    const resolved = context.resolve(ref);
    const own = translateFilters(ref.filters, context);
    if ("problem" in resolved) refProblems.push(resolved.problem);
    refProblems.push(...own.refProblems);
    if (own.fault !== undefined) {
      dropped.push(`Dropped Rule ${place}.backendRefs[${index}]: ${own.fault.message}`);
    }
    if ("problem" in resolved || own.fault !== undefined) {
      destinations.push({ weight, filters: [] });
      continue;
    }
    const target = withPersistence(resolved.target, persistence);
    destinations.push({ weight, backend: target.key, filters: own.filters });
    targets.push(target, ...own.targets);
  }
  return { destinations, targets, refProblems, dropped };
}
