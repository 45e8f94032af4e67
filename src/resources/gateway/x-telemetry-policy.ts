import { attributeKey, fieldName, spanName, telemetryName } from "./forms.ts";
import { AGE, DIRECT_POLICY, gatewayKind, version, whole } from "./definition.ts";
import { headerField } from "./header.ts";
import { fraction } from "./mirror.ts";
import { policyStatus } from "./policy.ts";
import { backendReference, EXPERIMENTAL_GROUP, localReference } from "./reference.ts";
import { described } from "./described.ts";
import { union } from "./rule.ts";
import type { Kind } from "../kind.ts";
import { array, object, optional, string, type Rule } from "../schema/schema.ts";

const attribute = object(
  {
    name: string({ ...telemetryName, maxLength: 256, description: "Name of the attribute in the span." }),
    sourceType: string({
      enum: ["Header", "Literal", "Attribute"],
      description:
        "Where the value comes from: a header field of the request, this policy, or the gateway itself.",
    }),
    headerName: optional(
      string({ ...fieldName, description: "Header field that has the value. Goes with sourceType Header." }),
    ),
    literalValue: optional(
      string({
        minLength: 1,
        maxLength: 1024,
        description: "The value itself. Goes with sourceType Literal.",
      }),
    ),
    attributeKey: optional(
      string({
        ...attributeKey,
        description:
          "OpenTelemetry name of what the gateway knows, such as url.path. Goes with sourceType Attribute.",
      }),
    ),
  },
  {
    description: "A value that every span gets.",
    rules: union("sourceType", { Header: "headerName", Literal: "literalValue", Attribute: "attributeKey" }),
  },
);

const mode = (description: string) =>
  string({
    enum: ["Enabled", "Disabled", "ImplementationDefault"],
    default: "ImplementationDefault",
    description,
  });

/** What is set without tracing would have no effect. */
function onlyEnabled(field: string): Rule {
  return {
    rule: `!has(self.${field}) || self.mode == 'Enabled'`,
    message: `"${field}" goes with mode Enabled and with no other`,
    fieldPath: `.${field}`,
  };
}

const parentBasedSampling = object(
  {
    mode: mode(
      "Enabled follows the sampling decision of the request's trace, Disabled makes a decision of its own.",
    ),
    samplingRate: optional(
      described("Share of the sampled traces that is kept; all of them when absent.", fraction),
    ),
  },
  {
    description: "What happens to requests that belong to a trace already.",
    rules: [onlyEnabled("samplingRate")],
  },
);

const provider = object(
  {
    backendRef: described("The collector, which speaks OTLP.", backendReference),
    headers: optional(
      array(headerField, {
        mapKeys: ["name"],
        maxItems: 16,
        description: "Header fields that go along, to log in for instance.",
      }),
    ),
  },
  { description: "Where spans are sent. Goes with mode Enabled." },
);

const tracing = object(
  {
    mode: mode("Whether requests are traced."),
    provider: optional(provider),
    samplingRate: optional(described("Share of the new traces that is recorded.", fraction)),
    parentBasedSampling: optional(parentBasedSampling),
    serviceName: optional(
      string({
        ...telemetryName,
        maxLength: 253,
        description: "Value of service.name in the spans; the implementation chooses when absent.",
      }),
    ),
    spanName: optional(
      string({ ...spanName, description: "Name of the spans; the implementation chooses when absent." }),
    ),
    attributes: optional(
      array(attribute, {
        mapKeys: ["name"],
        description: "Values that every span gets, besides the usual ones.",
      }),
    ),
  },
  {
    description: "Tracing of requests.",
    rules: [
      {
        rule: "has(self.provider) == (self.mode == 'Enabled')",
        message: "provider goes with mode Enabled, which needs it, and with no other",
        fieldPath: ".provider",
      },
      ...["samplingRate", "parentBasedSampling", "serviceName", "spanName", "attributes"].map(onlyEnabled),
    ],
  },
);

const spec = object(
  {
    targetRefs: array(described("A Gateway in the same namespace.", localReference), {
      minItems: 1,
      maxItems: 16,
      description: "Gateways that the policy acts on.",
    }),
    tracing: optional(tracing),
  },
  {
    description: "What is told of the traffic, and to whom.",
    rules: [
      {
        rule: "has(self.tracing)",
        message: "A telemetry policy needs tracing",
        reason: "FieldValueRequired",
        fieldPath: ".tracing",
      },
    ],
  },
);

export const xTelemetryPolicy: Kind = gatewayKind({
  kind: "XTelemetryPolicy",
  group: EXPERIMENTAL_GROUP,
  plural: "xtelemetrypolicies",
  shortNames: ["xtelemetrypolicy"],
  labels: DIRECT_POLICY,
  versions: [
    version(
      "v1alpha1",
      whole("Says what Gateways tell of their traffic (experimental).", spec, policyStatus),
      [AGE],
    ),
  ],
});
