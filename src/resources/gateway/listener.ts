import { dnsSubdomain, group, hostname, kindName, portNumber } from "../schema/forms.ts";
import { conditions } from "./condition.ts";
import { externalAuth } from "./external-auth.ts";
import { protocol } from "./forms.ts";
import { namespaceSelector } from "./namespace-selector.ts";
import { GATEWAY_GROUP, localReference, secretReference } from "./reference.ts";
import { described } from "./described.ts";
import { distinct, orEmpty, union } from "./rule.ts";
import { array, integer, map, object, optional, string, type Infer, type Rule } from "../schema/schema.ts";

/** The listeners of Gateways and ListenerSets. */
const tls = object(
  {
    mode: string({
      enum: ["Terminate", "Passthrough"],
      default: "Terminate",
      description: "Terminate: TLS ends here. Passthrough: it goes on to the backend of a TLSRoute.",
    }),
    certificateRefs: optional(
      array(secretReference, {
        maxItems: 64,
        description:
          "Secrets of type kubernetes.io/tls with the certificates and keys that are shown to clients.",
      }),
    ),
    options: optional(
      map(string({ minLength: 0, maxLength: 4096 }), {
        maxProperties: 16,
        description: "Settings that the implementation defines, under names such as example.com/min-version.",
      }),
    ),
  },
  {
    description: "How TLS is handled. Goes with protocols HTTPS and TLS.",
    rules: [
      {
        rule: "self.mode != 'Terminate' || (has(self.certificateRefs) && size(self.certificateRefs) > 0) || (has(self.options) && size(self.options) > 0)",
        message: "TLS mode Terminate needs certificateRefs (or options)",
        reason: "FieldValueRequired",
        fieldPath: ".certificateRefs",
      },
    ],
  },
);

const routeKinds = (description: string) =>
  optional(
    array(
      object(
        {
          group: string({ ...group, default: GATEWAY_GROUP, description: "API group of the routes." }),
          kind: string({ ...kindName, description: "Kind of the routes, such as HTTPRoute." }),
        },
        { description: "A kind of routes." },
      ),
      { maxItems: 8, description },
    ),
  );

const FROM_SAME = { from: "Same" };

const allowedRoutes = object(
  {
    namespaces: object(
      {
        from: string({
          enum: ["All", "Selector", "Same"],
          default: "Same",
          description: "All namespaces, those that the selector selects, or the same one only.",
        }),
        selector: optional(namespaceSelector),
      },
      { default: FROM_SAME, description: "Namespaces that routes may be in." },
    ),
    kinds: routeKinds("Kinds of routes that may attach; those that the protocol can carry when absent."),
  },
  { default: { namespaces: FROM_SAME }, description: "Routes that may attach." },
);

const filter = object(
  {
    type: string({
      enum: ["ExternalAuth", "ExtensionRef"],
      description: "What the filter does; the field of the same name says how.",
    }),
    externalAuth: optional(externalAuth),
    extensionRef: optional(described("A filter that the implementation defines.", localReference)),
  },
  {
    description: "A step that requests go through.",
    rules: union("type", { ExternalAuth: "externalAuth", ExtensionRef: "extensionRef" }),
  },
);

const filters = object(
  {
    requests: optional(
      array(filter, {
        maxItems: 16,
        description: "Steps that every request goes through before a route is chosen, in this order.",
      }),
    ),
  },
  { description: "Filters of all requests to the listener. Go with protocols HTTP and HTTPS." },
);

const protocolRules: readonly Rule[] = [
  {
    rule: "!has(self.tls) || !(self.protocol in ['HTTP', 'TCP', 'UDP'])",
    messageExpression: "'A listener of protocol ' + self.protocol + ' must not have tls'",
    fieldPath: ".tls",
  },
  {
    rule: "self.protocol != 'HTTPS' || !has(self.tls) || self.tls.mode == 'Terminate'",
    message: "A listener of protocol HTTPS must have TLS mode Terminate",
    fieldPath: ".tls.mode",
  },
  {
    rule: "self.protocol != 'TLS' || has(self.tls)",
    message: "A listener of protocol TLS needs tls",
    reason: "FieldValueRequired",
    fieldPath: ".tls",
  },
  {
    rule: "!has(self.hostname) || !(self.protocol in ['TCP', 'UDP'])",
    messageExpression: "'A listener of protocol ' + self.protocol + ' must not have a hostname'",
    fieldPath: ".hostname",
  },
];

const listenerFields = {
  name: string({ ...dnsSubdomain, description: "Name of the listener, for routes to refer to." }),
  hostname: optional(
    string({
      ...hostname,
      description: "Host that is served, *.example.com for all below example.com; any when absent.",
    }),
  ),
  port: integer({ ...portNumber, description: "Port that clients connect to." }),
  protocol: string({
    ...protocol,
    description:
      "What is spoken: HTTP, HTTPS, TLS, TCP, UDP, or a protocol of an implementation such as example.com/bar.",
  }),
  tls: optional(tls),
  allowedRoutes,
  filters: optional(filters),
};

const gatewayListener = object(listenerFields, {
  description: "A place where clients can connect.",
  rules: [
    ...protocolRules,
    {
      rule: "!has(self.filters) || self.protocol in ['HTTP', 'HTTPS']",
      messageExpression: "'A listener of protocol ' + self.protocol + ' must not have filters'",
      fieldPath: ".filters",
    },
  ],
});
export type Listener = Infer<typeof gatewayListener>;

/** The API forgets to tie the filters of these to their protocol. */
const setListener = object(listenerFields, {
  description: "A place where clients can connect.",
  rules: protocolRules,
});

const sameListener = (a: string, b: string) =>
  `${b}.port == ${a}.port && ${b}.protocol == ${a}.protocol && ${orEmpty(b, "hostname")} == ${orEmpty(a, "hostname")}`;

const distinctListeners: Rule = {
  rule: distinct(sameListener),
  messageExpression: `'Listeners ' + self.filter(a, !self.exists_one(b, ${sameListener("a", "b")})).map(a, a.name).join(', ') + ' are not distinct: each needs a port, protocol and hostname that no other one has'`,
};

const listRules = { minItems: 1, maxItems: 64, mapKeys: ["name"], rules: [distinctListeners] };

export const gatewayListeners = array(gatewayListener, {
  description: "Where clients can connect. No two have the same port, protocol and hostname.",
  ...listRules,
});

export const setListeners = array(setListener, {
  description: "Where clients can connect, besides the listeners of the Gateway itself.",
  ...listRules,
});

export const listenerStatuses = optional(
  array(
    object(
      {
        name: string({ ...dnsSubdomain, description: "Name of the listener." }),
        supportedKinds: routeKinds("Kinds of routes that may attach and that the implementation serves."),
        attachedRoutes: integer({
          format: "int32",
          description: "How many routes the listener has accepted.",
        }),
        conditions: conditions({
          description:
            "What the controller says of the listener: Accepted, Programmed, ResolvedRefs and others.",
        }),
      },
      { description: "The state of one listener." },
    ),
    { mapKeys: ["name"], maxItems: 64, description: "One entry for each listener." },
  ),
);
