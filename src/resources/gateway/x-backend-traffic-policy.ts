import { duration } from "../schema/forms.ts";
import { AGE, DIRECT_POLICY, gatewayKind, version, whole } from "./definition.ts";
import { policyStatus } from "./policy.ts";
import { EXPERIMENTAL_GROUP, localReference } from "./reference.ts";
import { described } from "./described.ts";
import { sessionPersistence } from "./session-persistence.ts";
import type { Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { array, integer, object, optional, string, type Infer } from "../schema/schema.ts";

const budget = object(
  {
    percent: integer({
      min: 0,
      max: 100,
      default: 20,
      description: "How many of a hundred requests may be retries.",
    }),
    interval: string({
      ...duration,
      default: "10s",
      description: "Time over which requests are counted, from 1s to 1h.",
      rules: [
        {
          rule: "duration(self) >= duration('1s') && duration(self) <= duration('1h')",
          messageExpression: "'An interval is from 1s to 1h long, not ' + self",
        },
      ],
    }),
  },
  { default: { percent: 20, interval: "10s" }, description: "Share of the requests that may be retries." },
);

const minRetryRate = object(
  {
    count: optional(
      integer({ min: 1, max: 1_000_000, description: "How many retries are let through in each interval." }),
    ),
    interval: optional(
      string({
        ...duration,
        description: "Time over which retries are counted, up to 1h.",
        rules: [
          {
            rule: "duration(self) > duration('0s') && duration(self) <= duration('1h')",
            messageExpression: "'An interval is longer than 0s and at most 1h long, not ' + self",
          },
        ],
      }),
    ),
  },
  {
    default: { count: 10, interval: "1s" },
    description: "Retries that are let through whatever the budget says.",
  },
);

const spec = object(
  {
    targetRefs: array(described("A backend in the same namespace, such as a Service.", localReference), {
      minItems: 1,
      maxItems: 16,
      mapKeys: ["group", "kind", "name"],
      description: "Backends that the policy acts on.",
    }),
    retryConstraint: optional(
      object(
        { budget, minRetryRate },
        {
          description: "Keeps retries from becoming a storm: those beyond the budget are answered with 503.",
        },
      ),
    ),
    sessionPersistence: optional(
      described(
        "Deprecated here: an XBackend is the place for it. Keeps sessions on one endpoint.",
        sessionPersistence,
      ),
    ),
  },
  { description: "How traffic to the backends is treated." },
);

export const xBackendTrafficPolicy: Kind = gatewayKind({
  kind: "XBackendTrafficPolicy",
  group: EXPERIMENTAL_GROUP,
  plural: "xbackendtrafficpolicies",
  shortNames: ["xbtrafficpolicy"],
  labels: DIRECT_POLICY,
  versions: [
    version(
      "v1alpha1",
      whole("Says how traffic to backends is treated (experimental).", spec, policyStatus),
      [AGE],
    ),
  ],
});

export interface XBackendTrafficPolicy extends Resource {
  readonly kind: "XBackendTrafficPolicy";
  readonly spec: Infer<typeof spec>;
}
