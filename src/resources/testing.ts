import { findKind } from "./kinds.ts";
import type { Path } from "./schema/schema.ts";
import { validate, type FieldError, type Validation } from "./schema/validate.ts";

/** For tests: plain JSON that can be changed in place. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests reach into values that are wrong on purpose
export type Json = any;

/** Validates a manifest by the schema of its kind. */
export function check(manifest: Json): Validation<Json> {
  const found = findKind(manifest.apiVersion, manifest.kind);
  if (found === undefined) throw new Error(`${manifest.apiVersion} ${manifest.kind} is not served`);
  return validate(found.version.schema as Json, manifest);
}

/** A deep copy with the value at the path replaced; `undefined` removes it. */
export function edited(manifest: Json, path: Path, value: unknown): Json {
  const copy = structuredClone(manifest);
  const last = path.at(-1)!;
  let at = copy;
  for (const segment of path.slice(0, -1)) at = at[segment];
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

/** `spec.rules.0.name: message` */
export function shown(errors: readonly FieldError[]): string[] {
  return errors.map(({ path, message }) => `${path.join(".")}: ${message}`);
}
