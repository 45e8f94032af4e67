import { classFields, supportedFeatures } from "./class-parts.ts";
import { conditions, pending } from "./condition.ts";
import { AGE, conditionColumn, gatewayKind, version, whole } from "./definition.ts";
import { EXPERIMENTAL_GROUP } from "./reference.ts";
import type { Kind } from "../kind.ts";
import { object } from "../schema/schema.ts";

const spec = object(classFields, { description: "Which controller is in charge, and its settings." });

/** A status without conditions gets more of them than an object without status does: so do the API's. */
const status = object(
  {
    conditions: conditions({
      default: pending("Accepted", "Programmed"),
      description: "What the controller says of the mesh: Accepted and others.",
    }),
    supportedFeatures,
  },
  {
    default: { conditions: pending("Accepted") },
    description: "What the controller says of the mesh, and what it offers.",
  },
);

export const xMesh: Kind = gatewayKind({
  kind: "XMesh",
  group: EXPERIMENTAL_GROUP,
  plural: "xmeshes",
  shortNames: ["mesh"],
  clusterScoped: true,
  versions: [
    version("v1alpha1", whole("Names the controller of a service mesh (experimental).", spec, status), [
      conditionColumn("Accepted"),
      AGE,
    ]),
  ],
});
