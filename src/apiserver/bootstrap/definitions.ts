import { crdFromKind } from "../../resources/crd/crd-from-kind.ts";
import { kindFromCrd } from "../../resources/crd/kind-from-crd.ts";
import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { resourceName, type Kind } from "../../resources/kind.ts";
import { metaOf, objectIn, timestamp, withMeta } from "../objects/meta.ts";
import type { Objects } from "../objects/objects.ts";
import { BUILT_IN, CLEANUP_FINALIZER } from "../strategy/custom-resource-definition.ts";
import type { Seeder } from "./seed.ts";

const RESOURCE = "customresourcedefinitions.apiextensions.k8s.io";

/**
 * Makes the registry what the stored definitions say. Definitions that came with the program are stored, so that
 * clients see them and may replace them, and are renewed when the program is newer.
 *
 * @param version Of the program.
 */
export function seedDefinitions(
  objects: Objects,
  seeder: Seeder,
  kinds: readonly Kind[],
  version: string,
): void {
  const definitions = objects.registry.findResource("apiextensions.k8s.io", "customresourcedefinitions");
  if (definitions === undefined) throw new Error("no kind CustomResourceDefinition");
  const builtIn = new Map(
    kinds.filter(({ crd }) => crd !== undefined).map((kind) => [resourceName(kind), kind]),
  );
  for (const row of objects.store.page(RESOURCE, {})?.rows ?? []) {
    const stored = JSON.parse(row.text) as JsonObject;
    const mark = metaOf(stored).annotations?.[BUILT_IN];
    const ours = builtIn.get(row.name);
    builtIn.delete(row.name);
    if (mark !== undefined && ours !== undefined) {
      if (mark !== version) seeder.write(definitions, definitionOf(ours, version, objects.now()));
      continue;
    }
    const { kind } = kindFromCrd(stored);
    if (kind !== undefined) objects.registry.add(kind);
  }
  for (const kind of builtIn.values()) {
    seeder.write(definitions, definitionOf(kind, version, objects.now()));
  }
}

function definitionOf(kind: Kind, version: string, now: Date): JsonObject {
  const definition = crdFromKind(kind);
  const { annotations = {} } = metaOf(definition);
  const at = timestamp(now);
  const names = objectIn(objectIn(definition, "spec"), "names");
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: "True",
    lastTransitionTime: at,
    reason,
    message,
  });
  const marked = withMeta(definition, {
    annotations: { ...annotations, [BUILT_IN]: version },
    finalizers: [CLEANUP_FINALIZER],
    generation: 1,
  });
  return {
    ...marked,
    status: {
      conditions: [
        condition("NamesAccepted", "NoConflicts", "no conflicts found"),
        condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
      ],
      acceptedNames: isJsonObject(names) ? names : {},
      storedVersions: [kind.storageVersion],
    },
  };
}
