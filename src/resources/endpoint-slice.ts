import { metadata } from "./metadata.ts";
import type { Resource } from "./resource.ts";
import { array, boolean, integer, open, optional, string, type Infer } from "./schema.ts";

const reference = open({
  kind: optional(string()),
  namespace: optional(string()),
  name: optional(string()),
});

const endpoint = open({
  addresses: array(string({ minLength: 1 }), { minItems: 1, maxItems: 100 }),
  /** An absent condition is unknown, which is to be read as ready. */
  conditions: open(
    {
      ready: optional(boolean()),
      serving: optional(boolean()),
      terminating: optional(boolean()),
    },
    { default: {} },
  ),
  hostname: optional(string()),
  nodeName: optional(string()),
  zone: optional(string()),
  targetRef: optional(reference),
});
export type Endpoint = Infer<typeof endpoint>;

const port = open({
  /** The name of the Service's port; `""` for the only one. */
  name: string({ default: "" }),
  port: optional(integer({ format: "int32", min: 1, max: 65535 })),
  protocol: string({ enum: ["TCP", "UDP", "SCTP"], default: "TCP" }),
  appProtocol: optional(string()),
});

/** The label that ties a slice to its Service. */
export const SERVICE_NAME_LABEL = "kubernetes.io/service-name";

export const endpointSliceSchema = open({
  apiVersion: string(),
  kind: string(),
  metadata: metadata(),
  addressType: string({ enum: ["IPv4", "IPv6", "FQDN"] }),
  endpoints: array(endpoint, { default: [], maxItems: 1000 }),
  ports: array(port, { default: [], maxItems: 100 }),
});

type Body = Infer<typeof endpointSliceSchema>;

export interface EndpointSlice extends Resource {
  readonly kind: "EndpointSlice";
  readonly addressType: Body["addressType"];
  readonly endpoints: Body["endpoints"];
  readonly ports: Body["ports"];
}
