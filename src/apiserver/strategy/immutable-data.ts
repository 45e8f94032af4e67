import { equalValues } from "../../resources/equality.ts";
import type { JsonObject } from "../../resources/json.ts";
import type { Cause } from "../error.ts";
import type { Strategy } from "../objects/write.ts";

/** ConfigMaps and Secrets: whoever says `immutable: true` means it; the type of a Secret never changes. */
export const immutableDataStrategy: Strategy = {
  withoutGeneration: true,
  check: (object, live) => (live === undefined ? [] : faults(object, live)),
};

function faults(object: JsonObject, live: JsonObject): readonly Cause[] {
  const causes: Cause[] = [];
  const refuse = (field: string, message: string) =>
    causes.push({ reason: "FieldValueForbidden", field, message: `Forbidden: ${message}` });
  if (object["type"] !== live["type"]) refuse("type", "field is immutable");
  if (live["immutable"] !== true) return causes;
  for (const name of ["data", "binaryData"]) {
    if (!equalValues(object[name], live[name])) refuse(name, "field is immutable when `immutable` is set");
  }
  if (object["immutable"] !== true) refuse("immutable", "field is immutable when `immutable` is set");
  return causes;
}
