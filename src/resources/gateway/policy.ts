import { conditions } from "./condition.ts";
import { controllerName } from "./forms.ts";
import { parentReference } from "./reference.ts";
import { described } from "./described.ts";
import { array, object, optional, string } from "../schema/schema.ts";

/** Where an object that acts on traffic from the side tells its state: under each Gateway that uses it. */
export const ancestorFields = {
  ancestorRef: described("What uses the object, usually a Gateway.", parentReference),
  controllerName: string({
    ...controllerName,
    description: "Controller that wrote this entry: only it may change or remove the entry.",
  }),
};

const ancestor = object(
  {
    ...ancestorFields,
    conditions: conditions({
      minItems: 1,
      description:
        "What this controller says of the policy under this ancestor: Accepted, ResolvedRefs and others.",
    }),
  },
  { description: "The state of the policy under one ancestor." },
);

export const policyStatus = optional(
  object(
    {
      ancestors: array(ancestor, {
        maxItems: 16,
        description: "One entry for each Gateway (or the like) whose traffic the policy acts on.",
      }),
    },
    { description: "What the controllers say of the policy." },
  ),
);
