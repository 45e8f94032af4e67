import { findKind, kinds } from "../resources/kinds.ts";
import { suggest } from "../resources/suggest.ts";

/** Kinds of earlier versions, or that guides got wrong, and what says the same today. */
const CURRENT_FORMS: Readonly<Record<string, string>> = {
  XListenerSet: "the current form is ListenerSet of gateway.networking.k8s.io/v1",
  CORSPolicy: "the current form is a filter of type CORS in the HTTPRoute",
  ReferencePolicy: "the current form is ReferenceGrant of gateway.networking.k8s.io/v1",
  BackendLBPolicy: "the current form is XBackendTrafficPolicy of gateway.networking.x-k8s.io/v1alpha1",
  InferenceModel:
    "the current form is an InferencePool of inference.networking.k8s.io/v1 with weights in an HTTPRoute",
};

/** What a user who wrote this kind probably wants instead, if that is known. */
export function hintFor(apiVersion: string, kind: string, object: object): string | undefined {
  const slash = apiVersion.indexOf("/");
  const group = slash < 0 ? "" : apiVersion.slice(0, slash);
  const ours = /^(gateway|inference)\.networking\.(x-)?k8s\.io$/.test(group);
  if (ours && Object.hasOwn(CURRENT_FORMS, kind)) return CURRENT_FORMS[kind];
  if (ours && kind === "InferencePool" && group !== "inference.networking.k8s.io") {
    return "the current form is InferencePool of inference.networking.k8s.io/v1; its pods come from a Deployment";
  }
  if (kind === "XBackendTrafficPolicy" && has(object, ["spec", "retry", "budget"])) {
    return "the current form of retry.budget is retryConstraint.budget, next to retry in the HTTPRoute";
  }
  if (group === "networking.k8s.io" && kind === "Ingress") {
    return "an Ingress is not part of the Gateway API: write an HTTPRoute";
  }
  const namesake = kinds.find((each) => each.kind === kind && (each.group === group || ours));
  if (namesake !== undefined) {
    const versions = namesake.versions.map((version) => join(namesake.group, version));
    return `it is served as ${versions.join(" and ")}`;
  }
  const siblings = kinds.filter((each) => findKind(apiVersion, each.kind) === each);
  const meant = suggest(
    kind,
    siblings.map((each) => each.kind),
  );
  return meant === undefined ? undefined : `did you mean ${meant}`;
}

function join(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

function has(value: unknown, path: readonly string[]): boolean {
  let at = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return false;
    at = (at as Record<string, unknown>)[name];
  }
  return true;
}
