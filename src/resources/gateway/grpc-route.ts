import { dnsSubdomain, hostname } from "../schema/forms.ts";
import { AGE, gatewayKind, version, whole } from "./definition.ts";
import { fieldName } from "./forms.ts";
import { headerModifier } from "./header.ts";
import { singleFilters } from "./http-filter.ts";
import { valueMatchType } from "./http-match.ts";
import { requestMirror } from "./mirror.ts";
import { routeFields, routeStatus } from "./parents.ts";
import { backendPort, localReference, weightedFields } from "./reference.ts";
import { described } from "./described.ts";
import { distinctRuleNames, literal, matchCount, union } from "./rule.ts";
import { sessionPersistence } from "./session-persistence.ts";
import type { Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { array, object, optional, string, type Infer } from "../schema/schema.ts";

const SERVICE = literal("^(?i)\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*$");
const METHOD = literal("^[A-Za-z_][A-Za-z_0-9]*$");

const method = object(
  {
    type: valueMatchType,
    service: optional(
      string({
        maxLength: 1024,
        description: "Full name of the service, such as example.v1.Orders; any when absent.",
      }),
    ),
    method: optional(
      string({ maxLength: 1024, description: "Name of the method, such as Get; any when absent." }),
    ),
  },
  {
    description: "The call that the request must be; any without this.",
    rules: [
      {
        rule: "has(self.service) || has(self.method)",
        message: 'Give "service", "method" or both, or leave the whole match out',
      },
      {
        rule: `self.type != 'Exact' || !has(self.service) || self.service.matches(${SERVICE})`,
        message: "A service is named by words of letters, digits and _, joined by dots",
        fieldPath: ".service",
      },
      {
        rule: `self.type != 'Exact' || !has(self.method) || self.method.matches(${METHOD})`,
        message: "A method is named by a word of letters, digits and _, with no digit in front",
        fieldPath: ".method",
      },
    ],
  },
);

const headerMatch = object(
  {
    type: valueMatchType,
    name: string({ ...fieldName, description: "Name of the metadata field; case makes no difference." }),
    value: string({
      minLength: 1,
      maxLength: 4096,
      description: "What the value of the field is compared with.",
    }),
  },
  { description: "A metadata field that the call must have." },
);

const match = object(
  {
    method: optional(method),
    headers: optional(
      array(headerMatch, {
        mapKeys: ["name"],
        maxItems: 16,
        description: "Metadata fields that the call must have, all of them.",
      }),
    ),
  },
  { description: "Conditions that must all hold." },
);
export type GRPCRouteMatch = Infer<typeof match>;

const filter = object(
  {
    type: string({
      enum: ["ResponseHeaderModifier", "RequestHeaderModifier", "RequestMirror", "ExtensionRef"],
      description: "What the filter does; the field of the same name says how.",
    }),
    requestHeaderModifier: optional(described("Edits metadata of calls.", headerModifier)),
    responseHeaderModifier: optional(described("Edits metadata of answers.", headerModifier)),
    requestMirror: optional(requestMirror),
    extensionRef: optional(
      described("A filter that the implementation defines, in the namespace of the route.", localReference),
    ),
  },
  {
    description: "A step that calls and answers go through.",
    rules: union("type", {
      RequestHeaderModifier: "requestHeaderModifier",
      ResponseHeaderModifier: "responseHeaderModifier",
      RequestMirror: "requestMirror",
      ExtensionRef: "extensionRef",
    }),
  },
);

const filters = optional(
  array(filter, {
    maxItems: 16,
    description: "Steps that calls and answers go through, in this order.",
    rules: [singleFilters("RequestHeaderModifier", "ResponseHeaderModifier")],
  }),
);

const backend = object(
  { ...weightedFields, filters },
  { description: "A backend with its share of the calls.", rules: backendPort },
);

const rule = object(
  {
    name: optional(
      string({
        ...dnsSubdomain,
        description: "Name of the rule, once in the route, for others to refer to.",
      }),
    ),
    matches: optional(
      array(match, {
        maxItems: 64,
        description: "The rule takes a call when one of these holds; all calls when absent.",
      }),
    ),
    filters,
    backendRefs: optional(
      array(backend, {
        maxItems: 16,
        description: "Where calls go, by weight. A share that cannot be served is answered with UNAVAILABLE.",
      }),
    ),
    sessionPersistence: optional(
      described(
        "Deprecated here: an XBackend is the place for it. Keeps sessions on one endpoint.",
        sessionPersistence,
      ),
    ),
  },
  { description: "What happens to calls that match." },
);
export type GRPCRouteRule = Infer<typeof rule>;

const spec = object(
  {
    ...routeFields,
    hostnames: optional(
      array(string(hostname), {
        maxItems: 16,
        description:
          "Host names that the route takes calls for, *.example.com for all below example.com; those of its listeners when absent.",
      }),
    ),
    rules: optional(
      array(rule, {
        maxItems: 16,
        description: "What happens to calls; the most specific match wins, whatever the order.",
        rules: [distinctRuleNames, matchCount("has(r.matches) ? size(r.matches) : 0")],
      }),
    ),
  },
  { description: "What the route does." },
);

export const grpcRoute: Kind = gatewayKind({
  kind: "GRPCRoute",
  plural: "grpcroutes",
  versions: [
    version("v1", whole("Leads gRPC calls to backends.", spec, routeStatus), [
      { name: "Hostnames", type: "string", path: ".spec.hostnames" },
      AGE,
    ]),
  ],
});

export interface GRPCRoute extends Resource {
  readonly kind: "GRPCRoute";
  readonly spec: Infer<typeof spec>;
}
