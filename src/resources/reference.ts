import { dnsLabel, dnsSubdomain, group, kindName, objectName, portNumber } from "./forms.ts";
import { integer, object, optional, string, type Check, type Infer } from "./schema.ts";

/** References from one object to others. */
export const GATEWAY_GROUP = "gateway.networking.k8s.io";
const EXPERIMENTAL_GROUP = "gateway.networking.x-k8s.io";

export const parentReference = object({
  group: string({ ...group, default: GATEWAY_GROUP }),
  kind: string({ ...kindName, default: "Gateway" }),
  namespace: optional(string(dnsLabel)),
  name: string(objectName),
  sectionName: optional(string(dnsSubdomain)),
  port: optional(integer(portNumber)),
});
export type ParentReference = Infer<typeof parentReference>;

/** An object in the same namespace. */
export const localReference = object({
  group: string(group),
  kind: string(kindName),
  name: string(objectName),
});

export const secretReference = object({
  group: string({ ...group, default: "" }),
  kind: string({ ...kindName, default: "Secret" }),
  namespace: optional(string(dnsLabel)),
  name: string(objectName),
});

export const backendFields = {
  group: string({ ...group, default: "" }),
  kind: string({ ...kindName, default: "Service" }),
  namespace: optional(string(dnsLabel)),
  name: string(objectName),
  port: optional(integer(portNumber)),
};

/** A Service has many ports and must be told which; an XBackend has none to choose from. */
export const backendPort: Check<{
  readonly group: string;
  readonly kind: string;
  readonly port?: number;
}> = (reference, fail) => {
  const { kind, port } = reference;
  if (reference.group === "" && kind === "Service" && port === undefined) {
    fail("A reference to a Service needs a port", ["port"], "key");
  }
  if (reference.group === EXPERIMENTAL_GROUP && kind === "XBackend" && port !== undefined) {
    fail("A reference to an XBackend must not have a port", ["port"], "key");
  }
};

export const backendReference = object(backendFields, { checks: [backendPort] });
