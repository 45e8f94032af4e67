import { conditions, pending } from "./condition.ts";
import { AGE, conditionColumn, gatewayKind, version, whole } from "./definition.ts";
import { listenerStatuses, setListeners } from "./listener.ts";
import { wholeParentReference } from "./reference.ts";
import type { Kind } from "../kind.ts";
import type { Resource } from "../resource.ts";
import { object, type Infer } from "../schema/schema.ts";

const spec = object(
  { parentRef: wholeParentReference, listeners: setListeners },
  { description: "Which Gateway gets which listeners." },
);

const initialConditions = pending("Accepted", "Programmed");

const status = object(
  {
    conditions: conditions({
      default: initialConditions,
      description: "What the controller says of the set: Accepted, Programmed and others.",
    }),
    listeners: listenerStatuses,
  },
  { default: { conditions: initialConditions }, description: "What became of the set." },
);

export const listenerSet: Kind = gatewayKind({
  kind: "ListenerSet",
  plural: "listenersets",
  shortNames: ["lset"],
  versions: [
    version("v1", whole("Adds listeners to a Gateway that allows it.", spec, status), [
      conditionColumn("Accepted"),
      conditionColumn("Programmed"),
      AGE,
    ]),
  ],
});

export interface ListenerSet extends Resource {
  readonly kind: "ListenerSet";
  readonly spec: Infer<typeof spec>;
}
