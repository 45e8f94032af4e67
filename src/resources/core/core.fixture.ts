import { isJsonObject, type JsonObject } from "../json.ts";
import { apiVersionOf, resourceName, type Kind, type KindVersion } from "../kind.ts";
import { validate } from "../schema/validate.ts";
import { coreDefaults } from "./core-defaults.ts";
import { coreKinds } from "./core-kinds.ts";

function kindOf(manifest: JsonObject): { readonly kind: Kind; readonly version: KindVersion } {
  for (const kind of coreKinds) {
    for (const version of kind.versions) {
      const apiVersion = apiVersionOf(kind.group, version.name);
      if (kind.kind === manifest["kind"] && apiVersion === manifest["apiVersion"]) return { kind, version };
    }
  }
  throw new Error(`${String(manifest["apiVersion"])} ${String(manifest["kind"])} is not served`);
}

/** What an API server makes of a manifest; `faults` as `spec.ports.0.port: message`. */
export function verdict(manifest: JsonObject, previous?: JsonObject) {
  const { kind, version } = kindOf(manifest);
  const defaulted = coreDefaults[resourceName(kind)]?.(manifest) ?? manifest;
  const result = validate(version.schema, defaulted, {
    unknown: "prune",
    ...(previous !== undefined && { previous }),
  });
  return {
    // oxlint-disable-next-line typescript/no-explicit-any -- tests look at values of any kind
    value: result.value as any,
    faults: result.errors.map(({ path, message }) => `${path.join(".")}: ${message}`),
    unknown: result.unknown.map((path) => path.join(".")),
  };
}

/** The cells of `kubectl get -o wide`, by the heads of their columns. */
export function row(manifest: JsonObject, now: Date): Readonly<Record<string, unknown>> {
  const { columns } = kindOf(manifest).version;
  return Object.fromEntries(
    columns.map((column) => [column.name.toUpperCase(), column.cell!(manifest, now)]),
  );
}

/** A copy with values below it replaced, by dotted paths; `undefined` removes. */
export function edit(manifest: JsonObject, changes: Readonly<Record<string, unknown>>): JsonObject {
  const copy = structuredClone(manifest) as Record<string, unknown>;
  for (const [path, value] of Object.entries(changes)) {
    const names = path.split("/");
    let at: Record<string, unknown> = copy;
    for (const name of names.slice(0, -1)) {
      const next = at[name];
      if (!isJsonObject(next) && !Array.isArray(next)) at[name] = {};
      at = at[name] as Record<string, unknown>;
    }
    const last = names.at(-1)!;
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy;
}
