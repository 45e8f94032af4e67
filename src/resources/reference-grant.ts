import { dnsLabel, group, kindName, objectName } from "./forms.ts";
import { metadata } from "./metadata.ts";
import type { Resource } from "./resource.ts";
import { array, object, optional, string, type Infer } from "./schema.ts";

const spec = object({
  from: array(object({ group: string(group), kind: string(kindName), namespace: string(dnsLabel) }), {
    minItems: 1,
    maxItems: 16,
  }),
  to: array(object({ group: string(group), kind: string(kindName), name: optional(string(objectName)) }), {
    minItems: 1,
    maxItems: 16,
  }),
});

export const referenceGrantSchema = object({
  apiVersion: string(),
  kind: string(),
  metadata: metadata(),
  spec,
});

export interface ReferenceGrant extends Resource {
  readonly kind: "ReferenceGrant";
  readonly spec: Infer<typeof spec>;
}
