import { boolean, type Check, map, optional, string } from "../schema/schema.ts";
import { immutableOnceSaid } from "./checks.ts";
import { age, column, part } from "./cells.ts";
import { builtIn, topLevel } from "./define.ts";
import { bytes } from "./fields.ts";
import { metadata } from "./metadata.ts";
import type { Resource } from "../resource.ts";
import { dataKey } from "./names.ts";

/** Bytes of all values together. */
const MAX_SIZE = 1024 * 1024;

interface ConfigMapBody {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
}

const soundConfigMap: Check<ConfigMapBody> = ({ data = {}, binaryData = {} }, fail) => {
  let size = 0;
  for (const [name, value] of Object.entries(data)) {
    if (Object.hasOwn(binaryData, name))
      fail("Name is in binaryData too", ["data", name], "key", "FieldValueDuplicate");
    size += Buffer.byteLength(value);
  }
  for (const value of Object.values(binaryData)) size += Buffer.byteLength(value, "base64");
  if (size > MAX_SIZE)
    fail(`Too large: ${size} bytes, at most ${MAX_SIZE}`, ["data"], "value", "FieldValueTooLong");
};

const configMapSchema = topLevel(
  {
    metadata: metadata(),
    binaryData: optional(map(bytes, { keys: dataKey, description: "Values that are no text, in base64." })),
    data: optional(map(string(), { keys: dataKey, description: "The values, as text." })),
    immutable: optional(boolean({ description: "If true, the values can never be changed." })),
  },
  { description: "Settings as text, by name.", checks: [soundConfigMap, immutableOnceSaid] },
);

export const configMapKind = builtIn({
  kind: "ConfigMap",
  plural: "configmaps",
  shortNames: ["cm"],
  schema: configMapSchema,
  columns: [
    column(
      "Data",
      "Number of values.",
      (config) => Object.keys(part(config, "data")).length + Object.keys(part(config, "binaryData")).length,
    ),
    age,
  ],
});

export interface ConfigMap extends Resource, ConfigMapBody {
  readonly kind: "ConfigMap";
}
