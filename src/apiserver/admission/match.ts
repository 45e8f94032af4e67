import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { metaOf } from "../objects/meta.ts";
import { matchesLabels } from "../selector/label-match.ts";
import type { AdmissionRequest } from "./admission.ts";

/** `matchConstraints` of a policy or `matchResources` of its binding (admissionregistration.k8s.io/v1). */
export function matches(
  constraints: unknown,
  request: AdmissionRequest,
  namespace: JsonObject | undefined,
): boolean {
  if (!isJsonObject(constraints)) return true;
  const { resourceRules, excludeResourceRules, namespaceSelector, objectSelector } = constraints;
  if (Array.isArray(resourceRules) && !resourceRules.some((rule) => matchesRule(rule, request))) return false;
  if (Array.isArray(excludeResourceRules) && excludeResourceRules.some((rule) => matchesRule(rule, request)))
    return false;
  if (isSelector(namespaceSelector) && !matchesNamespace(namespaceSelector, request, namespace)) return false;
  if (!isSelector(objectSelector)) return true;
  const { object, oldObject } = request;
  return [object, oldObject].some(
    (each) => each !== undefined && matchesLabels(objectSelector, metaOf(each).labels ?? {}),
  );
}

function isSelector(value: unknown): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0;
}

/** A Namespace is matched by its own labels; other cluster-scoped objects are never left out by this selector. */
function matchesNamespace(
  selector: JsonObject,
  request: AdmissionRequest,
  namespace: JsonObject | undefined,
): boolean {
  const { kind } = request.served;
  if (kind.group === "" && kind.plural === "namespaces") {
    return matchesLabels(selector, metaOf(request.object ?? request.oldObject ?? {}).labels ?? {});
  }
  if (!kind.namespaced) return true;
  return matchesLabels(selector, namespace === undefined ? {} : (metaOf(namespace).labels ?? {}));
}

function matchesRule(rule: unknown, { served, operation, name, write }: AdmissionRequest): boolean {
  if (!isJsonObject(rule)) return false;
  const { kind, version } = served;
  const names = strings(rule["resourceNames"]);
  if (names.length > 0 && !names.includes(name)) return false;
  const scope = rule["scope"] ?? "*";
  if (scope !== "*" && (scope === "Namespaced") !== kind.namespaced) return false;
  if (!holds(rule["operations"], operation) || !holds(rule["apiGroups"], kind.group)) return false;
  const isEquivalent = kind.versions.some((each) => each.served && holds(rule["apiVersions"], each.name));
  if (!holds(rule["apiVersions"], version.name) && !isEquivalent) return false;
  return strings(rule["resources"]).some((text) =>
    matchesResource(text, kind.plural, write.subresource ?? ""),
  );
}

/** `pods`, `pods/status`, `pods/*`, `*`, `*` with a subresource, and everything. */
function matchesResource(text: string, resource: string, subresource: string): boolean {
  const [wanted = "", wantedSub = ""] = text.split("/");
  if (wanted !== "*" && wanted !== resource) return false;
  return wantedSub === "*" || wantedSub === subresource;
}

function holds(list: unknown, value: string): boolean {
  const all = strings(list);
  return all.includes("*") || all.includes(value);
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}
