import type { Resource } from "../resource.ts";
import { dnsLabel } from "../schema/forms.ts";
import { array, object, optional, string } from "../schema/schema.ts";
import { age, column, part, text } from "./cells.ts";
import { builtIn, topLevel } from "./define.ts";
import { described, optionalString, optionalStrings, optionalTime } from "./fields.ts";
import { metadata } from "./metadata.ts";

/** Every Namespace carries its name in this label, set by the API server. */
export const NAME_LABEL = "kubernetes.io/metadata.name";

const namespaceCondition = object({
  lastTransitionTime: optionalTime,
  message: optionalString,
  reason: optionalString,
  status: optional(string({ enum: ["True", "False", "Unknown"] })),
  type: string(),
});

const namespaceStatus = object({
  conditions: optional(array(namespaceCondition, { mapKeys: ["type"], patchMergeKey: "type" })),
  phase: string({ enum: ["Active", "Terminating"], default: "Active" }),
});

const namespaceSpec = object({ finalizers: optionalStrings });

const namespaceSchema = topLevel(
  {
    metadata: metadata(dnsLabel),
    spec: optional(described(namespaceSpec, "What the namespace is to be.")),
    status: { ...namespaceStatus, description: "What has become of it.", default: {} },
  },
  { description: "A scope for names: most kinds live in one." },
);

export interface Namespace extends Resource {
  readonly kind: "Namespace";
}

export const namespaceKind = builtIn({
  kind: "Namespace",
  plural: "namespaces",
  shortNames: ["ns"],
  namespaced: false,
  schema: namespaceSchema,
  status: true,
  selectable: [".status.phase"],
  columns: [
    column("Status", "Active, or Terminating.", (namespace) => text(part(namespace, "status"), "phase")),
    age,
  ],
});
