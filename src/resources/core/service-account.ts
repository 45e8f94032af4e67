import { array, boolean, optional } from "../schema/schema.ts";
import { builtIn, topLevel } from "./define.ts";
import { metadata } from "./metadata.ts";
import { localObjectReference, objectReference } from "./reference.ts";

const serviceAccountSchema = topLevel(
  {
    metadata: metadata(),
    automountServiceAccountToken: optional(boolean({ description: "Whether pods get a token as a file." })),
    imagePullSecrets: optional(
      array(localObjectReference, { description: "Secrets for the registries of its pods." }),
    ),
    secrets: optional(
      array(objectReference, {
        mapKeys: ["name"],
        patchMergeKey: "name",
        description: "Secrets that pods of this account may use.",
      }),
    ),
  },
  { description: "Who a pod is when it calls the API." },
);

export const serviceAccountKind = builtIn({
  kind: "ServiceAccount",
  plural: "serviceaccounts",
  shortNames: ["sa"],
  schema: serviceAccountSchema,
});
