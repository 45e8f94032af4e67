import { controllerName, dnsLabel, group, kindName, objectName } from "./forms.ts";
import { metadata } from "./metadata.ts";
import type { Resource } from "./resource.ts";
import { object, optional, string, type Infer } from "./schema.ts";

const spec = object({
  controllerName: string({ ...controllerName, immutable: true }),
  parametersRef: optional(
    object({
      group: string(group),
      kind: string(kindName),
      namespace: optional(string(dnsLabel)),
      name: string(objectName),
    }),
  ),
  description: optional(string({ maxLength: 64 })),
});

export const gatewayClassSchema = object({
  apiVersion: string(),
  kind: string(),
  metadata: metadata(),
  spec,
});

export interface GatewayClass extends Resource {
  readonly kind: "GatewayClass";
  readonly spec: Infer<typeof spec>;
}
