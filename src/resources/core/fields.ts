import { portNumber } from "../schema/forms.ts";
import { any, array, boolean, integer, map, optional, string, type Schema } from "../schema/schema.ts";
import { quantityFault } from "./quantity.ts";

/** Fields that many kinds have, under the name of what stands in them. */
export const optionalString = optional(string());
export const optionalStrings = optional(array(string()));
export const optionalStringMap = optional(map(string()));
export const optionalBoolean = optional(boolean());
export const optionalInt32 = optional(integer({ format: "int32" }));
export const optionalInt64 = optional(integer({ format: "int64" }));
export const optionalCount = optional(integer({ format: "int32", min: 0 }));

/** RFC 3339. */
export const optionalTime = optional(string({ format: "date-time" }));
export const optionalMicroTime = optional(
  string({ format: "date-time", description: "With fractions of a second." }),
);

export const protocol = string({ enum: ["TCP", "UDP", "SCTP"], default: "TCP" });
export const port = integer(portNumber);

/** `500m`, `2Gi`; plain numbers are taken too, as in YAML without quotes. */
export const quantity = any({
  description: "An amount with a unit, such as 500m, 2 or 1Gi.",
  checks: [
    (value, fail) => {
      const fault = quantityFault(value);
      if (fault !== undefined) fail(fault);
    },
  ],
});
export const optionalQuantity = optional(quantity);
export const optionalQuantities = optional(map(quantity));

/** Base64; messages never repeat it. */
export const bytes = string({ format: "byte" });

/** What a reference, a port or a path may be called where only `""` is wrong. */
export const filled = string({ minLength: 1 });

export function described<S extends Schema>(schema: S, description: string): S {
  return { ...schema, description };
}
