import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { metaOf } from "../objects/meta.ts";
import { matchesLabels } from "../selector/label-match.ts";
import { type PolicyRule, rulesOf } from "./policy-rule.ts";

/**
 * The rules of ClusterRoles by name. Where a role has an `aggregationRule`, its rules are those of the roles that its
 * selectors find, whatever stands in `rules`: there a controller, if one runs, writes the same with a delay.
 */
export function aggregatedRules(
  clusterRoles: readonly JsonObject[],
): ReadonlyMap<string, readonly PolicyRule[]> {
  const roles = new Map(clusterRoles.map((role) => [metaOf(role).name ?? "", role]));
  return new Map([...roles.keys()].map((name) => [name, rulesOfAll(reachable(name, roles), roles)]));
}

/** The role itself, or those that it gathers, and what these gather; a circle is gone round once. */
function reachable(name: string, roles: ReadonlyMap<string, JsonObject>): ReadonlySet<string> {
  const found = new Set([name]);
  for (const each of found) {
    const selectors = selectorsOf(roles.get(each)!);
    if (selectors === undefined) continue;
    for (const [other, role] of roles)
      if (selectors.some((selector) => matchesLabels(selector, metaOf(role).labels ?? {}))) found.add(other);
  }
  return found;
}

function rulesOfAll(
  names: ReadonlySet<string>,
  roles: ReadonlyMap<string, JsonObject>,
): readonly PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  for (const name of names) {
    const role = roles.get(name)!;
    if (selectorsOf(role) !== undefined) continue;
    for (const rule of rulesOf(role)) rules.set(JSON.stringify(rule), rule);
  }
  return [...rules.values()];
}

function selectorsOf({ aggregationRule }: JsonObject): readonly JsonObject[] | undefined {
  const selectors = isJsonObject(aggregationRule) ? aggregationRule["clusterRoleSelectors"] : undefined;
  return Array.isArray(selectors) && selectors.length > 0 ? selectors.filter(isJsonObject) : undefined;
}
