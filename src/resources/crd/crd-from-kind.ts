import type { JsonObject } from "../json.ts";
import { resourceName, type Column, type Kind, type KindVersion } from "../kind.ts";
import { toOpenApi } from "../schema/openapi.ts";

/** The CustomResourceDefinition (apiextensions.k8s.io/v1) that would define the kind. */
export function crdFromKind(kind: Kind): JsonObject {
  const { annotations = {}, labels = {} } = kind.crd ?? {};
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: resourceName(kind),
      ...(Object.keys(annotations).length > 0 && { annotations }),
      ...(Object.keys(labels).length > 0 && { labels }),
    },
    spec: {
      group: kind.group,
      names: {
        plural: kind.plural,
        singular: kind.singular,
        kind: kind.kind,
        listKind: kind.listKind,
        ...(kind.shortNames.length > 0 && { shortNames: kind.shortNames }),
        ...(kind.categories.length > 0 && { categories: kind.categories }),
      },
      scope: kind.namespaced ? "Namespaced" : "Cluster",
      versions: kind.versions.map((version) => versionOf(version, kind.storageVersion)),
      conversion: { strategy: "None" },
    },
  };
}

function versionOf(version: KindVersion, storage: string): JsonObject {
  const { deprecated, scale, selectable = [], columns } = version;
  return {
    name: version.name,
    served: version.served,
    storage: version.name === storage,
    ...(deprecated !== undefined && { deprecated: true }),
    ...(typeof deprecated === "string" && { deprecationWarning: deprecated }),
    schema: { openAPIV3Schema: schemaOf(version) },
    ...((version.status || scale !== undefined) && {
      subresources: {
        ...(version.status && { status: {} }),
        ...(scale !== undefined && {
          scale: {
            specReplicasPath: scale.specReplicas,
            statusReplicasPath: scale.statusReplicas,
            ...(scale.labelSelector !== undefined && { labelSelectorPath: scale.labelSelector }),
          },
        }),
      },
    }),
    ...(columns.length > 0 && { additionalPrinterColumns: columns.map(columnOf) }),
    ...(selectable.length > 0 && { selectableFields: selectable.map((jsonPath) => ({ jsonPath })) }),
  };
}

/** Metadata is implied: everybody knows it. */
function schemaOf({ schema }: KindVersion): JsonObject {
  const { metadata, apiVersion, kind, ...fields } = schema.fields;
  const openapi = toOpenApi({ ...schema, fields });
  return {
    ...openapi,
    properties: {
      ...(apiVersion !== undefined && { apiVersion: toOpenApi(apiVersion) }),
      ...(kind !== undefined && { kind: toOpenApi(kind) }),
      ...(metadata !== undefined && { metadata: { type: "object" } }),
      ...(openapi["properties"] as JsonObject | undefined),
    },
  };
}

function columnOf({ name, type, format, description, priority, path }: Column): JsonObject {
  return {
    name,
    type,
    ...(format !== undefined && { format }),
    ...(description !== undefined && { description }),
    ...(priority !== undefined && { priority }),
    jsonPath: path ?? ".",
  };
}
