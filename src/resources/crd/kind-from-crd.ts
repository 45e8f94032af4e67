import { metadata } from "../core/metadata.ts";
import type { JsonObject } from "../json.ts";
import type { Kind, KindVersion } from "../kind.ts";
import { fromOpenApi } from "../schema/from-openapi.ts";
import type { ObjectSchema, Path } from "../schema/schema.ts";
import { validate } from "../schema/validate.ts";
import { definition, type DefinedVersion, type Definition } from "./definition.ts";
import { rootErrors } from "./root.ts";
import { selectableErrors } from "./selectable.ts";
import { byPriority } from "./version-order.ts";

export interface DefinitionError {
  /** In the CustomResourceDefinition. */
  readonly path: Path;
  readonly message: string;
}

export interface DefinedKind {
  /** Absent when there are errors. */
  readonly kind?: Kind;
  readonly errors: readonly DefinitionError[];
}

/** Definitions are read when they are checked and again when they are written. */
const known = new WeakMap<JsonObject, DefinedKind>();

/**
 * The kind that a CustomResourceDefinition (apiextensions.k8s.io/v1) defines. Refuses what kube-apiserver refuses but
 * for the estimated cost of rules, and besides that conversion by webhooks.
 */
export function kindFromCrd(crd: JsonObject): DefinedKind {
  let result = known.get(crd);
  if (result === undefined) known.set(crd, (result = read(crd)));
  return result;
}

function read(crd: JsonObject): DefinedKind {
  const { value, errors } = validate(definition, crd, { unknown: "prune" });
  if (errors.length > 0) return { errors };
  const versions = value.spec.versions.map((version, index) => readVersion(version, index));
  const found = versions.flatMap((version) => version.errors);
  if (found.length > 0) return { errors: found };
  return { kind: kindOf(value, versions.map(({ version }) => version).toSorted(byPriority)), errors: [] };
}

function kindOf({ metadata: meta, spec }: Definition, versions: readonly KindVersion[]): Kind {
  const { names } = spec;
  return {
    kind: names.kind,
    listKind: names.listKind ?? `${names.kind}List`,
    group: spec.group,
    plural: names.plural,
    singular: names.singular ?? names.kind.toLowerCase(),
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    namespaced: spec.scope === "Namespaced",
    versions,
    storageVersion: spec.versions.find(({ storage }) => storage)!.name,
    crd: { annotations: meta.annotations, labels: meta.labels },
  };
}

function readVersion(
  defined: DefinedVersion,
  index: number,
): { readonly version: KindVersion; readonly errors: readonly DefinitionError[] } {
  const at: Path = ["spec", "versions", index];
  const { openAPIV3Schema } = defined.schema;
  const status = defined.subresources?.status !== undefined;
  const { schema, errors } = fromOpenApi(openAPIV3Schema, { metadata: metadata() });
  const found = [...(status ? rootErrors(openAPIV3Schema) : []), ...errors].map(({ path, message }) => ({
    path: [...at, "schema", "openAPIV3Schema", ...path],
    message,
  }));
  const selectable = (defined.selectableFields ?? []).map(({ jsonPath }) => jsonPath);
  if (found.length === 0) {
    for (const { path, message } of selectableErrors(selectable, schema)) {
      found.push({ path: [...at, "selectableFields", ...path], message });
    }
  }
  const { scale } = defined.subresources ?? {};
  const version: KindVersion = {
    name: defined.name,
    served: defined.served,
    schema: schema as ObjectSchema,
    columns: (defined.additionalPrinterColumns ?? []).map(({ jsonPath, ...column }) => ({
      ...column,
      path: jsonPath,
    })),
    status,
    ...(scale !== undefined && {
      scale: {
        specReplicas: scale.specReplicasPath,
        statusReplicas: scale.statusReplicasPath,
        ...(scale.labelSelectorPath !== undefined &&
          scale.labelSelectorPath !== "" && { labelSelector: scale.labelSelectorPath }),
      },
    }),
    ...(selectable.length > 0 && { selectable }),
    ...(defined.deprecated === true && { deprecated: defined.deprecationWarning ?? true }),
  };
  return { version, errors: found };
}
