import { isJsonObject, type JsonObject } from "../json.ts";
import { boolean, type Check, map, optional, string } from "../schema/schema.ts";
import { age, column, part, text } from "./cells.ts";
import { immutable, immutableOnceSaid } from "./checks.ts";
import { builtIn, topLevel } from "./define.ts";
import { bytes } from "./fields.ts";
import { metadata } from "./metadata.ts";
import { dataKey } from "./names.ts";
import type { Resource } from "../resource.ts";

/** Bytes of all values together. */
const MAX_SIZE = 1024 * 1024;

/** Keys that a type needs: all of a list, unless `any` of them will do. */
const needed: Readonly<Record<string, { readonly keys: readonly string[]; readonly any?: true }>> = {
  "kubernetes.io/dockercfg": { keys: [".dockercfg"] },
  "kubernetes.io/dockerconfigjson": { keys: [".dockerconfigjson"] },
  "kubernetes.io/basic-auth": { keys: ["username", "password"], any: true },
  "kubernetes.io/ssh-auth": { keys: ["ssh-privatekey"] },
  "kubernetes.io/tls": { keys: ["tls.crt", "tls.key"] },
};

const ACCOUNT_ANNOTATION = "kubernetes.io/service-account.name";

interface SecretBody {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly type: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly stringData?: Readonly<Record<string, string>>;
}

const soundSecret: Check<SecretBody> = (
  { metadata: { annotations = {} }, type, data = {}, stringData = {} },
  fail,
) => {
  let size = 0;
  for (const [name, value] of Object.entries(data)) {
    if (!Object.hasOwn(stringData, name)) size += Buffer.byteLength(value, "base64");
  }
  for (const value of Object.values(stringData)) size += Buffer.byteLength(value);
  if (size > MAX_SIZE)
    fail(`Too large: ${size} bytes, at most ${MAX_SIZE}`, ["data"], "value", "FieldValueTooLong");
  if (type === "kubernetes.io/service-account-token" && (annotations[ACCOUNT_ANNOTATION] ?? "") === "") {
    fail(
      `A Secret of the type ${type} names its ServiceAccount here`,
      ["metadata", "annotations", ACCOUNT_ANNOTATION],
      "key",
      "FieldValueRequired",
    );
  }
  const rule = Object.hasOwn(needed, type) ? needed[type]! : { keys: [] };
  const missing = rule.keys.filter((key) => !Object.hasOwn(data, key) && !Object.hasOwn(stringData, key));
  if (rule.any === true && missing.length < rule.keys.length) return;
  for (const key of missing)
    fail(`A Secret of the type ${type} needs "${key}"`, ["data", key], "key", "FieldValueRequired");
  if (missing.length === 0 && type.startsWith("kubernetes.io/docker")) {
    const key = rule.keys[0]!;
    if (!isJson(stringData[key] ?? Buffer.from(data[key]!, "base64").toString())) {
      fail(`A Secret of the type ${type} has JSON here`, ["data", key]);
    }
  }
};

function isJson(value: string): boolean {
  try {
    return isJsonObject(JSON.parse(value));
  } catch {
    return false;
  }
}

const secretSchema = topLevel(
  {
    metadata: metadata(),
    data: optional(
      map(bytes, { keys: dataKey, description: "The values, in base64; plain text goes into stringData." }),
    ),
    immutable: optional(boolean({ description: "If true, the values can never be changed." })),
    stringData: optional(
      map(string(), {
        keys: dataKey,
        description: "Plain text, written into data by the server; wins over data of the same name.",
      }),
    ),
    type: string({
      description: "What the values mean: kubernetes.io/tls wants tls.crt and tls.key, and so on.",
      default: "Opaque",
    }),
  },
  {
    description: "Bytes that few may read: keys, certificates, passwords.",
    checks: [soundSecret, immutable("type"), immutableOnceSaid],
  },
);

/** The same Secret with its `stringData` written into `data`, as it is stored. Only sound values are taken. */
export function mergeStringData(secret: JsonObject): JsonObject {
  const { stringData, ...rest } = secret;
  if (!isJsonObject(stringData) || Object.values(stringData).some((value) => typeof value !== "string"))
    return secret;
  const data = isJsonObject(rest["data"]) ? rest["data"] : {};
  const encoded = Object.entries(stringData).map(([name, value]) => [
    name,
    Buffer.from(String(value)).toString("base64"),
  ]);
  return { ...rest, data: { ...data, ...Object.fromEntries(encoded) } };
}

export const secretKind = builtIn({
  kind: "Secret",
  plural: "secrets",
  schema: secretSchema,
  selectable: [".type"],
  columns: [
    column("Type", "What the values mean.", (secret) => text(secret, "type")),
    column("Data", "Number of values.", (secret) => Object.keys(part(secret, "data")).length),
    age,
  ],
});

/** As it is stored: `stringData` is merged into `data`. */
export interface Secret extends Resource {
  readonly kind: "Secret";
  readonly type: string;
  /** In base64. */
  readonly data?: Readonly<Record<string, string>>;
}
