import { dnsLabel, dnsSubdomain, group, kindName, objectName, portNumber } from "../schema/forms.ts";
import { integer, object, optional, string, type Infer, type Rule } from "../schema/schema.ts";

/** References from one object to others. */
export const GATEWAY_GROUP = "gateway.networking.k8s.io";
export const EXPERIMENTAL_GROUP = "gateway.networking.x-k8s.io";

const groupField = (otherwise: string, description: string) =>
  string({ ...group, default: otherwise, description });
const kindField = (otherwise: string, description: string) =>
  string({ ...kindName, default: otherwise, description });

const namespace = optional(
  string({
    ...dnsLabel,
    description:
      "Namespace of the object; that of the referrer when absent. Another one needs a ReferenceGrant there.",
  }),
);

/** What it refers to must be named in full. */
export const required = {
  group: string({ ...group, description: "API group of the object; empty for the core group." }),
  kind: string({ ...kindName, description: "Kind of the object, such as Secret." }),
  name: string({ ...objectName, description: "Name of the object." }),
};

const parentFields = {
  group: groupField(
    GATEWAY_GROUP,
    "API group of the parent; empty for the core group, which Services are in.",
  ),
  kind: kindField("Gateway", "Kind of the parent: Gateway, ListenerSet, or Service for routes of a mesh."),
  namespace: optional(
    string({ ...dnsLabel, description: "Namespace of the parent; that of the route when absent." }),
  ),
  name: string({ ...objectName, description: "Name of the parent." }),
};

const sectionName = optional(
  string({
    ...dnsSubdomain,
    description: "A part of the parent: a listener of a Gateway, a port of a Service. All parts when absent.",
  }),
);

export const parentReference = object(
  {
    ...parentFields,
    sectionName,
    port: optional(
      integer({
        ...portNumber,
        description:
          "Only listeners (or Service ports) of this port; together with sectionName both must match.",
      }),
    ),
  },
  { description: "What the object attaches to." },
);
export type ParentReference = Infer<typeof parentReference>;

/** A parent as a whole. */
export const wholeParentReference = object(parentFields, { description: "The Gateway to attach to." });

/** An object in the same namespace. */
export const localReference = object(required, { description: "An object in the same namespace." });

/** An object that may be in another namespace, or in none. */
export const objectFields = { ...required, namespace };

export const secretReference = object(
  {
    group: groupField("", "API group of the object; empty for the core group, which Secrets are in."),
    kind: kindField("Secret", "Kind of the object."),
    namespace,
    name: required.name,
  },
  { description: "A Secret, or another kind that the implementation knows." },
);

const backendFields = {
  group: groupField("", "API group of the backend; empty for the core group, which Services are in."),
  kind: kindField("Service", "Kind of the backend, such as Service."),
  namespace: optional(
    string({
      ...dnsLabel,
      description:
        "Namespace of the backend; that of the referrer when absent. Another one needs a ReferenceGrant there.",
    }),
  ),
  name: string({ ...objectName, description: "Name of the backend." }),
  port: optional(
    integer({
      ...portNumber,
      description:
        "Port of the backend. A Service needs one (its own, not the target port); an XBackend has its own.",
    }),
  ),
};

/** A Service has many ports and must be told which; an XBackend has none to choose from. */
export const backendPort: readonly Rule[] = [
  {
    rule: "has(self.port) || self.kind != 'Service' || self.group != ''",
    message: "A reference to a Service needs a port",
    reason: "FieldValueRequired",
    fieldPath: ".port",
  },
  {
    rule: `!has(self.port) || self.kind != 'XBackend' || self.group != '${EXPERIMENTAL_GROUP}'`,
    message: "A reference to an XBackend must not have a port",
    fieldPath: ".port",
  },
];

export const backendReference = object(backendFields, {
  description: "Where the traffic goes: a Service, or another kind that the implementation knows.",
  rules: backendPort,
});

/** A backend with its share of the traffic. */
export const weightedFields = {
  ...backendFields,
  weight: integer({
    format: "int32",
    min: 0,
    max: 1_000_000,
    default: 1,
    description: "Share of the traffic, relative to the sum of all weights of the rule; 0 takes none.",
  }),
};

export const weightedBackend = object(weightedFields, {
  description: "A backend with its share of the traffic.",
  rules: backendPort,
});
export type BackendReference = Infer<typeof backendReference>;
