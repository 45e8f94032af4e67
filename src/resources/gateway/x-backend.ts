import { labelValue, portNumber, preciseHostname } from "../schema/forms.ts";
import { backendValidation } from "./backend-validation.ts";
import { unboundedConditions } from "./condition.ts";
import { AGE, gatewayKind, version, whole } from "./definition.ts";
import { QUALIFIED_NAME_PATTERN } from "./forms.ts";
import { ancestorFields } from "./policy.ts";
import { EXPERIMENTAL_GROUP, secretReference } from "./reference.ts";
import { described } from "./described.ts";
import { literal, union } from "./rule.ts";
import { sessionPersistence } from "./session-persistence.ts";
import type { Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { array, integer, map, object, optional, string, type Rule, type Infer } from "../schema/schema.ts";

const endpointSelector = object(
  {
    matchLabels: map(string({ ...labelValue, minLength: 0 }), {
      minProperties: 1,
      maxProperties: 64,
      description: "Labels that the pods have, all of them.",
      rules: [
        {
          rule: `self.all(key, size(key.split('/')[0]) <= 253 && key.matches(${literal(QUALIFIED_NAME_PATTERN)}))`,
          message:
            "Keys are an optional DNS name of up to 253 characters and /, then up to 63 letters, digits, - _ .",
        },
      ],
    }),
  },
  { description: "Pods in the same namespace. Goes with type EndpointSelector." },
);

const externalHostname = object(
  {
    hostname: string({
      ...preciseHostname,
      description: "Host name that is looked up. It lies outside the cluster.",
      rules: [
        {
          rule: "!self.endsWith('.cluster.local')",
          message: "A host of the cluster is not an external one: refer to its Service instead",
        },
      ],
    }),
  },
  { description: "A host outside the cluster. Goes with type ExternalHostname." },
);

const tls = object(
  {
    mode: string({
      enum: ["None", "ServerOnly", "ClientAndServer"],
      description:
        "None: no TLS. ServerOnly: the backend shows a certificate. ClientAndServer: both sides do.",
    }),
    clientCertificateRef: optional(
      described(
        "Secret with the certificate that is shown to the backend. Goes with mode ClientAndServer.",
        secretReference,
      ),
    ),
    validation: optional(backendValidation),
  },
  {
    default: { mode: "None" },
    description: "TLS towards the backend.",
    rules: [
      {
        rule: "has(self.clientCertificateRef) == (self.mode == 'ClientAndServer')",
        message: "clientCertificateRef goes with mode ClientAndServer, which needs it, and with no other",
        fieldPath: ".clientCertificateRef",
      },
      {
        rule: "has(self.validation) == (self.mode != 'None')",
        message:
          "validation goes with modes ServerOnly and ClientAndServer, which need it, and not with None",
        fieldPath: ".validation",
      },
    ],
  },
);

const TLS_IS_ON = "(has(self.tls) && self.tls.mode != 'None')";

const protocolRules: readonly Rule[] = [
  {
    rule: `!has(self.protocol) || self.protocol != 'H2C' || !${TLS_IS_ON}`,
    message: "H2C is HTTP/2 without TLS: use protocol HTTP2, or TLS mode None",
    fieldPath: ".tls.mode",
  },
  {
    rule: `!has(self.protocol) || self.protocol != 'HTTP2' || ${TLS_IS_ON}`,
    message: "HTTP2 is HTTP/2 over TLS: use protocol H2C, or another TLS mode than None",
    fieldPath: ".tls.mode",
  },
  {
    rule: `!has(self.protocol) || self.protocol != 'WSS' || ${TLS_IS_ON}`,
    message: "WSS is WebSocket over TLS: use another TLS mode than None",
    fieldPath: ".tls.mode",
  },
];

const spec = object(
  {
    type: string({
      enum: ["ExternalHostname", "EndpointSelector"],
      description: "What the backend is; the field of the same name says which one.",
    }),
    externalHostname: optional(externalHostname),
    endpointSelector: optional(endpointSelector),
    port: object(
      { number: optional(integer({ ...portNumber, description: "Port of the host or of the pods." })) },
      { minProperties: 1, description: "Where to connect." },
    ),
    protocol: optional(
      string({
        enum: ["TCP", "HTTP", "HTTP2", "HTTP11", "H2C", "MCP", "GRPC", "WSS"],
        description: "What is spoken to the backend; what the route or listener says when absent.",
      }),
    ),
    sessionPersistence: optional(
      described(
        "Keeps the requests of one session on one endpoint. Goes with type EndpointSelector.",
        sessionPersistence,
      ),
    ),
    tls,
  },
  {
    description: "What the backend is, and how it is spoken to.",
    rules: [
      ...union("type", { ExternalHostname: "externalHostname", EndpointSelector: "endpointSelector" }),
      ...protocolRules,
      {
        rule: "!has(self.sessionPersistence) || self.type == 'EndpointSelector'",
        message: "sessionPersistence goes with type EndpointSelector only",
        fieldPath: ".sessionPersistence",
      },
    ],
  },
);

const ancestor = object(
  {
    ...ancestorFields,
    conditions: optional(
      unboundedConditions({
        description: "What this controller says of the backend under this ancestor, such as Accepted.",
      }),
    ),
  },
  { description: "The state of the backend under one ancestor." },
);

const status = object(
  {
    ancestors: optional(
      array(ancestor, {
        maxItems: 32,
        description: "One entry for each Gateway (or the like) that uses the backend.",
      }),
    ),
  },
  { description: "What the controllers say of the backend." },
);

export const xBackend: Kind = gatewayKind({
  kind: "XBackend",
  group: EXPERIMENTAL_GROUP,
  plural: "xbackends",
  shortNames: ["xbackend"],
  versions: [
    version("v1alpha1", whole("A backend that is not a Service (experimental).", spec, optional(status)), [
      AGE,
    ]),
  ],
});

export interface XBackend extends Resource {
  readonly kind: "XBackend";
  readonly spec: Infer<typeof spec>;
}
