import type { Resource } from "../resource.ts";
import { dnsSubdomain, portNumber } from "../schema/forms.ts";
import { array, boolean, type Check, integer, object, open, optional, string } from "../schema/schema.ts";
import { shown } from "./checks.ts";
import { builtIn, topLevel } from "./define.ts";
import {
  bytes,
  described,
  optionalBoolean,
  optionalInt32,
  optionalInt64,
  optionalString,
  optionalStrings,
  optionalTime,
} from "./fields.ts";
import { metadata } from "./metadata.ts";
import { rfc1035Label } from "./names.ts";

interface Version {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema?: { readonly openAPIV3Schema?: unknown };
}

const soundVersions: Check<readonly Version[]> = (versions, fail) => {
  versions.forEach(({ name, schema }, index) => {
    if (versions.findIndex((other) => other.name === name) < index)
      fail(`Version "${name}" is given twice`, [index, "name"], "value", "FieldValueDuplicate");
    if (schema?.openAPIV3Schema === undefined)
      fail("A version needs a schema", [index, "schema", "openAPIV3Schema"], "key", "FieldValueRequired");
  });
  if (versions.filter(({ storage }) => storage).length !== 1)
    fail("One version must have storage: true, and no other");
};

const kindLikeLabel: Check<string> = (value, fail) => {
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(value.toLowerCase())) {
    fail(`${shown(value)} is not the name of a kind: letters, digits and -, starting with a letter`);
  }
};

interface Names {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly group: string; readonly names: { readonly plural: string } };
}

const soundDefinition: Check<Names> = ({ metadata: { name: given }, spec }, fail) => {
  const wanted = `${spec.names.plural}.${spec.group}`;
  if (given !== wanted) fail(`Must be "${wanted}": spec.names.plural and spec.group`, ["metadata", "name"]);
};

const serviceReference = object({
  name: string(),
  namespace: string(),
  path: optionalString,
  port: integer({ default: 443, ...portNumber }),
});

const webhookClientConfig = object({
  caBundle: optional(bytes),
  service: optional(serviceReference),
  url: optionalString,
});

const webhookConversion = object({
  clientConfig: optional(webhookClientConfig),
  conversionReviewVersions: array(string()),
});

const customResourceConversion = object({
  strategy: string({ enum: ["None", "Webhook"] }),
  webhook: optional(webhookConversion),
});

const customResourceDefinitionNames = object({
  categories: optional(array(string(rfc1035Label))),
  kind: string({ minLength: 1, maxLength: 63, checks: [kindLikeLabel] }),
  listKind: optional(string({ minLength: 1, maxLength: 63, checks: [kindLikeLabel] })),
  plural: string(rfc1035Label),
  shortNames: optional(array(string(rfc1035Label))),
  singular: optional(string(rfc1035Label)),
});

const customResourceColumnDefinition = object({
  description: optionalString,
  format: optional(
    string({ enum: ["int32", "int64", "float", "double", "byte", "date", "date-time", "password"] }),
  ),
  jsonPath: string(),
  name: string({ minLength: 1 }),
  priority: optionalInt32,
  type: string({ enum: ["integer", "number", "string", "boolean", "date"] }),
});

const customResourceValidation = object({
  openAPIV3Schema: optional(open({}, { description: "A structural schema in OpenAPI v3." })),
});

const selectableField = object({ jsonPath: string() });

const customResourceSubresourceScale = object({
  labelSelectorPath: optionalString,
  specReplicasPath: string(),
  statusReplicasPath: string(),
});

const customResourceSubresources = object({
  scale: optional(customResourceSubresourceScale),
  status: optional(object({})),
});

const customResourceDefinitionVersion = object({
  additionalPrinterColumns: optional(array(customResourceColumnDefinition)),
  deprecated: optionalBoolean,
  deprecationWarning: optional(string({ maxLength: 256 })),
  name: string(rfc1035Label),
  schema: customResourceValidation,
  selectableFields: optional(array(selectableField, { maxItems: 8 })),
  served: boolean(),
  storage: boolean(),
  subresources: optional(customResourceSubresources),
});

const customResourceDefinitionSpec = object({
  conversion: { ...customResourceConversion, default: { strategy: "None" } },
  group: string(dnsSubdomain),
  names: customResourceDefinitionNames,
  preserveUnknownFields: optionalBoolean,
  scope: string({ enum: ["Cluster", "Namespaced"] }),
  versions: array(customResourceDefinitionVersion, { minItems: 1, checks: [soundVersions] }),
});

const customResourceDefinitionCondition = object({
  lastTransitionTime: optionalTime,
  message: optionalString,
  observedGeneration: optionalInt64,
  reason: optionalString,
  status: string({ enum: ["True", "False", "Unknown"] }),
  type: string(),
});

/** Written by the server; manifests that tools make have it with empty names. */
const acceptedNames = object({
  categories: optionalStrings,
  kind: optionalString,
  listKind: optionalString,
  plural: optionalString,
  shortNames: optionalStrings,
  singular: optionalString,
});

const customResourceDefinitionStatus = object({
  acceptedNames: optional(acceptedNames),
  conditions: optional(array(customResourceDefinitionCondition, { mapKeys: ["type"] })),
  observedGeneration: optionalInt64,
  storedVersions: optionalStrings,
});

const customResourceDefinitionSchema = topLevel(
  {
    metadata: metadata(),
    spec: described(customResourceDefinitionSpec, "The kind, its versions and their schemas."),
    status: { ...customResourceDefinitionStatus, description: "Whether the kind is served.", default: {} },
  },
  { description: "A kind that users add to the API.", checks: [soundDefinition] },
);

/** Its own rules are here; those of the schemas that it holds are the business of whoever installs it. */
export const customResourceDefinitionKind = builtIn({
  kind: "CustomResourceDefinition",
  group: "apiextensions.k8s.io",
  plural: "customresourcedefinitions",
  shortNames: ["crd", "crds"],
  categories: ["api-extensions"],
  namespaced: false,
  schema: customResourceDefinitionSchema,
  status: true,
  columns: [],
});

/** As much of it as is kept of those that are followed. */
export interface CustomResourceDefinition extends Resource {
  readonly kind: "CustomResourceDefinition";
  readonly spec: { readonly group: string };
}
