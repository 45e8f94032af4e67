import { isJsonObject, type JsonObject } from "../../resources/json.ts";

/** `PolicyRule` of rbac.authorization.k8s.io/v1. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  /** None: all names. */
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** What a request wants to do: with a resource, or, with `path`, with a URL that is none. */
export interface Attributes {
  readonly verb: string;
  /** `""` for the core group. */
  readonly group: string;
  readonly resource: string;
  /** `""` for none. */
  readonly subresource: string;
  /** `""` for cluster-scoped resources and for all namespaces. */
  readonly namespace: string;
  /** `""` for lists and creates. */
  readonly name: string;
  readonly path?: string;
}

export function allows(rule: PolicyRule, wanted: Attributes): boolean {
  if (!has(rule.verbs, wanted.verb)) return false;
  if (wanted.path !== undefined)
    return (rule.nonResourceURLs ?? []).some((url) => matchesUrl(url, wanted.path!));
  return (
    has(rule.apiGroups, wanted.group) &&
    matchesResource(rule.resources, wanted.resource, wanted.subresource) &&
    (noNames(rule) || rule.resourceNames!.includes(wanted.name))
  );
}

function matchesResource(rules: readonly string[] = [], resource: string, subresource: string): boolean {
  if (subresource === "") return has(rules, resource);
  return has(rules, `${resource}/${subresource}`) || rules.includes(`*/${subresource}`);
}

/** `rule` is a path, or the beginning of paths with a `*` at its end. */
function matchesUrl(rule: string, path: string): boolean {
  return rule === path || (rule.endsWith("*") && path.startsWith(rule.replace(/\*+$/, "")));
}

function has(list: readonly string[] = [], value: string): boolean {
  return list.includes(value) || list.includes("*");
}

function noNames(rule: PolicyRule): boolean {
  return (rule.resourceNames ?? []).length === 0;
}

/** The rule with one verb, and one resource of one group with at most one name, or one URL. */
export type Grain =
  | { readonly verb: string; readonly url: string }
  | {
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
      readonly name: string | undefined;
    };

/** How many grains a rule has, without making them: it is the product of its lists. */
export function countGrains({
  verbs,
  apiGroups,
  resources,
  resourceNames,
  nonResourceURLs,
}: PolicyRule): number {
  const named = Math.max(1, resourceNames?.length ?? 0);
  return (
    verbs.length *
    ((apiGroups?.length ?? 0) * (resources?.length ?? 0) * named + (nonResourceURLs?.length ?? 0))
  );
}

export function* grainsOf(rule: PolicyRule): Generator<Grain, void> {
  const names = noNames(rule) ? [undefined] : rule.resourceNames!;
  for (const verb of rule.verbs) {
    for (const group of rule.apiGroups ?? [])
      for (const resource of rule.resources ?? [])
        for (const name of names) yield { verb, group, resource, name };
    for (const url of rule.nonResourceURLs ?? []) yield { verb, url };
  }
}

/** True when whoever has `rule` may do all that `grain` allows; a `*` is covered by a `*` only. */
export function covers(rule: PolicyRule, grain: Grain): boolean {
  if (!has(rule.verbs, grain.verb)) return false;
  if ("url" in grain) return (rule.nonResourceURLs ?? []).some((url) => matchesUrl(url, grain.url));
  const [resource, subresource] = splitOnce(grain.resource);
  return (
    has(rule.apiGroups, grain.group) &&
    matchesResource(rule.resources, resource, subresource) &&
    (noNames(rule) || (grain.name !== undefined && rule.resourceNames!.includes(grain.name)))
  );
}

function splitOnce(resource: string): [string, string] {
  const slash = resource.indexOf("/");
  return slash === -1 ? [resource, ""] : [resource.slice(0, slash), resource.slice(slash + 1)];
}

/** The rules of a Role or ClusterRole; what is not of their form is left out. */
export function rulesOf(role: JsonObject): readonly PolicyRule[] {
  const { rules } = role;
  return Array.isArray(rules) ? rules.filter(isJsonObject).map(readRule) : [];
}

function readRule(rule: JsonObject): PolicyRule {
  return {
    verbs: strings(rule["verbs"]),
    apiGroups: strings(rule["apiGroups"]),
    resources: strings(rule["resources"]),
    resourceNames: strings(rule["resourceNames"]),
    nonResourceURLs: strings(rule["nonResourceURLs"]),
  };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
