import { classFields, supportedFeatures } from "./class-parts.ts";
import { conditions, pending } from "./condition.ts";
import { AGE, conditionColumn, gatewayKind, version, whole } from "./definition.ts";
import type { Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { object, type Infer } from "../schema/schema.ts";

const spec = object(classFields, { description: "Which controller is in charge, and its settings." });

const status = object(
  {
    conditions: conditions({
      default: pending("Accepted"),
      description: "What the controller says of the class: Accepted, SupportedVersion and others.",
    }),
    supportedFeatures,
  },
  {
    default: { conditions: pending("Accepted") },
    description: "What the controller says of the class, and what it offers.",
  },
);

const schema = whole("Names the controller that Gateways of this class are for.", spec, status);

const columns = [
  { name: "Controller", type: "string", path: ".spec.controllerName" },
  conditionColumn("Accepted"),
  AGE,
  { name: "Description", type: "string", path: ".spec.description", priority: 1 },
] as const;

export const gatewayClass: Kind = gatewayKind({
  kind: "GatewayClass",
  plural: "gatewayclasses",
  shortNames: ["gc"],
  clusterScoped: true,
  versions: [version("v1", schema, columns), version("v1beta1", schema, columns)],
});

export interface GatewayClass extends Resource {
  readonly kind: "GatewayClass";
  readonly spec: Infer<typeof spec>;
}
