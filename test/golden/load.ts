import { parseAllDocuments } from "yaml";
import { mergeStringData } from "../../src/resources/core/secret.ts";
import type { JsonObject } from "../../src/resources/json.ts";
import { apiVersionOf } from "../../src/resources/kind.ts";
import { findKind } from "../../src/resources/kinds.ts";
import type { Resource } from "../../src/resources/resource.ts";
import { validate } from "../../src/resources/schema/validate.ts";

/** When the objects of a case were made, unless they say otherwise. */
const created = "2026-01-01T00:00:00Z";

/**
 * The objects of a YAML text, checked and with defaults, as a source would give them but for the clock.
 * Throws on the first error: a case shows what the control plane does with valid objects.
 */
export function loadResources(text: string): readonly Resource[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    const body = document.toJS() as unknown;
    return body === null || body === undefined ? [] : [checkResource(body)];
  });
}

/** One object as a user would write it. */
export function checkResource(body: unknown): Resource {
  const { apiVersion = "", kind: name = "", metadata } = body as Partial<Resource>;
  const found = findKind(apiVersion, name);
  if (found === undefined) throw new Error(`There is no kind ${apiVersion} ${name}`);
  const { kind, version } = found;
  const { value, errors } = validate<unknown>(version.schema, body);
  const place = `${name} ${metadata?.name ?? ""}`;
  if (errors[0] !== undefined) {
    throw new Error(`${place}: ${errors[0].path.join(".")}: ${errors[0].message}`);
  }
  const stored = name === "Secret" ? mergeStringData(value as JsonObject) : value;
  const { status, ...object } = stored as Resource & { status?: unknown };
  const namespace = kind.namespaced ? (metadata?.namespace ?? "default") : "";
  const defaults = { creationTimestamp: created, generation: 1, labels: {}, annotations: {} };
  return {
    ...object,
    // Of all that is read it is only pods whose status counts.
    ...(name === "Pod" && { status }),
    apiVersion: apiVersionOf(kind.group, kind.storageVersion),
    metadata: { ...defaults, ...object.metadata, namespace },
  };
}
