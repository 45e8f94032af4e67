import type { JsonObject } from "../../resources/json.ts";
import { apiVersionOf } from "../../resources/kind.ts";
import { kinds } from "../../resources/kinds.ts";
import { hintFor, retiredKinds } from "../../resources/retired.ts";
import { ApiError } from "../error.ts";
import type { Registry } from "../registry.ts";
import type { VirtualResource } from "./virtual.ts";

/** Clients must not come to these by the short form of a name that another group has too. */
const RETIRED = "retired-";

const resources: readonly VirtualResource[] = retiredKinds.map(({ group, version, kind }) => {
  const namesake = kinds.find((each) => each.kind === kind);
  const prefix = namesake === undefined || namesake.group === group ? "" : RETIRED;
  const singular = prefix + kind.toLowerCase();
  const plural = singular.replace(/s$/, "se").replace(/y$/, "ie");
  const namespaced = namesake?.namespaced ?? true;
  return { group, version, plural: `${plural}s`, singular, kind, namespaced, verbs: ["create"] };
});

/**
 * Kinds in versions that are gone. They are in the discovery documents, so that whoever writes one hears from the
 * server what its current form is and not from the client that there is nothing. A definition of the kind takes over.
 */
export function retiredResources(registry: Registry): readonly VirtualResource[] {
  return resources.filter((each) => !isServed(registry, each));
}

function isServed(registry: Registry, { group, version, plural, kind }: VirtualResource): boolean {
  if (registry.find(group, version, plural) !== undefined) return true;
  return registry.findType(apiVersionOf(group, version), kind) !== undefined;
}

export function findRetired(
  registry: Registry,
  target: { readonly group: string; readonly version: string; readonly resource: string },
): VirtualResource | undefined {
  const { group, version, resource } = target;
  const found = resources.find(
    (each) => each.plural === resource && each.group === group && each.version === version,
  );
  return found === undefined || isServed(registry, found) ? undefined : found;
}

/** The answer to whoever writes such an object … */
export function refusalOf(
  { group, version, kind }: VirtualResource,
  name: string,
  object: JsonObject,
): ApiError {
  const hint = hintFor(apiVersionOf(group, version), kind, object) ?? "";
  const message = `Unsupported value: "${kind}": ${version} of ${group} is not served: ${hint}`;
  const causes = [{ reason: "FieldValueNotSupported", field: "kind", message }];
  const text = `${kind}.${group} "${name}" is invalid: kind: ${message}`;
  return new ApiError("Invalid", text, { name, group, kind, causes });
}

/** … and to whoever reads: there are none. */
export function absenceOf({ group, version, plural, kind }: VirtualResource, name: string): ApiError {
  const hint = hintFor(apiVersionOf(group, version), kind, {}) ?? "";
  const details = { ...(name !== "" && { name }), group, kind: plural };
  return new ApiError("NotFound", `${kind} ${version} of ${group} is not served: ${hint}`, details);
}
