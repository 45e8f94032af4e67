import type { Column, Kind, KindVersion } from "../kind.ts";
import { metadata } from "../core/metadata.ts";
import { GATEWAY_GROUP } from "./reference.ts";
import { object, optional, string, type ObjectSchema, type Schema } from "../schema/schema.ts";

/** The release whose CRDs these kinds agree with. The experimental channel holds all of the standard one. */
const ANNOTATIONS = {
  "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/gateway-api/pull/5371",
  "gateway.networking.k8s.io/bundle-version": "v1.7.0",
  "gateway.networking.k8s.io/channel": "experimental",
};

/** The CRD of a policy that acts on what its targetRefs name, and on nothing below that. */
export const DIRECT_POLICY = { "gateway.networking.k8s.io/policy": "Direct" };

interface Definition {
  readonly kind: string;
  readonly plural: string;
  /** The experimental group holds kinds whose names start with X. */
  readonly group?: string;
  readonly shortNames?: readonly string[];
  readonly clusterScoped?: true;
  readonly labels?: Readonly<Record<string, string>>;
  readonly versions: readonly KindVersion[];
  /** The first version unless it says otherwise. */
  readonly storageVersion?: string;
}

/** What the kinds of the Gateway API have in common. */
export function gatewayKind(definition: Definition): Kind {
  const { kind, plural, versions } = definition;
  return {
    kind,
    listKind: `${kind}List`,
    group: definition.group ?? GATEWAY_GROUP,
    plural,
    singular: kind.toLowerCase(),
    shortNames: definition.shortNames ?? [],
    categories: ["gateway-api"],
    namespaced: definition.clusterScoped !== true,
    versions,
    storageVersion: definition.storageVersion ?? versions[0]!.name,
    crd: { annotations: ANNOTATIONS, labels: definition.labels ?? {} },
  };
}

/** A version that clients should use. */
export function version(name: string, schema: ObjectSchema, columns: readonly Column[]): KindVersion {
  return { name, served: true, schema, columns, status: Object.hasOwn(schema.fields, "status") };
}

/** A version that still works and warns whoever uses it. */
export function deprecated(kind: string, current: KindVersion): KindVersion {
  return {
    ...current,
    deprecated: `${kind} ${current.name} is deprecated and goes away in a later release of the Gateway API: write v1`,
  };
}

export const AGE: Column = { name: "Age", type: "date", path: ".metadata.creationTimestamp" };

/** The status of the condition of this type. */
export function conditionColumn(type: string): Column {
  return { name: type, type: "string", path: `.status.conditions[?(@.type=="${type}")].status` };
}

/** The schema of a whole object. */
export function whole(
  description: string,
  spec: Schema,
  status?: Schema & { readonly optional?: true },
): ObjectSchema {
  return object(
    {
      apiVersion: optional(
        string({ description: "Group and version of the API that the object is written in." }),
      ),
      kind: optional(string({ description: "Kind of the object." })),
      metadata: metadata(),
      spec,
      ...(status !== undefined && { status }),
    },
    { description },
  );
}
