import { dnsSubdomain } from "../schema/forms.ts";
import { backendValidation } from "./backend-validation.ts";
import { AGE, deprecated, DIRECT_POLICY, gatewayKind, version, whole } from "./definition.ts";
import { policyStatus } from "./policy.ts";
import { required } from "./reference.ts";
import { orEmpty } from "./rule.ts";
import type { Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { array, map, object, optional, string, type Rule, type Infer } from "../schema/schema.ts";

const target = object(
  {
    ...required,
    sectionName: optional(
      string({ ...dnsSubdomain, description: "Name of one port of the Service; all ports when absent." }),
    ),
  },
  { description: "A Service in the same namespace, or one of its ports." },
);

const sameTarget = "b.name == a.name && b.kind == a.kind && b.group == a.group";
const samePart = `${sameTarget} && ${orEmpty("b", "sectionName")} == ${orEmpty("a", "sectionName")}`;

/** Several references to one target must be told apart: all of them name a section, each another one. */
const distinctTargets: readonly Rule[] = [
  {
    rule: `size(self) < 2 || self.all(a, self.all(b, !(${sameTarget}) || has(b.sectionName) == has(a.sectionName)))`,
    messageExpression: `self.filter(a, self.exists(b, ${sameTarget} && has(b.sectionName) != has(a.sectionName))).map(a, a.kind + ' ' + a.name)[0] + ' is named more than once: each reference needs a sectionName'`,
  },
  {
    rule: `size(self) < 2 || self.all(a, self.exists_one(b, ${samePart}))`,
    messageExpression: `self.filter(a, !self.exists_one(b, ${samePart})).map(a, a.kind + ' ' + a.name)[0] + ' is named twice with the same sectionName'`,
  },
];

const spec = object(
  {
    targetRefs: array(target, {
      minItems: 1,
      maxItems: 16,
      description: "Services that are spoken to over TLS, or single ports of them.",
      rules: distinctTargets,
    }),
    validation: backendValidation,
    options: optional(
      map(string({ minLength: 0, maxLength: 4096 }), {
        maxProperties: 16,
        description: "Settings that the implementation defines, under names such as example.com/min-version.",
      }),
    ),
  },
  { description: "Which backends are spoken to over TLS, and how." },
);

const schema = whole("Makes Gateways speak TLS to backends.", spec, policyStatus);

export const backendTLSPolicy: Kind = gatewayKind({
  kind: "BackendTLSPolicy",
  plural: "backendtlspolicies",
  shortNames: ["btlspolicy"],
  labels: DIRECT_POLICY,
  versions: [version("v1", schema, [AGE]), deprecated("BackendTLSPolicy", version("v1alpha3", schema, []))],
});

export interface BackendTLSPolicy extends Resource {
  readonly kind: "BackendTLSPolicy";
  readonly spec: Infer<typeof spec>;
}
