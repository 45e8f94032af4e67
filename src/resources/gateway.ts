import { dnsLabel, group, kindName, labelValue, objectName, portNumber, qualifiedName } from "./forms.ts";
import { gatewayAddresses } from "./gateway-address.ts";
import { labelSelector } from "./label-selector.ts";
import { listeners } from "./listener.ts";
import { metadata } from "./metadata.ts";
import { localReference, secretReference } from "./reference.ts";
import type { Resource } from "./resource.ts";
import { array, integer, map, object, optional, string, type Infer } from "./schema.ts";

export type { Listener as GatewayListener } from "./listener.ts";

const infrastructure = object({
  labels: optional(map(string(labelValue), { keys: qualifiedName, maxProperties: 8 })),
  annotations: optional(map(string({ maxLength: 4096 }), { keys: qualifiedName, maxProperties: 16 })),
  parametersRef: optional(localReference),
});

const authorityReference = object({
  group: string(group),
  kind: string(kindName),
  namespace: optional(string(dnsLabel)),
  name: string(objectName),
});

const clientValidation = object({
  validation: optional(
    object({
      caCertificateRefs: array(authorityReference, {
        minItems: 1,
        maxItems: 16,
        checks: [
          (references, fail) =>
            references.forEach((reference, index) => {
              const bundle =
                reference.group === "certificates.k8s.io" && reference.kind === "ClusterTrustBundle";
              if (bundle && reference.namespace !== undefined) {
                fail("A ClusterTrustBundle lives outside namespaces", [index, "namespace"], "key");
              }
            }),
        ],
      }),
      mode: string({ enum: ["AllowValidOnly", "AllowInsecureFallback"], default: "AllowValidOnly" }),
    }),
  ),
});

const tls = object({
  backend: optional(object({ clientCertificateRef: optional(secretReference) })),
  frontend: optional(
    object({
      default: clientValidation,
      perPort: optional(
        array(object({ port: integer(portNumber), tls: clientValidation }), {
          mapKeys: ["port"],
          maxItems: 64,
        }),
      ),
    }),
  ),
});

const allowedListeners = object({
  namespaces: object(
    {
      from: string({ enum: ["All", "Selector", "Same", "None"], default: "None" }),
      selector: optional(labelSelector),
    },
    { default: { from: "None" } },
  ),
});

const spec = object({
  gatewayClassName: string(objectName),
  listeners,
  addresses: gatewayAddresses,
  infrastructure: optional(infrastructure),
  allowedListeners: optional(allowedListeners),
  tls: optional(tls),
  defaultScope: optional(string({ enum: ["All", "None"] })),
});

export const gatewaySchema = object({ apiVersion: string(), kind: string(), metadata: metadata(), spec });

export interface Gateway extends Resource {
  readonly kind: "Gateway";
  readonly spec: Infer<typeof spec>;
}
