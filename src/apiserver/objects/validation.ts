import { isJsonObject, type JsonObject } from "../../resources/json.ts";
import { resourceName } from "../../resources/kind.ts";
import { coreDefaults } from "../../resources/core/core-defaults.ts";
import { validate } from "../../resources/schema/validate.ts";
import { formerFields } from "../../resources/retired.ts";
import { ApiError, type Cause } from "../error.ts";
import { causeOf, fieldOf, invalid } from "./fault.ts";
import { metaOf } from "./meta.ts";
import type { Strategy, WriteContext } from "./write.ts";

/** Unknown fields that one answer names; a client that sent more learns of the rest later. */
const MAX_WARNINGS = 20;

/**
 * The object as it will be stored: unknown fields pruned, defaults filled in, every rule of its kind kept.
 * Throws BadRequest for unknown fields where they are refused, and Invalid with all faults.
 */
export function checkObject(
  object: JsonObject,
  live: JsonObject | undefined,
  strategy: Strategy,
  context: WriteContext,
): JsonObject {
  const { served } = context;
  const { kind, version } = served;
  const defaulted = coreDefaults[resourceName(kind)]?.(object) ?? object;
  const { value, errors, unknown } = validate(version.schema, defaulted, {
    unknown: "prune",
    ...(live !== undefined && { previous: live }),
  });
  if (unknown.length > 0) reportUnknown(unknown.map(fieldOf), object, context);
  const name = metaOf(object).name ?? "";
  const causes: Cause[] = errors.map(causeOf);
  if (causes.length > 0 || !isJsonObject(value)) throw invalid(kind, name, causes);
  const found = strategy.check?.(value, live, context) ?? [];
  if (found.length > 0) throw invalid(kind, name, found);
  return value;
}

function reportUnknown(fields: readonly string[], object: JsonObject, { write, served }: WriteContext): void {
  if (write.fieldValidation === "Ignore") return;
  const texts = fields.slice(0, MAX_WARNINGS).map((field) => `unknown field "${field}"`);
  const current = formerFields(served.kind.kind, object);
  if (current !== undefined) texts.push(current);
  if (write.fieldValidation === "Strict") {
    throw new ApiError("BadRequest", `strict decoding error: ${texts.join(", ")}`);
  }
  for (const text of texts) write.warn(text);
}
