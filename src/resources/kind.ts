import type { ObjectSchema } from "./schema/schema.ts";

/** One column of `kubectl get`; NAME (and AGE for kinds without columns) is added by the table. */
export interface Column {
  readonly name: string;
  readonly type: "string" | "integer" | "number" | "boolean" | "date";
  readonly format?: string;
  readonly description?: string;
  /** 0 is always shown, more with `-o wide` only. */
  readonly priority?: number;
  /** JSONPath of the cell (`.spec.gatewayClassName`), as CRDs have it … */
  readonly path?: string;
  /** … or code, for the columns of built-in kinds that no path can say. */
  readonly cell?: (object: Readonly<Record<string, unknown>>, now: Date) => string | number | boolean | null;
}

/** `x-kubernetes` scale subresource: JSONPaths without `[]`. */
export interface Scale {
  readonly specReplicas: string;
  readonly statusReplicas: string;
  readonly labelSelector?: string;
}

/** A version that objects can be written and read in. Versions of one kind differ by pruning only. */
export interface KindVersion {
  readonly name: string;
  readonly served: boolean;
  /** Of the whole object: apiVersion, kind, metadata, spec, status. */
  readonly schema: ObjectSchema;
  readonly columns: readonly Column[];
  /** Has a `/status` of its own: other writes leave the status alone and it leaves the rest alone. */
  readonly status: boolean;
  readonly scale?: Scale;
  /** JSONPaths that field selectors may name, besides `metadata.name` and `metadata.namespace`. */
  readonly selectable?: readonly string[];
  /** A warning on every request; true for the standard text. */
  readonly deprecated?: true | string;
}

/** A kind as an API server serves it, built in or read from a CustomResourceDefinition. */
export interface Kind {
  readonly kind: string;
  /** `KINDList` unless it says otherwise. */
  readonly listKind: string;
  /** `""` for the core group. */
  readonly group: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** The first is what clients should prefer. */
  readonly versions: readonly KindVersion[];
  /** Name of the version that objects are kept in, whatever version they were written in. */
  readonly storageVersion: string;
  /** Present on kinds that users would install as a CRD: annotations and labels of that CRD. */
  readonly crd?: {
    readonly annotations: Readonly<Record<string, string>>;
    readonly labels: Readonly<Record<string, string>>;
  };
}

/** `gateway.networking.k8s.io/v1`, or `v1` for the core group. */
export function apiVersionOf(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

/** `httproutes.gateway.networking.k8s.io`: one name for a kind in all its versions. */
export function resourceName(kind: Pick<Kind, "group" | "plural">): string {
  return kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
}
