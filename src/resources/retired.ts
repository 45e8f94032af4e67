import { apiVersionOf } from "./kind.ts";
import { findKind, kinds } from "./kinds.ts";
import { suggest } from "./schema/suggest.ts";

/** Kinds of earlier versions, or that guides got wrong, and what says the same today. */
const CURRENT_FORMS: Readonly<Record<string, string>> = {
  XListenerSet: "the current form is ListenerSet of gateway.networking.k8s.io/v1",
  CORSPolicy: "the current form is a filter of type CORS in the HTTPRoute",
  ReferencePolicy: "the current form is ReferenceGrant of gateway.networking.k8s.io/v1",
  BackendLBPolicy: "the current form is XBackendTrafficPolicy of gateway.networking.x-k8s.io/v1alpha1",
  InferenceModel:
    "the current form is an InferencePool of inference.networking.k8s.io/v1 with weights in an HTTPRoute",
};

/** A kind in a version that is not served any more, or never was, although people still write it. */
export interface RetiredKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

const RETIRED: Readonly<Record<string, readonly string[]>> = {
  "gateway.networking.k8s.io/v1alpha2": [
    "BackendLBPolicy",
    "BackendTLSPolicy",
    "GRPCRoute",
    "Gateway",
    "GatewayClass",
    "HTTPRoute",
    "ReferenceGrant",
    "ReferencePolicy",
  ],
  "gateway.networking.x-k8s.io/v1alpha1": [
    "CORSPolicy",
    "HTTPRoute",
    "InferenceModel",
    "InferencePool",
    "XListenerSet",
  ],
  "inference.networking.x-k8s.io/v1alpha1": ["InferenceModel", "InferencePool"],
  "inference.networking.x-k8s.io/v1alpha2": ["InferenceModel", "InferencePool"],
};

/** For all of them `hintFor` knows the current form. */
export const retiredKinds: readonly RetiredKind[] = Object.entries(RETIRED).flatMap(([apiVersion, names]) => {
  const [group = "", version = ""] = apiVersion.split("/");
  return names.map((kind) => ({ group, version, kind }));
});

/** What a user who wrote a kind that is not known probably wants instead, if that can be told. */
export function hintFor(apiVersion: string, kind: string, object: object): string | undefined {
  const current = currentForm(apiVersion, kind, object);
  if (current !== undefined) return current;
  const group = groupOf(apiVersion);
  const namesake = kinds.find((each) => each.kind === kind && (each.group === group || isOurs(group)));
  if (namesake !== undefined) {
    const versions = namesake.versions
      .filter(({ served }) => served)
      .map(({ name }) => apiVersionOf(namesake.group, name));
    return `it is served as ${versions.join(" and ")}`;
  }
  const siblings = kinds.filter((each) => findKind(apiVersion, each.kind)?.kind === each);
  const meant = suggest(
    kind,
    siblings.map((each) => each.kind),
  );
  return meant === undefined ? undefined : `did you mean ${meant}`;
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

/** Of the Gateway API and its inference extension, whose experimental kinds change groups. */
function isOurs(group: string): boolean {
  return /^(gateway|inference)\.networking\.(x-)?k8s\.io$/.test(group);
}

/** How the same is said today, if the object is of an earlier form. */
export function currentForm(apiVersion: string, kind: string, object: object): string | undefined {
  const group = groupOf(apiVersion);
  const ours = isOurs(group);
  if (ours && Object.hasOwn(CURRENT_FORMS, kind)) return CURRENT_FORMS[kind];
  if (ours && kind === "InferencePool" && group !== "inference.networking.k8s.io") {
    return "the current form is InferencePool of inference.networking.k8s.io/v1; its pods come from a Deployment";
  }
  const fields = formerFields(kind, object);
  if (fields !== undefined) return fields;
  if (group === "networking.k8s.io" && kind === "Ingress") {
    return "an Ingress is not part of the Gateway API: write an HTTPRoute";
  }
  return undefined;
}

/** How the same is said today, if the object has fields of an earlier form of its kind. */
export function formerFields(kind: string, object: object): string | undefined {
  if (kind === "XBackendTrafficPolicy" && has(object, ["spec", "retry", "budget"])) {
    return "the current form of retry.budget is retryConstraint.budget, next to retry in the HTTPRoute";
  }
  return undefined;
}

function has(value: unknown, path: readonly string[]): boolean {
  let at = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return false;
    at = (at as Record<string, unknown>)[name];
  }
  return true;
}
