import { dnsLabel } from "../schema/forms.ts";
import { controllerName } from "./forms.ts";
import { required } from "./reference.ts";
import { array, object, optional, string } from "../schema/schema.ts";

const parametersFields = {
  ...required,
  namespace: optional(
    string({ ...dnsLabel, description: "Namespace of the object, if objects of its kind are in one." }),
  ),
};

/** What GatewayClass and XMesh have in common: both hand a part of the cluster to a controller. */
export const classFields = {
  controllerName: string({
    ...controllerName,
    description: "The controller in charge, such as example.com/controller. Cannot be changed.",
    rules: [
      {
        rule: "self == oldSelf",
        message: "Field cannot be changed: delete the object and create it anew",
      },
    ],
  }),
  parametersRef: optional(
    object(parametersFields, { description: "An object with settings that the implementation defines." }),
  ),
  description: optional(string({ maxLength: 64, description: "What it is for, in words for people." })),
};

export const supportedFeatures = optional(
  array(
    object(
      { name: string({ description: "Name of the feature, such as HTTPRouteMethodMatching." }) },
      { description: "A feature that works." },
    ),
    {
      mapKeys: ["name"],
      maxItems: 64,
      description: "Features of the Gateway API that the implementation offers, in ascending order.",
    },
  ),
);
