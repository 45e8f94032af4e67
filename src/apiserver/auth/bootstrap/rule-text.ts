import type { PolicyRule } from "../policy-rule.ts";

/**
 * Rules in short: `VERBS GROUPS RESOURCES [NAMES]`, or `VERBS URLS`, each a list with commas. The group `core` is `""`,
 * the verbs `read` and `write` are the usual three and five.
 */
export type RuleTexts = readonly string[];

const verbSets: Readonly<Record<string, readonly string[]>> = {
  read: ["get", "list", "watch"],
  write: ["create", "delete", "deletecollection", "patch", "update"],
};

export function parseRule(text: string): PolicyRule {
  const [verbTexts = [], second = [], resources, resourceNames] = text
    .split(" ")
    .map((word) => word.split(","));
  const verbs = verbTexts.flatMap((verb) => verbSets[verb] ?? [verb]).sort();
  if (resources === undefined) return { nonResourceURLs: second, verbs };
  const apiGroups = second.map((group) => (group === "core" ? "" : group));
  return { apiGroups, resources, ...(resourceNames !== undefined && { resourceNames }), verbs };
}
