import { dnsSubdomain } from "../schema/forms.ts";
import {
  any,
  array,
  boolean,
  integer,
  map,
  object,
  open,
  optional,
  string,
  type Infer,
} from "../schema/schema.ts";

/** RFC 1035, as names in paths have to be. */
const label = {
  pattern: "^[a-z]([-a-z0-9]*[a-z0-9])?$",
  form: 'a DNS label that starts with a letter: lower-case letters, digits and "-"',
  maxLength: 63,
} as const;
const kindName = {
  pattern: "^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?$",
  form: "the name of a kind, such as Service",
  maxLength: 63,
} as const;
const simplePath = { pattern: "^\\.", form: "a simple JSONPath such as .spec.replicas" } as const;

const names = object(
  {
    plural: string(label),
    singular: optional(string(label)),
    kind: string(kindName),
    listKind: optional(string(kindName)),
    shortNames: optional(array(string(label))),
    categories: optional(array(string(label))),
  },
  {
    checks: [
      ({ kind, listKind }, fail) => {
        if (listKind === kind) fail("Must be another name than that of the kind", ["listKind"]);
      },
    ],
  },
);

const column = object({
  name: string({ minLength: 1 }),
  type: string({ enum: ["integer", "number", "string", "boolean", "date"] }),
  format: optional(
    string({ enum: ["int32", "int64", "float", "double", "byte", "date", "date-time", "password", ""] }),
  ),
  description: optional(string()),
  priority: optional(integer({ format: "int32" })),
  jsonPath: string(simplePath),
});

const scale = object({
  specReplicasPath: string({ pattern: "^\\.spec\\.", form: "a JSONPath below .spec" }),
  statusReplicasPath: string({ pattern: "^\\.status\\.", form: "a JSONPath below .status" }),
  labelSelectorPath: optional(
    string({ pattern: "^$|^\\.(spec|status)\\.", form: "a JSONPath below .spec or .status" }),
  ),
});

/** Characters of a warning on deprecated versions. */
const MAX_WARNING = 256;

const version = object(
  {
    name: string(label),
    served: boolean(),
    storage: boolean(),
    deprecated: optional(boolean()),
    deprecationWarning: optional(
      string({
        pattern: "^[^\\x00-\\x1f\\x7f-\\x9f]+$",
        form: "a text without control characters",
        maxLength: MAX_WARNING,
      }),
    ),
    schema: object({ openAPIV3Schema: any() }),
    subresources: optional(object({ status: optional(open({})), scale: optional(scale) })),
    additionalPrinterColumns: optional(array(column)),
    selectableFields: optional(array(object({ jsonPath: string(simplePath) }))),
  },
  {
    checks: [
      ({ deprecated, deprecationWarning }, fail) => {
        if (deprecationWarning !== undefined && deprecated !== true) {
          fail("Goes with deprecated versions only", ["deprecationWarning"], "key");
        }
      },
    ],
  },
);
export type DefinedVersion = Infer<typeof version>;

const conversion = object({
  strategy: string({
    checks: [
      (strategy, fail) => {
        if (strategy === "None") return;
        const reason =
          strategy === "Webhook"
            ? "Webhook is not supported: objects of all versions are the same but for apiVersion"
            : `There is no strategy ${JSON.stringify(strategy)}`;
        fail(`${reason}. Allowed is None`);
      },
    ],
  }),
  webhook: optional(any({ checks: [(_, fail) => fail("Does not go with strategy None", [], "key")] })),
});

const spec = object(
  {
    group: string(dnsSubdomain),
    names,
    scope: string({ enum: ["Cluster", "Namespaced"] }),
    versions: array(version, { minItems: 1, mapKeys: ["name"] }),
    conversion: optional(conversion),
    preserveUnknownFields: optional(boolean()),
  },
  {
    checks: [
      ({ group, versions, preserveUnknownFields }, fail) => {
        if (!group.includes(".")) fail("Must be a domain with at least one dot", ["group"]);
        const stored = versions.filter(({ storage }) => storage).length;
        if (stored !== 1) fail(`Exactly one version must have storage: true, ${stored} have`, ["versions"]);
        if (preserveUnknownFields === true) {
          const path = ["preserveUnknownFields"];
          fail("Must be false: use x-kubernetes-preserve-unknown-fields in the schema", path);
        }
      },
    ],
  },
);

/** A CustomResourceDefinition as far as it says what a kind is like; the schemas in it are looked at apart. */
export const definition = open(
  {
    apiVersion: string({ enum: ["apiextensions.k8s.io/v1"] }),
    kind: string({ enum: ["CustomResourceDefinition"] }),
    metadata: open({
      name: string(),
      annotations: map(string(), { default: {} }),
      labels: map(string(), { default: {} }),
    }),
    spec,
  },
  {
    checks: [
      ({ metadata, spec: { names: given, group } }, fail) => {
        const name = `${given.plural}.${group}`;
        if (metadata.name !== name) fail(`Must be "${name}": plural and group`, ["metadata", "name"]);
      },
      ({ metadata, spec: { group } }, fail) => {
        const message = approvalError(group, metadata.annotations[APPROVAL]);
        if (message !== undefined) fail(message, ["metadata", "annotations", APPROVAL], "key");
      },
    ],
  },
);
export type Definition = Infer<typeof definition>;

const APPROVAL = "api-approved.kubernetes.io";

/** Groups of the Kubernetes community are reviewed by it (KEP-1111). */
function approvalError(group: string, approval: string | undefined): string | undefined {
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return undefined;
  const wanted = `a URL of the review, or a text that starts with "unapproved"`;
  if (approval === undefined || approval === "") {
    return `${group} is reserved for the Kubernetes community: the annotation must be ${wanted}`;
  }
  const fine = approval.startsWith("unapproved") || /^[A-Za-z][-+.A-Za-z0-9]*:\/\/[^/?#]/.test(approval);
  return fine ? undefined : `Must be ${wanted}`;
}
