import type { Column, Kind, KindVersion, Scale } from "../kind.ts";
import { string, type Check, type ObjectSchema, type Schema, type Shape } from "../schema/schema.ts";
import { age } from "./cells.ts";

const typeFields = { apiVersion: string(), kind: string() };
type Typed<F> = typeof typeFields & F;

/** The schema of a whole object of a built-in kind, with the apiVersion and kind that all have. */
export function topLevel<F extends Readonly<Record<string, Schema>>>(
  fields: F,
  rules: {
    readonly description: string;
    readonly checks?: readonly Check<Shape<Typed<F>>>[];
  },
): ObjectSchema<Shape<Typed<F>>> {
  const all: Typed<F> = { ...typeFields, ...fields };
  return { ...rules, type: "object", fields: all, open: false };
}

interface Definition {
  readonly kind: string;
  readonly plural: string;
  readonly schema: ObjectSchema;
  /** `""`, the core group, unless said. */
  readonly group?: string;
  /** `v1` unless said. The first is preferred, and the one objects are kept in. */
  readonly versions?: readonly string[];
  /** The kind in lower case unless said. */
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  /** True unless said. */
  readonly namespaced?: boolean;
  /** The age unless said; an empty list for kinds that `kubectl get` shows with the time of their creation. */
  readonly columns?: readonly Column[];
  readonly status?: boolean;
  readonly scale?: Scale;
  readonly selectable?: readonly string[];
  readonly deprecated?: string;
}

/** A built-in kind. */
export function builtIn(definition: Definition): Kind {
  const { kind, schema, group = "", versions = ["v1"], scale, selectable, deprecated } = definition;
  const served = (name: string): KindVersion => ({
    name,
    served: true,
    schema,
    columns: definition.columns ?? [age],
    status: definition.status ?? false,
    ...(scale !== undefined && { scale }),
    ...(selectable !== undefined && { selectable }),
    ...(deprecated !== undefined && { deprecated }),
  });
  return {
    kind,
    listKind: `${kind}List`,
    group,
    plural: definition.plural,
    singular: definition.singular ?? kind.toLowerCase(),
    shortNames: definition.shortNames ?? [],
    categories: definition.categories ?? [],
    namespaced: definition.namespaced ?? true,
    versions: versions.map(served),
    storageVersion: versions[0]!,
  };
}

/**
 * Replicas of a workload for the `scale` subresource. What `labelSelector` names is a selector, not yet its text:
 * see `selectorText`.
 */
export const replicaScale: Scale = {
  specReplicas: ".spec.replicas",
  statusReplicas: ".status.replicas",
  labelSelector: ".spec.selector",
};
